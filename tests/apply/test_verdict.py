"""Results in, the status and exit code of a run out: the contract of the command, case by case."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.apply.verdict import INTERRUPTED, verdict
from reconciler.model import Action, Change, FieldChange, Item, Outcome, Plan, Ref, Result, Scope, Status
from tests.builders.plans import MOMENT

WORDS = {status.value[0]: status for status in Status}  # d, u, s, f, c


def outcome(results: str, *, blocked: int = 0, unchanged: int = 0, **more: Any) -> Outcome:
    """Returns the verdict on one item for each letter: done, unchanged, skipped, failed, conflict, or `-` for none."""
    fields = tuple(FieldChange("description", str(at), "x") for at in range(len(results)))
    changes = [Change(Action.UPDATE, Ref("Queue", "q"), fields=fields)] if fields else []
    changes += [Change(Action.BLOCKED, Ref("Queue", f"blocked {at}")) for at in range(blocked)]
    decided = {Item(0, "field", at): Result(WORDS[letter]) for at, letter in enumerate(results) if letter != "-"}
    stopped = {Item(bool(fields) + at, "change", 0): Result(Status.SKIPPED, "blocked") for at in range(blocked)}
    plan = Plan(Scope("centre", "prod", "arn"), tuple(changes), unchanged=unchanged)
    return verdict(plan, decided | stopped, started=MOMENT, operations={"connect:X": 1}, **more)


@pytest.mark.parametrize(
    ("results", "more", "status", "code", "message"),
    [
        ("", {}, "unchanged", 0, ""),
        ("u", {}, "unchanged", 0, ""),
        ("", {"unchanged": 5}, "unchanged", 0, ""),
        ("d", {}, "done", 0, ""),
        ("du", {}, "done", 0, ""),
        ("f", {}, "failed", 1, "1 item failed and nothing was done"),
        ("ffu", {}, "failed", 1, "2 items failed and nothing was done"),
        ("fs", {}, "failed", 1, "1 item failed and nothing was done"),
        ("df", {}, "partial", 5, "1 item failed; fix the cause and apply again"),
        ("dffs", {}, "partial", 5, "2 items failed; fix the cause and apply again"),
        ("c", {}, "partial", 5, "1 item was changed by another writer meanwhile and is left alone"),
        ("dccf", {}, "partial", 5, "2 items were changed by another writer meanwhile and are left alone"),
        ("ds", {}, "partial", 5, "1 item was skipped"),
        ("ss", {}, "partial", 1, "2 items were skipped"),
        ("d-", {}, "partial", 5, "1 item was skipped"),
        ("", {"blocked": 1}, "blocked", 3, "1 item is blocked; the plan says what each needs"),
        ("d", {"blocked": 2}, "blocked", 3, "2 items are blocked; the plan says what each needs"),
        ("df", {"blocked": 1}, "partial", 5, "1 item failed; fix the cause and apply again"),
        ("f", {"blocked": 1}, "failed", 1, "1 item failed and nothing was done"),
        ("ds", {"blocked": 1}, "partial", 5, "1 item was skipped"),
        ("s", {"signal": 2}, "interrupted", 130, "1 item was not begun; run it again"),
        ("d--", {"signal": 15}, "interrupted", 143, "2 items were not begun; run it again"),
        ("fcs", {"signal": 2}, "interrupted", 130, "1 item was not begun; run it again"),
        ("s", {"signal": 2, "blocked": 1}, "interrupted", 130, "1 item was not begun; run it again"),
        ("d", {"signal": 2}, "done", 0, ""),
        ("d", {"signal": 2, "blocked": 1}, "blocked", 3, "1 item is blocked; the plan says what each needs"),
        ("df", {"signal": 2}, "partial", 5, "1 item failed; fix the cause and apply again"),
    ],
)
def test_results_have_one_status_and_one_exit_code(
    results: str, more: dict[str, int], status: str, code: int, message: str
) -> None:
    found = outcome(results, **more)

    assert (found.status, found.exit_code, found.message) == (status, code, message)


def test_an_item_without_a_result_was_not_begun() -> None:
    assert outcome("d-").results[Item(0, "field", 1)] == Result(Status.SKIPPED, "not begun")


def test_results_of_unknown_items_do_not_count() -> None:
    plan = Plan(Scope("centre", "prod", "arn"))

    found = verdict(plan, {Item(0, "field", 0): Result(Status.FAILED)}, started=MOMENT, operations={})

    assert (found.status, found.results) == ("unchanged", {})


def test_an_outcome_keeps_its_counts() -> None:
    found = outcome("d", retries=2, conflicts_resolved=3)

    assert (found.retries, found.conflicts_resolved, found.operations) == (2, 3, {"connect:X": 1})
    assert found.started_at == MOMENT < found.finished_at


@given(st.text("dusfc-", max_size=6), st.integers(0, 2), st.sampled_from([0, 2, 15]))
def test_a_run_ends_with_zero_only_if_every_item_is_as_wanted(results: str, blocked: int, signal: int) -> None:
    found = outcome(results, blocked=blocked, signal=signal)

    assert (found.exit_code == 0) == (not blocked and {*results} <= {*"du"})
    assert (found.message == "") == (found.exit_code == 0)
    assert (found.exit_code > INTERRUPTED) == (found.status == "interrupted")


@given(st.text("dusfc-", max_size=6), st.integers(0, 2), st.integers(0, 5))
def test_every_item_is_counted_once(results: str, blocked: int, unchanged: int) -> None:
    totals = outcome(results, blocked=blocked, unchanged=unchanged).totals

    assert totals.asked == len(results) + blocked + unchanged
    assert totals.skipped == results.count("s") + results.count("-") + blocked
    assert totals.unchanged == results.count("u") + unchanged
