"""Undo of changes to tables: fields, attributes, keys and cells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model import Action
from reconciler.sandbox import INSTANCE_ID
from tests.builders.tables import attribute, key, table
from tests.worlds.undoing import as_json, blocked, undone, way_back
from tests.worlds.world import World

ROWS = [{"K": "a", "A": "1"}, {"K": "b", "A": "2"}, {"K": "c", "A": "3"}]
LEVELS = ["NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"]


@pytest.mark.parametrize("level", LEVELS)
def test_undo_restores_cells(world: World, level: str) -> None:
    world.run(table(rows=ROWS, level=level))
    before = world.cells("T")
    rows = [{"K": "a", "A": "9"}, {"K": "c", "A": None}, {"K": "d", "A": "4"}]
    done = world.run(table(rows=rows, level=level, prune=True))

    back = undone(world, done)

    assert back.exit_code == 0
    assert world.cells("T") == before


def test_later_changes_are_left_alone_with_a_reason(world: World) -> None:
    world.run(table(rows=ROWS, level="VALUE"))
    done = world.run(table(rows=[{"K": "a", "A": "9"}, {"K": "b", "A": "8"}], level="VALUE", spec={"description": "x"}))
    world.edit("T", {"K": "a"}, "A", "theirs")
    where = {"InstanceId": INSTANCE_ID, "DataTableId": world.table_id("T")}
    world.connect.update_data_table_metadata(
        **where, Name="T", Description="theirs", TimeZone="UTC", ValueLockLevel="VALUE"
    )

    seen = way_back(world, done)
    back = world.apply(seen)

    assert blocked(seen.plan) == {
        "DataTable/T/description": 'changed since the run: live is "theirs", the run left "x"; it is left alone',
        "DataTable/T/values.A": 'K=a: changed since the run: live is "theirs", the run left "9"; it is left alone',
    }
    assert back.exit_code == 3
    assert world.cells("T")[("a",), "A"] == "theirs"
    assert world.cells("T")[("b",), "A"] == "2"


def test_only_done_items_are_undone(world: World) -> None:
    world.run(table(rows=ROWS, level="VALUE"))
    seen = world.preview(table(rows=[{"K": k, "A": "9"} for k in "abc"], level="VALUE"))
    world.edit("T", {"K": "a"}, "A", "theirs")
    done = world.apply(seen)

    back = way_back(world, done)

    assert done.totals.conflict == 1
    assert [cell.key["K"] for change in back.plan.changes for cell in change.table.cells] == ["b", "c"]
    assert not blocked(back.plan)


def test_a_cell_with_a_lost_reply_is_undone(world: World) -> None:
    world.run(table(rows=ROWS))
    before = world.cells("T")
    world.control.set_faults({"lostReply": {"every": 1, "operations": ["BatchUpdateDataTableValue"]}})
    done = world.run(table(rows=[{"K": k, "A": "9"} for k in "abc"]))
    world.control.set_faults({})
    assert all(result.looked for result in done.results.values())

    undone(world, done)

    assert world.cells("T") == before


def test_renames_of_rows_are_undone_in_reverse(world: World) -> None:
    world.run(table(rows=ROWS))
    before = world.cells("T")
    moved = [({"K": "a"}, {"K": "z"}), ({"K": "b"}, {"K": "a"})]
    done = world.run(table(rows=[{"K": "z", "A": "9"}, {"K": "a", "A": "2"}], moved=moved))

    seen = way_back(world, done)
    world.apply(seen)

    assert [(row.before["K"], row.after["K"]) for row in seen.plan.changes[0].table.rows] == [("a", "b"), ("z", "a")]
    assert world.cells("T") == before


def test_a_row_renamed_since_stays(world: World) -> None:
    world.run(table(rows=ROWS))
    done = world.run(table(rows=[{"K": "z", "A": "1"}], moved=[({"K": "a"}, {"K": "z"})]))
    old, new = ([{"AttributeName": "K", "Value": text}] for text in ("z", "theirs"))
    where = {"InstanceId": INSTANCE_ID, "DataTableId": world.table_id("T")}
    lock = world.stored("T")[("z",), "A"]["LockVersion"]
    world.connect.update_data_table_primary_values(**where, PrimaryValues=old, NewPrimaryValues=new, LockVersion=lock)

    assert blocked(way_back(world, done).plan) == {
        "DataTable/T/rows[K=z]": "its key was K=a: changed since the run; it is left alone"
    }


def test_undo_restores_names_of_tables_and_attributes(world: World) -> None:
    world.run(table(rows=ROWS))
    before = world.cells("T")
    columns = [key(), attribute("B", renamedFrom="A", description="x"), attribute("N", "NUMBER")]
    done = world.run(table(columns, [{"K": "a", "B": "9"}], name="U", renamed_from="T"))
    assert done.exit_code == 0

    back = undone(world, done)

    assert back.exit_code == 0
    assert world.cells("T") == before
    assert not world.plan(table(rows=ROWS)).changes


def test_undo_recreates_an_attribute_with_its_values(world: World) -> None:
    world.run(table(rows=ROWS, default={"A": "0"}))
    before = world.cells("T")
    fewer = table([key(), attribute("N", "NUMBER")], [{"K": "a", "N": "1"}])
    done = world.run(fewer, prune=True, allow_delete=frozenset({"DataTable/T/A"}))

    undone(world, done)

    assert world.cells("T") == before
    assert not world.plan(table(rows=ROWS)).changes


def test_undo_recreates_a_table_and_reports_losses(world: World) -> None:
    full = table(rows=ROWS, default={"A": "0"}, spec={"description": "d", "tags": {"Team": "a"}})
    world.run(full)
    before, id = world.cells("T"), world.table_id("T")
    done = world.run(prune=True, allow_delete=frozenset({"DataTable/T"}))

    seen = way_back(world, done)
    world.apply(seen)

    (finding,) = seen.plan.findings
    assert "is recreated with another id: its values and its audit history are lost" in finding.message
    assert world.cells("T") == before
    assert world.table_id("T") != id
    assert not world.plan(full).changes


def test_undo_deletes_a_created_table_only_with_permission(world: World) -> None:
    done = world.run(table(rows=ROWS))

    without = way_back(world, done).plan
    back = undone(world, done, allow_delete=frozenset({"DataTable/T"}))

    assert "deleting it is irreversible" in blocked(without)["DataTable/T"]
    assert [change.action for change in back.plan.changes] == [Action.DELETE]
    assert back.plan.changes[0].reason == "created by the run that is undone"
    assert not world.plan(table(rows=ROWS)).unchanged


def test_a_protected_table_stays(world: World) -> None:
    done = world.run(table(rows=ROWS, protect=True))

    seen = way_back(world, done, allow_delete=frozenset({"DataTable/T"}))

    assert "protected by the tag" in blocked(seen.plan)["DataTable/T"]


@pytest.mark.parametrize("what", ["row", "cell", "attribute", "tag"])
def test_a_created_table_that_was_changed_since_stays(world: World, what: str) -> None:
    done = world.run(table(rows=ROWS))
    where = {"InstanceId": INSTANCE_ID, "DataTableId": world.table_id("T")}
    value = {"PrimaryValues": [{"AttributeName": "K", "Value": "d"}], "AttributeName": "A", "Value": "theirs"}
    match what:
        case "row":
            world.connect.batch_create_data_table_value(**where, Values=[value])
        case "cell":
            world.edit("T", {"K": "a"}, "A", "theirs")
        case "attribute":
            world.connect.create_data_table_attribute(**where, Name="Theirs", ValueType="TEXT")
        case _:
            live = way_back(world, done, allow_delete=frozenset({"DataTable/T"})).world.live
            (it,) = live.values()
            world.connect.tag_resource(resourceArn=it.arn, tags={"Theirs": "1"})

    seen = way_back(world, done, allow_delete=frozenset({"DataTable/T"}))

    assert "changed since" in blocked(seen.plan)["DataTable/T"]


def test_undo_deletes_a_created_attribute_or_only_its_cells(world: World) -> None:
    world.run(table(rows=ROWS))
    more = table([key(), attribute("A"), attribute("N", "NUMBER"), attribute("New")], [{"K": "a", "New": "x"}])
    done = world.run(more)

    alone = undone(world, done)
    whole = undone(world, done)

    assert "deleting it is irreversible" in blocked(alone.plan)["DataTable/T/New"]
    assert [cell.action for change in alone.plan.changes for cell in change.table.cells] == [Action.DELETE]
    assert whole.exit_code == 0
    assert [str(change.ref) for change in whole.plan.changes] == ["DataTable/T/New"]


def test_an_attribute_with_later_values_stays(world: World) -> None:
    world.run(table(rows=ROWS))
    more = table([key(), attribute("A"), attribute("N", "NUMBER"), attribute("New")], [{"K": "a", "New": "x"}])
    done = world.run(more)
    world.edit("T", {"K": "a"}, "New", "theirs")

    seen = way_back(world, done, allow_delete=frozenset({"DataTable/T/New"}))
    world.apply(seen)

    assert "values that the run did not write" in blocked(seen.plan)["DataTable/T/attributes[New]"]
    assert world.cells("T")[("a",), "New"] == "theirs"


def test_a_recreated_table_cannot_be_undone(world: World) -> None:
    world.run(table(rows=ROWS))
    columns = [key(), key("L"), attribute("A"), attribute("N", "NUMBER")]
    wanted = table(columns, [{"K": "a", "L": "b", "A": "1"}])
    done = world.run(wanted, allow_delete=frozenset({"DataTable/T"}))

    seen = way_back(world, done, allow_delete=frozenset({"DataTable/T"}))

    assert done.plan.changes[0].action is Action.REPLACE
    assert "was deleted and recreated" in blocked(seen.plan)["DataTable/T"]


def test_undo_restores_tags_and_protection(world: World) -> None:
    first = table(rows=ROWS, spec={"tags": {"Team": "a", "Old": "1"}})
    world.run(first)
    done = world.run(table(rows=ROWS, spec={"tags": {"Team": "b", "New": "2"}}, protect=True))

    back = undone(world, done)

    assert back.exit_code == 0
    assert not world.plan(table(rows=ROWS, spec={"tags": {"Team": "a", "Old": "1"}}, protect=False)).changes


def test_undo_restores_a_tag_that_looks_like_a_reference(world: World) -> None:
    plain = table()
    tags = ({"Flow": f"see ${{Queue/{name}.arn}}"} for name in ("A", "B"))
    one, other = (replace(plain, spec=plain.spec.model_copy(update={"tags": it})) for it in tags)
    world.run(one)
    done = world.run(other)

    back = undone(world, done)

    assert back.exit_code == 0, back
    assert not world.plan(one).changes


def test_undo_restores_references_in_cells(world: World) -> None:
    other = table(name="Other")
    world.run(other, table(rows=ROWS))
    arn = next(
        each["Arn"]
        for each in world.connect.list_data_tables(InstanceId=INSTANCE_ID)["DataTableSummaryList"]
        if each["Name"] == "Other"
    )
    world.edit("T", {"K": "a"}, "A", arn)
    done = world.run(table(rows=ROWS), other)
    assert "${DataTable/Other.arn}" in str(as_json(done))

    undone(world, done)

    assert world.cells("T")[("a",), "A"] == arn


def test_an_undone_run_has_nothing_left_to_undo(world: World) -> None:
    world.run(table(rows=ROWS))
    done = world.run(table(rows=[{"K": "a", "A": "9"}], spec={"description": "x"}))
    undone(world, done)

    plan = way_back(world, done).plan

    assert plan.changes == ()
    assert plan.unchanged == 2


def test_only_what_is_selected_is_undone(world: World) -> None:
    world.run(table(rows=ROWS), table(rows=ROWS, name="U"))
    done = world.run(table(rows=[{"K": "a", "A": "9"}]), table(rows=[{"K": "a", "A": "9"}], name="U"))

    assert [str(each.ref) for each in way_back(world, done, target=("DataTable/U",)).plan.changes] == ["DataTable/U"]
    assert [str(each.ref) for each in way_back(world, done, exclude=("DataTable/U",)).plan.changes] == ["DataTable/T"]


def test_an_edit_during_undo_is_a_conflict(world: World) -> None:
    world.run(table(rows=ROWS, level="VALUE"))
    done = world.run(table(rows=[{"K": "a", "A": "9"}], level="VALUE"))
    seen = way_back(world, done)
    world.edit("T", {"K": "a"}, "A", "theirs")

    back = world.apply(seen)

    assert (back.exit_code, back.totals.conflict) == (5, 1)
    assert world.cells("T")[("a",), "A"] == "theirs"
