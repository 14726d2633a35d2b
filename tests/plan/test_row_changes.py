"""Rows and cells: differences, equivalent values, and ownership."""

from __future__ import annotations

import pytest

from reconciler.model import Action, CellChange, Plan, RowChange
from reconciler.model.environment import Quotas
from reconciler.report import summary
from reconciler.report.cells import grid
from tests.builders.tables import attribute, key, table
from tests.worlds.world import World

AB = [key(), attribute("A"), attribute("B")]


def cells(plan: Plan) -> list[CellChange]:
    return [cell for change in plan.changes for cell in change.table.cells]


def cells_of(plan: Plan) -> list[tuple[str, str, str, str | None, str | None]]:
    return [
        (cell.action.value, "/".join(cell.key.values()), cell.attribute, cell.before, cell.after)
        for cell in cells(plan)
    ]


@pytest.mark.parametrize(
    ("value_type", "live", "declared"),
    [
        ("NUMBER", "2", "2.0"),
        ("NUMBER", "1000", "1e3"),
        ("BOOLEAN", "true", "TRUE"),
        ("TEXT_LIST", '["a","b"]', "a, b"),
        ("NUMBER_LIST", "[1, 2.50]", "1,2.5"),
    ],
)
def test_equivalent_texts_do_not_differ(world: World, value_type: str, live: str, declared: str) -> None:
    """S0-8, S0-42, S0-43, S0-44."""
    columns = [key(), attribute("A", value_type)]
    world.run(table(columns, [{"K": "a", "A": live}]))

    assert not world.plan(table(columns, [{"K": "a", "A": declared}])).changes


@pytest.mark.parametrize(
    ("value_type", "written", "stored"),
    [
        ("TEXT_LIST", "a, b", '["a", "b"]'),
        ("TEXT_LIST", '["a","b"]', '["a","b"]'),
        ("TEXT_LIST", "", "[]"),
        ("TEXT_LIST", "[]", "[]"),
        ("TEXT_LIST", "Email, Größe", '["Email", "Größe"]'),
        ("NUMBER_LIST", "1,2.5", "[1, 2.5]"),
        ("NUMBER_LIST", "[1, 2.5]", "[1, 2.5]"),
        ("NUMBER_LIST", "", "[]"),
        ("NUMBER", "2.0", "2.0"),
        ("NUMBER", "+1", "1"),
        ("BOOLEAN", "True", "true"),
        ("TEXT", " kept as it is ", " kept as it is "),
    ],
)
def test_the_authors_text_is_written(world: World, value_type: str, written: str, stored: str) -> None:
    """S0-8, S0-42."""
    world.run(table([key(), attribute("A", value_type)], [{"K": "a", "A": written}]))

    assert world.cells("T") == {(("a",), "A"): stored}


def test_absent_empty_and_undeclared_cells_differ(world: World) -> None:
    world.run(table(AB, [{"K": "a", "A": "1", "B": "2"}]))

    emptied = world.plan(table(AB, [{"K": "a", "A": ""}]))
    absent = world.plan(table(AB, [{"K": "a", "A": None}]))
    unsaid = world.plan(table(AB, [{"K": "a"}]))

    assert cells_of(emptied) == [("update", "a", "A", "1", "")]
    assert cells_of(absent) == [("delete", "a", "A", "1", None)]
    assert not unsaid.changes


def test_undeclared_rows_stay_without_prune(world: World) -> None:
    world.run(table(AB, [{"K": "a", "A": "1"}, {"K": "b", "A": "2"}]))

    kept = world.plan(table(AB, [{"K": "a", "A": "1"}]))
    pruned = world.run(table(AB, [{"K": "a", "A": "1"}], prune=True))

    assert not kept.changes
    assert any("1 live row is not declared and stays" in finding.message for finding in kept.findings)
    assert cells_of(pruned.plan) == [("delete", "b", "A", "2", None)]
    assert world.cells("T") == {(("a",), "A"): "1"}


def test_prune_leaves_the_default_record_alone(world: World) -> None:
    world.run(table(AB, [{"K": "a", "A": "1"}], default={"A": "x"}))

    assert not world.plan(table(AB, [{"K": "a", "A": "1"}], prune=True)).changes


def test_the_default_record_is_written_first_and_changes_like_any_row(world: World) -> None:
    done = world.run(table(AB, [{"K": "a", "A": "1"}], default={"A": "x", "B": "y"}))
    changed = world.run(table(AB, [{"K": "a", "A": "1"}], default={"A": "z", "B": None}))

    assert [cell.key for cell in cells(done.plan)][:2] == [{}, {}]
    assert cells_of(changed.plan) == [("update", "", "A", "x", "z"), ("delete", "", "B", "y", None)]
    assert world.cells("T") == {((), "A"): "z", (("a",), "A"): "1"}


@pytest.mark.parametrize("shape", ["null", "empty", "absent"])
@pytest.mark.parametrize("record_id", ["uuid", "DEFAULT"])
def test_the_default_record_is_recognised_in_every_form(world: World, shape: str, record_id: str) -> None:
    world.control.set_faults({"switches": {"defaultPrimaryValues": shape, "defaultRecordId": record_id}})
    it = table(AB, [{"K": "a", "A": "1"}], default={"A": "x"})

    world.run(it)

    assert not world.plan(it).changes


def test_a_table_without_keys_has_only_a_default_record(world: World) -> None:
    it = table([attribute("A")], default={"A": "x"})

    assert world.run(it).exit_code == 0
    assert world.cells("T") == {((), "A"): "x"}
    assert not world.plan(it).changes


def test_seed_values_are_created_once(world: World) -> None:
    columns = [key(), attribute("A", ownership="seed")]
    world.run(table(columns, [{"K": "a", "A": "1"}]))
    world.edit("T", {"K": "a"}, "A", "theirs")

    plan = world.plan(table(columns, [{"K": "a", "A": "1"}, {"K": "b", "A": "2"}]))

    assert cells_of(plan) == [("create", "b", "A", None, "2")]
    assert not world.plan(table(columns, [{"K": "a", "A": None}])).changes


def test_observed_values_are_never_written(world: World) -> None:
    columns = [key(), attribute("A"), attribute("Seen", ownership="observed")]
    world.run(table(columns, [{"K": "a", "A": "1"}, {"K": "b", "A": "2"}]))
    world.connect.batch_create_data_table_value(
        InstanceId=world.control.instance,
        DataTableId=world.table_id("T"),
        Values=[{"PrimaryValues": [{"AttributeName": "K", "Value": "b"}], "AttributeName": "Seen", "Value": "yes"}],
    )

    pruned = table(columns, [{"K": "a", "A": "1"}], prune=True)
    world.run(pruned)

    assert world.cells("T") == {(("a",), "A"): "1", (("b",), "Seen"): "yes"}
    assert not world.plan(pruned).changes


def test_a_changed_managed_value_is_restored(world: World) -> None:
    """S0-17: the difference names table, key, attribute, expected and actual."""
    world.run(table(AB, [{"K": "a", "A": "1"}]))
    world.edit("T", {"K": "a"}, "A", "theirs")

    plan = world.plan(table(AB, [{"K": "a", "A": "1"}]))

    (cell,) = cells(plan)
    assert (str(plan.changes[0].ref), cell.key, cell.attribute) == ("DataTable/T", {"K": "a"}, "A")
    assert (cell.after, cell.before) == ("1", "theirs")
    assert cell.modified is not None


def test_a_moved_row_keeps_its_identity(world: World) -> None:
    world.run(table(AB, [{"K": "old", "A": "1", "B": "2"}]))
    before = {place[1]: value["RecordId"] for place, value in world.stored("T").items()}
    world.calls()

    moved = table(AB, [{"K": "new", "A": "9", "B": "2"}], moved=[({"K": "old"}, {"K": "new"})])
    done = world.run(moved)

    assert [row for change in done.plan.changes for row in change.table.rows] == [RowChange({"K": "old"}, {"K": "new"})]
    assert cells_of(done.plan) == [("update", "new", "A", "1", "9")]
    assert {place[1]: value["RecordId"] for place, value in world.stored("T").items()} == before
    assert world.cells("T") == {(("new",), "A"): "9", (("new",), "B"): "2"}
    assert not world.plan(moved).changes


@pytest.mark.parametrize("level", ["NONE", "DATA_TABLE"])
def test_a_move_takes_one_call_without_a_recheck(world: World, level: str) -> None:
    world.run(table(AB, [{"K": "old", "A": "1"}], level=level))
    world.calls()

    done = world.run(table(AB, [{"K": "new", "A": "1"}], moved=[({"K": "old"}, {"K": "new"})], level=level))

    calls = world.calls()
    assert (done.exit_code, calls["UpdateDataTablePrimaryValues"], calls["ListDataTableValues"]) == (0, 1, 1)


def test_a_move_onto_a_live_row_is_only_reported(world: World) -> None:
    world.run(table(AB, [{"K": "old", "A": "1"}, {"K": "new", "A": "2"}]))

    plan = world.plan(table(AB, [{"K": "new", "A": "2"}], moved=[({"K": "old"}, {"K": "new"})]))

    assert not plan.changes
    assert any("K=new, which is live too" in finding.message for finding in plan.findings)


def test_composite_keys_ignore_the_order_of_attributes(world: World) -> None:
    """S0-4, S0-54."""
    one = [key("K"), key("L"), attribute("A")]
    world.run(table(one, [{"K": "a", "L": "b", "A": "1"}]))

    assert not world.plan(table(list(reversed(one)), [{"A": "1", "L": "b", "K": "a"}])).changes
    assert cells_of(world.plan(table(one, [{"K": "b", "L": "a", "A": "1"}]))) == [("create", "b/a", "A", None, "1")]


def test_keys_can_ignore_case(world: World) -> None:
    columns = [key(validation={"ignoreCase": True}), attribute("A")]
    world.run(table(columns, [{"K": "Abc", "A": "1"}]))

    done = world.run(table(columns, [{"K": "aBC", "A": "2"}]))

    assert cells_of(done.plan) == [("update", "Abc", "A", "1", "2")]
    assert world.cells("T") == {(("Abc",), "A"): "2"}


def test_number_keys_are_compared_as_numbers(world: World) -> None:
    columns = [key("K", "NUMBER"), attribute("A")]
    world.run(table(columns, [{"K": "1.0", "A": "1"}]))

    assert not world.plan(table(columns, [{"K": "1", "A": "1"}])).changes


def test_an_expression_is_kept_as_it_is(world: World) -> None:
    it = table([key(), attribute("N", "NUMBER")], [{"K": "a", "N": "=1 + 2"}])

    world.run(it)

    assert world.cells("T") == {(("a",), "N"): "=1 + 2"}
    assert not world.plan(it).changes


def test_stored_values_that_break_a_new_rule_are_reported(world: World) -> None:
    columns = [key(), attribute("A", ownership="seed")]
    world.run(table(columns, [{"K": "a", "A": "long text"}, {"K": "b", "A": "ok"}]))

    plan = world.plan(table([key(), attribute("A", ownership="seed", validation={"maxLength": 4})]))

    (found,) = [finding for finding in plan.findings if finding.severity == "warning"]
    assert found.address == "DataTable/T/A"
    assert "1 stored value breaks the new rules, the first at K=a" in found.message


def test_many_empty_texts_that_become_absent_are_reported(world: World) -> None:
    world.run(table(AB, [{"K": f"k{at}", "A": "", "B": "1"} for at in range(5)]))

    plan = world.plan(table(AB, [{"K": f"k{at}", "A": None, "B": "1"} for at in range(5)]))

    assert any("5 cells change from an empty text to absent" in finding.message for finding in plan.findings)


def test_deletes_come_first_when_the_quota_is_tight(world: World) -> None:
    world.control.set_faults({"quotas": {"cells": 10}})
    world = world.with_settings(quotas=Quotas({"cellsPerTable": 10}))
    world.run(table(AB, [{"K": f"k{at}", "A": "1", "B": "2"} for at in range(5)]))

    wanted = table(AB, [{"K": f"n{at}", "A": "1", "B": "2"} for at in range(5)], prune=True)
    done = world.run(wanted, allow_delete=frozenset({"DataTable/T/values"}))

    operations = [step.call.operation for step in done.plan.changes[0].steps]
    assert operations == ["BatchDeleteDataTableValue", "BatchCreateDataTableValue"]
    assert (done.exit_code, len(world.cells("T"))) == (0, 10)


def test_a_table_beyond_its_quota_is_blocked(world: World) -> None:
    world.run(table(AB, [{"K": f"k{at}", "A": "1"} for at in range(5)]))
    tight = world.with_settings(quotas=Quotas({"cellsPerTable": 6}))

    done = tight.run(table(AB, [{"K": f"n{at}", "A": "1"} for at in range(5)]))

    (change,) = done.plan.changes
    assert (change.action, done.exit_code) == (Action.BLOCKED, 3)
    assert "quotas.cellsPerTable" in change.reason
    assert len(world.cells("T")) == 5


@pytest.mark.parametrize(
    "shown", [{"pageCap": 1}, {"emptyPage": {"every": 2}}, {"shuffle": True}, {"pageCap": 1, "emptyPage": {"every": 2}}]
)
def test_pages_of_any_shape_give_the_same_plan(world: World, shown: dict[str, object]) -> None:
    """S0-11, S0-12."""
    tables = [table(AB, [{"K": f"k{at}", "A": "1", "B": "2"} for at in range(4)], name=f"T{at}") for at in range(3)]
    wanted = [table(AB, [{"K": f"k{at}", "A": "9"} for at in range(4)], name=f"T{at}") for at in range(3)]
    world.run(*tables)
    whole = world.plan(*wanted)

    world.control.set_faults(shown)

    assert world.plan(*wanted) == whole


@pytest.mark.slow
@pytest.mark.parametrize(
    "switches",
    [
        {"valuesReadBack": "canonical"},
        {"unsetMembers": "defaults"},
        {"primaryValuesAsItems": True},
        {"lockVersions": "numeric"},
        {"emptiedRecord": "stays"},
        {"missingLock": "ignored"},
        {"valueWriteMovesTableTime": True},
        {"primaryValuesLock": "level"},
        {"invalidItem": "request"},
    ],
    ids=str,
)
@pytest.mark.parametrize("level", ["NONE", "DATA_TABLE"])
def test_undocumented_behaviour_does_not_matter(world: World, switches: dict[str, object], level: str) -> None:
    world.control.set_faults({"switches": switches})
    columns = [
        key(validation={"ignoreCase": True}),
        attribute("A", validation={"maxLength": 9}),
        attribute("N", "NUMBER"),
    ]
    first = table(columns, [{"K": "a", "A": "1", "N": "2.0"}, {"K": "b", "A": "2"}], default={"N": "7"}, level=level)
    second = table(columns, [{"K": "a", "A": "3", "N": None}, {"K": "c", "A": "2"}], prune=True, level=level)

    for it in (first, second):
        assert world.run(it).exit_code == 0
        assert not world.plan(it).changes


def test_a_cell_deleted_in_two_ways_is_counted_once(world: World) -> None:
    """B1: the numbers of a plan are exact."""
    columns = [key(), attribute("A"), attribute("B")]
    stored = [{"K": f"k{at}", "A": "1", "B": "1"} for at in range(10)]
    world.run(table(columns, stored))
    kept = [{"K": row["K"], "A": "1"} for row in stored[:7]]

    plan = world.plan(table(columns[:2], kept, prune=True), allow_delete=frozenset({"DataTable/T/B"}))

    counts = summary(plan)
    assert (counts.rows.delete, counts.cells.delete) == (3, 3 + 10)


def test_a_row_with_a_filled_new_column_is_changed(world: World) -> None:
    """B1: the plan adds cells, not a row."""
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "1"}]))

    plan = world.plan(
        table([key(), attribute("A"), attribute("B")], [{"K": "a", "A": "1", "B": "2"}, {"K": "b", "A": "1", "B": "2"}])
    )

    counts = summary(plan)
    assert (counts.rows.create, counts.rows.update, counts.cells.create) == (1, 1, 3)


def test_a_row_of_absent_cells_is_deleted(world: World) -> None:
    """B1."""
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "1"}, {"K": "b", "A": "1"}]))

    plan = world.plan(table([key(), attribute("A")], [{"K": "a", "A": None}, {"K": "b", "A": "1"}]))

    assert summary(plan).rows.delete == 1


def test_columns_are_listed_with_keys_first(world: World) -> None:
    """M15: keys first, then the other attributes as declared, even if the plan deletes the table's rows."""
    columns = [attribute("Z"), key(), attribute("A")]
    world.run(table(columns, [{"K": "a", "A": "1", "Z": "2"}]))

    (change,) = world.plan(table(columns, [{"K": "a", "A": "3", "Z": "4"}])).changes

    assert change.table.columns == ("K", "Z", "A")
    assert (grid(change).keys, grid(change).attributes) == (("K",), ("Z", "A"))


def test_long_numbers_are_not_rounded(world: World) -> None:
    columns = [key(), attribute("N", "NUMBER")]
    number = "1234567890123456789012345678901"
    world.run(table(columns, [{"K": "a", "N": number}]))

    plan = world.plan(table(columns, [{"K": "a", "N": f"{number[:-1]}2"}]))

    assert [cell.after for change in plan.changes for cell in change.table.cells] == [f"{number[:-1]}2"]
