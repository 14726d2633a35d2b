"""Plans of one table: quotas at their edges, attributes that are left alone, recreated tables, and column names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.diff.fields import merge_declared
from reconciler.directory import Directory
from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, CellChange, Change, Key, Live, Manifest, Ref, Scope, Size, TableChange
from reconciler.model.environment import Environment, Ignore, Quotas
from reconciler.plan.deletions import Deletions
from reconciler.plan.selection import Selection
from reconciler.plan.table import TablePlan, TablePlanner, is_table, with_columns
from tests.builders.lives import live, lives
from tests.builders.plans import cell
from tests.builders.records import shown
from tests.builders.resources import queue
from tests.builders.tables import attribute, key, table

T = Ref("DataTable", "T")
AB = [key(), attribute("A"), attribute("B")]


def planner(*ignored: str, removed: tuple[str, ...] = (), **more: Any) -> TablePlanner:
    ignore = tuple(Ignore("DataTable/T", path) for path in ignored)
    environment = Environment("centre", "prod", Path(), "arn", ignore=ignore, **more)
    deletions = Deletions(Scope("centre", "prod", "arn"), dict.fromkeys(removed, Source("r.yaml", 1)), Selection())
    return TablePlanner(environment, Directory(), deletions)


def updated(before: Manifest, after: Manifest, by: TablePlanner) -> TablePlan:
    """Returns the plan of the live table, whose undeclared attributes stay."""
    wanted = merge_declared(before.spec, after.spec, by.environment.ignored(T))
    return by.updated(after, live(before), wanted)


def texts(plan: TablePlan) -> list[tuple[Any, ...]]:
    return [shown(change) for change in plan.change.cells]


# Other kinds.


def test_only_a_table_has_rows() -> None:
    assert is_table(T)
    assert not is_table(Ref("Queue", "q"))


def test_another_kind_gets_a_plan_of_nothing() -> None:
    it = queue("q")

    assert planner().created(it, it.spec, None) == TablePlan(it.spec)
    assert planner().updated(it, live(it), it.spec) == TablePlan(it.spec)


# Quotas.


@pytest.mark.parametrize(
    ("stored", "creates", "deletes", "fits"),
    [
        (9, 1, 0, True),
        (9, 2, 0, False),
        (10, 1, 1, True),
        (10, 2, 1, False),
        (0, 10, 0, True),
        (0, 11, 0, False),
        (12, 0, 0, True),
        (12, 0, 1, True),
    ],
)
def test_a_table_may_hold_as_many_cells_as_its_quota(stored: int, creates: int, deletes: int, fits: bool) -> None:
    cells = (*(_cell(None, "1", at) for at in range(creates)), *(_cell("1", None, at) for at in range(deletes)))
    change = TableChange(cells, size=Size(0, {"A": stored - 2, "B": 2} if stored > 2 else {"A": stored}))

    reason = planner(quotas=Quotas({"cellsPerTable": 10})).over_quota(KINDS["DataTable"], change)

    assert (reason == "") is fits
    later = f"would hold {stored + creates - deletes:,} cells ({stored:,} are live), the quota is 10; "
    assert fits or reason.startswith(later)


def test_another_kind_has_no_quota_of_cells() -> None:
    change = TableChange((_cell(None, "1", 0),))

    assert planner(quotas=Quotas({"cellsPerTable": 0})).over_quota(KINDS["Queue"], change) == ""


def _cell(before: str | None, after: str | None, at: int) -> CellChange:
    return cell("A", before, after, K=f"{before}{at}")


# New tables.


def test_every_cell_of_a_new_table_is_created() -> None:
    it = table(AB, [{"K": "a", "A": "1"}], level="VALUE", default={"B": "0"})

    plan = planner().created(it, it.spec, None)

    assert texts(plan) == [("create", "", "B", None, "0"), ("create", "a", "A", None, "1")]
    assert (plan.change.size, plan.change.level, plan.change.keys) == (Size(), "VALUE", (Key("K", "TEXT", False),))


def test_a_replacement_moves_no_row_and_knows_the_size_before() -> None:
    before = table(AB, [{"K": "a", "A": "1", "B": "1"}])
    after = table(AB, [{"K": "x", "A": "1"}], moved=[({"K": "a"}, {"K": "x"})])

    plan = planner().created(after, after.spec, live(before))

    assert texts(plan) == [("create", "x", "A", None, "1")]
    assert (plan.change.rows, plan.change.size) == ((), Size(1, {"A": 1, "B": 1}))


# Attributes that are left alone.

BEFORE = table(AB, [{"K": "a", "A": "1", "B": "1"}])


def test_the_cells_of_an_ignored_attribute_do_not_change() -> None:
    after = table(AB, [{"K": "a", "A": "2", "B": "2"}])

    plan = updated(BEFORE, after, planner("values.A"))

    assert (texts(plan), plan.change.unchanged) == ([("update", "a", "B", "1", "2")], 1)


def test_the_cells_of_an_observed_attribute_do_not_change() -> None:
    observed = [key(), attribute("A", ownership="observed"), attribute("B")]
    after = table(observed, [{"K": "a", "B": "2"}, {"K": "b", "B": "1"}], prune=True)

    plan = updated(table(AB, [{"K": "a", "A": "1", "B": "1"}, {"K": "c", "A": "1", "B": "1"}]), after, planner())

    assert [line for line in texts(plan) if line[2] == "A"] == []
    assert [line[0] for line in texts(plan)] == ["update", "create", "delete"]


def test_an_attribute_that_a_rule_keeps_from_creation_gets_no_cells() -> None:
    declared = table([*AB, attribute("C")], [{"K": "a", "A": "1", "C": "1"}])

    plan = updated(BEFORE, declared, planner("attributes[C]"))

    assert texts(plan) == []


def test_a_table_without_differences_has_no_cells_and_counts_them() -> None:
    plan = updated(BEFORE, BEFORE, planner())

    assert (plan.change.cells, plan.change.unchanged, plan.blocked, plan.rebuild) == ((), 2, (), "")


def test_a_changed_key_rebuilds_the_table_if_that_is_allowed() -> None:
    """Without the permission the rows are blocked, and the table stays."""
    after = table([key("L"), attribute("A"), attribute("B")], [{"L": "a", "A": "1"}])

    blocked, rebuilt = (updated(BEFORE, after, planner(removed=removed)) for removed in ((), ("DataTable/T",)))

    assert (blocked.rebuild, blocked.change.cells) == ("", ())
    assert {it.action for it in blocked.blocked} == {Action.BLOCKED}
    assert rebuilt.rebuild
    assert rebuilt.change == TableChange()


@pytest.mark.parametrize(
    ("removed", "irreversible", "blocked"), [((), False, ["DataTable/T/A"]), (("DataTable/T/A",), True, [])]
)
def test_a_new_type_of_stored_values_is_irreversible_and_needs_a_permission(
    removed: tuple[str, ...], irreversible: bool, blocked: list[str]
) -> None:
    after = table([key(), attribute("A", "NUMBER"), attribute("B")], [{"K": "a", "A": "2", "B": "1"}])

    plan = updated(BEFORE, after, planner(removed=removed))

    assert (plan.irreversible, [str(it.ref) for it in plan.blocked]) == (irreversible, blocked)
    assert bool(texts(plan)) is not bool(blocked)


@pytest.mark.parametrize(("removed", "kept"), [((), True), (("DataTable/T/values",), False)])
def test_the_last_rows_of_a_table_are_deleted_only_with_a_permission(removed: tuple[str, ...], kept: bool) -> None:
    plan = updated(BEFORE, table(AB, prune=True), planner(removed=removed))

    assert [str(it.ref) for it in plan.blocked] == (["DataTable/T/values"] if kept else [])
    assert (plan.change.size.gone, texts(plan) == []) == (0 if kept else 1, kept)


# Recreated tables.


def recreated(after: Manifest, before: Live, by: TablePlanner) -> list[str]:
    return [it.name for it in by.recreated_spec(after, before).attributes]


def test_a_recreated_table_keeps_undeclared_attributes_and_drops_undeclared_keys() -> None:
    before = live(table([key("K"), attribute("A"), attribute("Theirs")]))

    assert sorted(recreated(table([key("L"), attribute("A")]), before, planner())) == ["A", "L", "Theirs"]


def test_a_recreated_table_drops_attributes_that_a_deletion_names() -> None:
    before, after = live(table([key(), attribute("A"), attribute("B")])), table([key(), attribute("A")])

    assert sorted(recreated(after, before, planner(removed=("DataTable/T/B",)))) == ["A", "K"]
    assert sorted(recreated(after, before, planner(removed=("DataTable/T/A",)))) == ["A", "B", "K"]


def test_a_recreated_table_keeps_its_undeclared_fields() -> None:
    before = live(table(AB, spec={"description": "theirs"}, level="VALUE"))
    declared = table(AB).spec.model_copy()
    declared.__pydantic_fields_set__.discard("value_lock_level")
    after = replace(table(AB), spec=declared)

    spec: Any = planner().recreated_spec(after, before)

    assert (spec.description, spec.value_lock_level) == ("theirs", "VALUE")


# Columns.


def columns_of(change: Change, after: Manifest | None, there: Manifest | None) -> tuple[str, ...]:
    planned = {T: after.spec} if after else {}
    (found,) = with_columns([change], planned, lives(there) if there else {})
    return found.table.columns


UPDATE = Change(Action.UPDATE, T)


def test_columns_are_the_keys_and_then_the_others_in_their_order() -> None:
    mixed = table([attribute("Z"), key("L"), attribute("A"), key("K")])

    assert columns_of(UPDATE, mixed, None) == ("L", "K", "Z", "A")


def test_columns_are_the_planned_ones_or_else_the_live_ones() -> None:
    planned, there = table([key(), attribute("New")]), table([key(), attribute("Old")])

    assert columns_of(UPDATE, planned, there) == ("K", "New")
    assert columns_of(UPDATE, None, there) == ("K", "Old")
    assert columns_of(UPDATE, None, None) == ()


def test_a_part_has_the_columns_of_its_table() -> None:
    part = Change(Action.DELETE, Ref("DataTable", "T/A"), part_of=T)

    assert columns_of(part, table(AB), None) == ("K", "A", "B")


def test_a_change_of_another_kind_has_no_columns() -> None:
    change = Change(Action.UPDATE, Ref("Queue", "q"))

    assert with_columns([change], {change.ref: queue("q").spec}, {}) == (change,)
