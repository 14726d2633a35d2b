"""The comparison of two plans lists every difference, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.report import compare_plans, comparison_markdown, comparison_text
from tests.cli.running import Reconcile, Repository, Server, rows, table, write_cell

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
Json = dict[str, Any]
KEYS = [{"name": "id", "valueType": "TEXT", "ignoreCase": False}]


def cell(row: str, before: str | None, after: str | None, value_type: str = "TEXT") -> Json:
    key = {"id": row}
    return {"action": "update", "key": key, "attribute": "A", "before": before, "after": after, "valueType": value_type}


def change(*cells: Json, action: str = "update", **more: Any) -> Json:
    return {
        "address": "DataTable/T",
        "action": action,
        "fields": [],
        "rows": [],
        "cells": list(cells),
        "keys": KEYS,
        **more,
    }


def plan(*changes: Json, digest: str = "a" * 64, **more: str) -> Json:
    return {"stack": "s", "environment": "e", "instance": "i", "digest": digest, "changes": list(changes), **more}


def words(one: Json, other: Json) -> list[tuple[str, str]]:
    return [(each.word, each.name) for each in compare_plans(one, other).differences]


@pytest.mark.parametrize("name", ["plan.json", "plan-small.json", "plan-empty.json"])
def test_a_plan_equals_itself(name: str) -> None:
    text = json.loads((GOLDEN / name).read_text())

    found = compare_plans(text, text)

    assert (found.places, found.differences) == ((), ())
    assert "the same items" in comparison_text(found)


def test_an_item_without_a_review_is_new() -> None:
    assert words(plan(change(cell("1", "x", "y"))), plan(change(cell("1", "x", "y"), cell("2", "x", "y")))) == [
        ("new", "id=2 · A")
    ]


def test_an_applied_item_is_gone() -> None:
    assert words(plan(change(cell("1", "x", "y"))), plan()) == [("gone", "id=1 · A")]


@pytest.mark.parametrize("now", [cell("1", "z", "y"), cell("1", "x", "z")])
def test_a_different_value_on_either_side_is_listed(now: Json) -> None:
    assert words(plan(change(cell("1", "x", "y"))), plan(change(now))) == [("other", "id=1 · A")]


def test_another_spelling_of_a_number_is_not_a_difference() -> None:
    one, other = (plan(change(cell("1", number, "3", "NUMBER"))) for number in ("2", "2.0"))

    assert words(one, other) == []


def test_fields_and_renames_are_listed() -> None:
    one = plan(change(fields=[{"path": "description", "before": "a", "after": "b"}]))
    other = plan(change(rows=[{"action": "rename", "from": {"id": "1"}, "to": {"id": "2"}}]))

    assert words(one, other) == [("new", "key"), ("gone", "description")]


def test_another_action_is_listed_even_without_items() -> None:
    assert words(plan(change(action="create")), plan(change(action="delete"))) == [("other", "action")]


def test_blocked_changes_are_not_compared() -> None:
    assert words(plan(change(cell("1", "x", "y"), action="blocked")), plan(change(cell("1", "x", "y")))) == [
        ("new", "id=1 · A")
    ]


def test_another_instance_is_listed_first() -> None:
    text = comparison_text(compare_plans(plan(), plan(instance="other")))

    assert text.splitlines()[1] == "  ! instance: reviewed i, now other"


def test_a_long_list_ends_with_the_number_of_others() -> None:
    found = compare_plans(plan(), plan(change(*(cell(str(at), "x", "y") for at in range(50)))))

    assert "and 10 more differences" in comparison_text(found)
    assert "… and 48 more" in comparison_markdown(found, 2)
    assert comparison_markdown(found, 2).count("| new |") == 2


def test_a_long_value_is_shortened_only_where_both_plans_agree() -> None:
    """B2, S-17: what differs between the reviewed value and the one of now was cut out."""
    long = "Hello. " + "We are glad that you call. " * 20
    one = plan(change(cell("1", "old", f"{long}Call +1 555 0100. Goodbye.")))
    other = plan(change(cell("1", "old", f"{long}Call +1 555 0199. Good luck.")))
    found = compare_plans(one, other)

    for text in (comparison_text(found), comparison_markdown(found)):
        assert all(part in text for part in ("0100", "Goodbye", "0199", "Good luck"))
        assert "you call. We are glad that you call. We" not in text


def test_values_stay_texts_in_markdown() -> None:
    """One row of a table, and no comment begins."""
    found = compare_plans(plan(), plan(change(cell("1", "a|b", "@everyone <!-- x -->\n::error::"))))

    text = comparison_markdown(found)

    assert [line.count("|") for line in text.splitlines() if line.startswith("| new")] == [5]
    assert "<!--" not in text
    assert "::error::" not in comparison_text(found).splitlines()


@pytest.mark.slow
def test_apply_prints_the_differences_of_a_stale_plan(reconcile: Reconcile, empty: Path, one_server: Server) -> None:
    one_server.reset()
    _apply_and_plan(reconcile, empty, one_server)
    write_cell(one_server, "C001", "Gold")

    done = reconcile("apply", "--auto-approve", "--plan", "plan.json")
    dry = reconcile("apply", "--dry-run", "--plan", "plan.json")

    assert (done.code, dry.code) == (4, 4)
    for text in (done, dry):
        assert "  + DataTable/Tiers · id=C001 · tier: not reviewed: Gold → Basic" in text.out.splitlines()


def _apply_and_plan(reconcile: Reconcile, folder: Path, server: Server) -> None:
    """Applies the declared state, then declares and plans one more row."""
    repository = Repository(folder)
    repository.configure()
    repository.declare(table(rows=rows(3)))
    repository.use(server)
    assert reconcile("-q", "apply", "--auto-approve").code == 0
    repository.declare(table(rows=rows(4)))
    assert reconcile("plan", "--out", "plan.json").code == 0
