"""The numbers of a report, and the last line that programs and people look for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.digest import digest
from reconciler.model import (
    Action,
    Call,
    CellChange,
    Change,
    Does,
    Estimate,
    Item,
    Outcome,
    Plan,
    Ref,
    Replacement,
    Resource,
    Result,
    Scope,
    Status,
    Step,
)
from reconciler.report import drift_text, outcome_text, plan_text, summary
from reconciler.report.summary import about, calls

SCOPE = Scope("stack", "prod", "arn:aws:connect:ca-central-1:111122223333:instance/i")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
UPDATE = "connect:BatchUpdateDataTableValue"


def cells(count: int, action: Action = Action.UPDATE) -> tuple[CellChange, ...]:
    sides = {Action.CREATE: (None, "b"), Action.UPDATE: ("a", "b"), Action.DELETE: ("a", None)}[action]
    return tuple(CellChange(action, {"K": str(at)}, "A", *sides, "TEXT", (str(at),)) for at in range(count))


def change(action: Action, name: str = "T", count: int = 0) -> Change:
    return Change(action, Ref("DataTable", name), cells=cells(count))


def plan(*changes: Change, calls: int = 0, seconds: float = 0.0) -> Plan:
    return Plan(SCOPE, changes, estimate=Estimate(seconds, {UPDATE: calls} if calls else {}))


def last(text: str) -> str:
    return text.splitlines()[-1]


def test_the_last_line_has_the_shape_of_the_contract() -> None:
    changes = [change(Action.CREATE, f"c{at}") for at in range(3)]
    changes += [change(Action.UPDATE, f"u{at}", 4 if at else 3) for at in range(12)]
    made = plan(*changes, change(Action.BLOCKED, "b"), calls=6, seconds=3.2)

    assert last(plan_text(made, colour=False)) == (
        "Plan: 3 to create, 12 to update (47 cells), 0 to delete, 1 blocked · 6 calls · about 4 s · digest "
        + digest(made)[:12]
    )


def test_replacements_and_adoptions_follow_the_deletions() -> None:
    made = plan(*(change(action, action.value) for action in Action))

    assert "1 to delete, 1 to replace, 1 to adopt, 1 blocked ·" in last(plan_text(made, colour=False))


def test_cells_of_creations_are_not_counted_as_updates() -> None:
    created = replace(change(Action.CREATE), cells=cells(3, Action.CREATE))

    assert last(plan_text(plan(created), colour=False)).startswith("Plan: 1 to create, 0 to update, 0 to delete")


def test_created_and_deleted_cells_of_an_update_are_counted_with_it() -> None:
    mixed = (*cells(2, Action.CREATE), *cells(3), *cells(4, Action.DELETE))
    told = summary(plan(replace(change(Action.UPDATE), cells=mixed)))

    assert told.updated_cells == 9
    assert (told.cells.create, told.cells.update, told.cells.delete) == (2, 3, 4)


def test_an_empty_plan_says_how_much_was_checked() -> None:
    lines = plan_text(replace(plan(), unchanged=1234), colour=False).splitlines()

    assert lines[-2] == "Live is as declared: 1,234 things checked."
    assert re.fullmatch(
        r"Plan: 0 to create, 0 to update, 0 to delete, 0 blocked · 0 calls · about 0 s · digest [0-9a-f]{12}", lines[-1]
    )


def test_a_plan_of_blocked_changes_alone_is_not_as_declared() -> None:
    assert "as declared" not in plan_text(plan(change(Action.BLOCKED)), colour=False)


def test_drift_ends_as_a_plan_does_under_its_own_word() -> None:
    made = plan(change(Action.UPDATE, count=2), calls=1, seconds=1)

    assert last(drift_text(made, colour=False)) == last(plan_text(made, colour=False)).replace("Plan:", "Drift:")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "about 0 s"),
        (0.05, "about 1 s"),
        (3.0000001, "about 3 s"),
        (3.2, "about 4 s"),
        (90, "about 90 s"),
        (91, "about 2 min"),
        (181, "about 4 min"),
        (5400, "about 90 min"),
        (5401, "about 2 h"),
    ],
)
def test_an_estimate_is_rounded_up_to_what_a_person_says(seconds: float, words: str) -> None:
    assert about(seconds) == words


def test_calls_of_a_change_add_up_to_the_estimate_with_the_read_before_a_replace() -> None:
    spec = Resource(name="T")
    replaces = Replacement(spec, spec, ("DescribeDataTable",))
    steps = (
        Step(Call("connect", "UpdateDataTableMetadata", {}), Does.UPDATE, replaces=replaces),
        Step(Call("connect", "BatchUpdateDataTableValue", {}), Does.CELLS),
        Step(Call("connect", "BatchUpdateDataTableValue", {}), Does.CELLS),
    )

    assert calls(replace(change(Action.UPDATE), steps=steps)) == {
        "connect:BatchUpdateDataTableValue": 2,
        "connect:DescribeDataTable": 1,
        "connect:UpdateDataTableMetadata": 1,
    }


def test_an_outcome_adds_up_in_its_last_line() -> None:
    made = replace(plan(change(Action.UPDATE, count=5)), unchanged=7)
    statuses = [Status.DONE, Status.DONE, Status.SKIPPED, Status.FAILED, Status.CONFLICT]
    results = {Item(0, "cell", at): Result(status) for at, status in enumerate(statuses)}
    outcome = Outcome(made, "partial", 5, NOON, NOON + timedelta(seconds=3.417), results, {UPDATE: 12}, 2, 1)

    assert last(outcome_text(outcome, colour=False)) == (
        "Applied: asked 12 = done 2 + unchanged 7 + skipped 1 + failed 1 + conflict 1"
        " · retries 2 · conflicts resolved 1 · 12 calls · 3.4 s"
    )
