"""The numbers of a report, and the last line that programs and people look for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.model import (
    Action,
    Call,
    CellChange,
    Change,
    Does,
    Estimate,
    FieldChange,
    Outcome,
    Plan,
    Reach,
    Read,
    Ref,
    Replacement,
    Resource,
    Result,
    RowChange,
    Scope,
    Size,
    Status,
    Step,
    TableChange,
    items,
)
from reconciler.pacing import Rates
from reconciler.report import drift_text, outcome_text, plan_text, summary
from reconciler.report.summary import about, calls
from reconciler.review.digest import digest
from reconciler.steps.estimate import estimate

SCOPE = Scope("stack", "prod", "arn:aws:connect:ca-central-1:111122223333:instance/i")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LOST_ROWS = FieldChange("values", [{"K": str(at), "A": "a"} for at in range(200)], None)
UPDATE = "connect:BatchUpdateDataTableValue"


def cells(count: int, action: Action = Action.UPDATE) -> tuple[CellChange, ...]:
    sides = {Action.CREATE: (None, "b"), Action.UPDATE: ("a", "b"), Action.DELETE: ("a", None)}[action]
    return tuple(CellChange(action, {"K": str(at)}, "A", *sides, "TEXT", (str(at),)) for at in range(count))


def rows_of(count: int, action: Action, width: int = 1) -> tuple[CellChange, ...]:
    sides = {Action.CREATE: (None, "b"), Action.UPDATE: ("a", "b"), Action.DELETE: ("a", None)}[action]
    keys = [f"{action.value} {at}" for at in range(count)]
    return tuple(
        CellChange(action, {"K": key}, f"A{column}", *sides, "TEXT", (key,), row=action)
        for key in keys
        for column in range(width)
    )


def change(action: Action, name: str = "T", count: int = 0) -> Change:
    return Change(action, Ref("DataTable", name), table=TableChange(cells=cells(count)))


def plan(*changes: Change, calls: int = 0, seconds: float = 0.0) -> Plan:
    return Plan(SCOPE, changes, estimate=Estimate(seconds, {UPDATE: calls} if calls else {}))


def last(text: str) -> str:
    return text.splitlines()[-1]


def test_the_last_line_has_the_shape_of_the_contract() -> None:
    changes = [change(Action.CREATE, f"c{at}") for at in range(3)]
    changes += [change(Action.UPDATE, f"u{at}", 4 if at else 3) for at in range(12)]
    made = plan(*changes, change(Action.BLOCKED, "b"), calls=6, seconds=3.2)

    assert last(plan_text(made, colour=False)) == (
        "Plan: 3 to create, 12 to update, 0 to delete, 1 blocked · rows: 0 added, 47 changed, 0 deleted"
        " · cells: 0 added, 47 changed, 0 deleted · 6 calls · about 4 s · digest " + digest(made)[:12]
    )


def test_replacements_and_adoptions_follow_the_deletions() -> None:
    made = plan(*(change(action, action.value) for action in Action))

    assert "1 to delete, 1 to replace, 1 to adopt, 1 blocked ·" in last(plan_text(made, colour=False))


def test_rows_and_cells_of_a_created_table_are_added() -> None:
    """M2."""
    created = replace(change(Action.CREATE), table=TableChange(cells=cells(3, Action.CREATE)))

    assert last(plan_text(plan(created), colour=False)).startswith(
        "Plan: 1 to create, 0 to update, 0 to delete, 0 blocked · rows: 3 added, 0 changed, 0 deleted"
        " · cells: 3 added, 0 changed, 0 deleted"
    )


def test_rows_and_cells_are_counted_by_action() -> None:
    """B1: 1,124 deleted rows are in the line that everybody reads."""
    rows = (*rows_of(80, Action.CREATE), *rows_of(12, Action.UPDATE, width=3), *rows_of(1124, Action.DELETE, width=3))
    line = last(
        plan_text(
            plan(replace(change(Action.UPDATE), table=TableChange(cells=rows)), calls=148, seconds=75), colour=False
        )
    )

    assert line.startswith(
        "Plan: 0 to create, 1 to update, 0 to delete, 0 blocked · rows: 80 added, 12 changed, 1,124 deleted"
        " · cells: 80 added, 36 changed, 3,372 deleted · 148 calls · about 75 s · digest "
    )


def test_a_plan_without_rows_and_cells_does_not_count_them() -> None:
    line = last(plan_text(plan(change(Action.UPDATE)), colour=False))

    assert "rows" not in line
    assert "cells" not in line


def test_the_default_record_is_not_a_row_and_its_cells_are_cells() -> None:
    default = CellChange(Action.UPDATE, {}, "A", "a", "b", "TEXT", ())
    line = last(plan_text(plan(replace(change(Action.UPDATE), table=TableChange(cells=(default,)))), colour=False))

    assert "blocked · cells: 0 added, 1 changed, 0 deleted ·" in line


def test_a_renamed_row_counts_only_as_renamed() -> None:
    renamed = replace(change(Action.UPDATE), table=TableChange(rows=(RowChange({"K": "a"}, {"K": "b"}),)))

    assert "· rows: 0 added, 0 changed, 0 deleted, 1 renamed ·" in last(plan_text(plan(renamed), colour=False))


@pytest.mark.parametrize("action", [Action.DELETE, Action.REPLACE])
def test_a_deleted_or_replaced_table_counts_its_stored_rows(action: Action) -> None:
    """M2: 300 rows and 900 cells go with it."""
    gone = replace(change(action), table=TableChange(size=Size(300, {"A": 300, "B": 300, "C": 300})))

    counts = summary(plan(gone))

    assert (counts.rows.delete, counts.cells.delete) == (300, 900)


def test_a_blocked_change_counts_no_rows_and_no_cells() -> None:
    blocked = replace(change(Action.BLOCKED), table=TableChange(cells=cells(3, Action.DELETE), size=Size(3, {"A": 3})))

    assert not summary(plan(blocked)).rows
    assert not summary(plan(blocked)).cells


def test_a_live_row_with_a_new_cell_is_changed_not_added() -> None:
    """The cell says what becomes of its row, where the plan knows it."""
    filled = replace(cells(1, Action.CREATE)[0], row=Action.UPDATE)

    counts = summary(plan(replace(change(Action.UPDATE), table=TableChange(cells=(filled,)))))

    assert (counts.rows.create, counts.rows.update, counts.cells.create) == (0, 1, 1)


def test_one_item_is_in_the_singular() -> None:
    """m1."""
    line = last(plan_text(plan(change(Action.UPDATE, count=1), calls=1), colour=False))

    assert " · 1 call · " in line


def test_deletions_come_before_the_last_line_with_their_sizes() -> None:
    """B1."""
    changes = [
        change(Action.CREATE, "A"),
        replace(change(Action.UPDATE, "B"), table=TableChange(cells=rows_of(281, Action.DELETE, width=3))),
        replace(change(Action.DELETE, "C"), table=TableChange(size=Size(300, {"A": 900})), irreversible=True),
    ]

    assert plan_text(plan(*changes), colour=False).splitlines()[-5:-1] == [
        "Caution: 1 resource, 581 rows and 1,743 cells will be deleted.",
        "  ~ update DataTable/B: 281 rows, 843 cells",
        "  - delete DataTable/C: 300 rows, 900 cells · irreversible",
        "",
    ]


def test_an_empty_plan_says_how_many_items_match() -> None:
    lines = plan_text(replace(plan(), unchanged=1234), colour=False).splitlines()

    assert lines[-2] == "No changes. 1,234 items match."
    assert re.fullmatch(
        r"Plan: 0 to create, 0 to update, 0 to delete, 0 blocked · 0 calls · about 0 s · digest [0-9a-f]{12}", lines[-1]
    )


def test_a_plan_of_only_blocked_changes_is_not_empty() -> None:
    assert "as declared" not in plan_text(plan(change(Action.BLOCKED)), colour=False)


def test_drift_has_the_last_line_of_a_plan() -> None:
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
def test_an_estimate_is_rounded_up(seconds: float, words: str) -> None:
    assert about(seconds) == words


def test_calls_of_a_change_add_up_to_the_estimate_with_the_read_before_a_replace() -> None:
    spec = Resource(name="T")
    values = Read("connect", "ListDataTableValues", "Values", ("values",), Reach.ONE)
    replaces = Replacement(spec, spec, (Read("connect", "DescribeDataTable", "DataTable", ("name",), Reach.ONE),))
    steps = (
        Step(Call("connect", "UpdateDataTableMetadata", {}), Does.UPDATE, replaces=replaces),
        Step(Call("connect", "BatchUpdateDataTableValue", {}), Does.CELLS),
        Step(Call("connect", "BatchUpdateDataTableValue", {}), Does.CELLS, rechecks=values),
    )
    made = replace(change(Action.UPDATE), steps=steps)

    assert (
        calls(made)
        == estimate([made], Rates()).operations
        == {
            "connect:BatchUpdateDataTableValue": 2,
            "connect:DescribeDataTable": 1,
            "connect:ListDataTableValues": 1,
            "connect:UpdateDataTableMetadata": 1,
        }
    )


def ran(made: Plan, statuses: list[Status], status: str = "done", **more: Any) -> Outcome:
    results = dict(zip(items(made), map(Result, statuses), strict=True))
    return Outcome(made, status, 0, NOON, NOON + timedelta(seconds=3.217), results, {UPDATE: 14}, **more)


def test_an_outcome_ends_with_the_counts_by_action() -> None:
    """B1, m2: rows and cells in the words of the plan, and no zeros of what went well."""
    made = plan(
        replace(change(Action.CREATE, "A"), table=TableChange(cells=rows_of(12, Action.CREATE))),
        replace(
            change(Action.UPDATE, "B"),
            table=TableChange(cells=(*rows_of(3, Action.UPDATE), *rows_of(81, Action.DELETE))),
        ),
        replace(change(Action.DELETE, "C"), fields=(LOST_ROWS,), table=TableChange(size=Size(200, {"A": 200}))),
    )
    outcome = ran(made, [Status.DONE] * 97, calls_to_plan=8)

    assert last(outcome_text(outcome, colour=False)) == (
        "Apply complete: 1 created, 1 changed, 1 deleted · rows: 12 added, 3 changed, 281 deleted"
        " · cells: 12 added, 3 changed, 281 deleted · 14 calls (8 to plan, 6 to apply) · 3.2 s"
    )


def test_an_outcome_adds_up_in_its_last_line() -> None:
    made = replace(
        plan(replace(change(Action.UPDATE), table=TableChange(cells=rows_of(8, Action.UPDATE)))), unchanged=13
    )
    statuses = [Status.DONE, Status.DONE, *[Status.SKIPPED] * 2, *[Status.FAILED] * 3, Status.CONFLICT]
    outcome = ran(made, statuses, "partial", retries=1, conflicts_resolved=2)

    assert sum(outcome.totals[1:]) == outcome.totals.asked == 21
    assert last(outcome_text(outcome, colour=False)) == (
        "Apply incomplete: 0 created, 1 changed, 0 deleted · rows: 0 added, 2 changed, 0 deleted"
        " · cells: 0 added, 2 changed, 0 deleted · 3 failed, 1 conflict, 2 skipped, 13 unchanged"
        " · 1 retry · 2 conflicts resolved · 14 calls · 3.2 s"
    )


def test_deleted_rows_of_an_update_count_as_deleted() -> None:
    """B1: never `update: 255 done`."""
    made = plan(replace(change(Action.UPDATE), table=TableChange(cells=rows_of(85, Action.DELETE, width=3))))

    text = outcome_text(ran(made, [Status.DONE] * 255), colour=False)

    assert "✓ done · ~ update DataTable/T: rows: 85 deleted · cells: 255 deleted" in text.splitlines()


def test_a_row_with_a_failed_cell_deletion_is_changed() -> None:
    made = plan(replace(change(Action.UPDATE), table=TableChange(cells=rows_of(1, Action.DELETE, width=2))))

    text = outcome_text(ran(made, [Status.DONE, Status.FAILED], "partial"), colour=False)

    assert "✗ failed · ~ update DataTable/T: rows: 1 changed · cells: 1 deleted · 1 failed" in text.splitlines()


def test_fields_of_an_update_are_counted_by_action() -> None:
    fields = (FieldChange("a", None, 1), FieldChange("b", 1, 2), FieldChange("c", 1, 3), FieldChange("d", 1, None))
    made = plan(replace(change(Action.UPDATE), fields=fields))

    text = outcome_text(ran(made, [Status.DONE] * 4), colour=False)

    assert "✓ done · ~ update DataTable/T: fields: 1 added, 2 changed, 1 deleted" in text.splitlines()


@pytest.mark.parametrize(
    ("status", "head", "end"),
    [
        (
            "unchanged",
            "Nothing to apply to stack/prod",
            "Nothing to apply: 0 created, 0 changed, 0 deleted · 7 unchanged",
        ),
        ("declined", "Declined: nothing was written.", "Not applied: 0 created, 0 changed, 0 deleted · 7 unchanged"),
        ("failed", "Nothing applied to stack/prod", "Apply failed: 0 created, 0 changed, 0 deleted · 7 unchanged"),
    ],
)
def test_a_run_that_changed_nothing_is_not_called_applied(status: str, head: str, end: str) -> None:
    """m2."""
    lines = outcome_text(ran(replace(plan(), unchanged=7), [], status), colour=False).splitlines()

    assert lines[0].startswith(head)
    assert lines[-1].startswith(end)


def test_an_outcome_shows_deletions_first() -> None:
    """B1."""
    made = plan(
        change(Action.CREATE, "A", 1),
        replace(change(Action.UPDATE, "B"), table=TableChange(cells=rows_of(1, Action.DELETE))),
    )

    text = outcome_text(ran(made, [Status.DONE] * 2), colour=False)

    assert text.index("DataTable/B") < text.index("DataTable/A")
