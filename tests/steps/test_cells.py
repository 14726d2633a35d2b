"""Changes of cells and keys in, their steps out: which batch waits for which call on the table."""

from __future__ import annotations

import pytest

from reconciler.model import Does, IdOf, Manifest, Ref, Step
from reconciler.steps.resource import make_steps
from tests.builders.resources import queue
from tests.builders.tables import attribute, key, table
from tests.builders.works import creating, updating

AB = [key(), attribute("A"), attribute("B")]
TABLE = {"DataTableId": IdOf(Ref("DataTable", "T"))}


def shown(steps: tuple[Step, ...]) -> list[tuple[str, tuple[int, ...]]]:
    """Returns each step's operation without the word DataTable, and the steps that it needs."""
    return [(step.call.operation.replace("DataTable", ""), step.needs) for step in steps]


def edit(level: str, **more: str) -> tuple[Manifest, Manifest]:
    """Returns a table before and after one cell changes, and its description if `more` has one."""
    before, after = (table(AB, [{"K": "a", "A": text}], level=level) for text in "12")
    return before, table(AB, [{"K": "a", "A": "2"}], level=level, spec=more) if more else after


# Structure first.


def test_cells_of_a_live_table_wait_for_nothing() -> None:
    assert shown(make_steps(updating(*edit("NONE")))) == [("BatchUpdateValue", ())]


def test_the_cells_of_a_new_table_wait_for_the_table_and_its_keys_and_their_own_attributes() -> None:
    rows = [{"K": "a", "A": "1", "B": "1"}]

    steps = make_steps(creating(table(AB, rows), batch_items=1))

    assert shown(steps) == [
        ("Create", ()),
        ("CreateAttribute", (0,)),
        ("CreateAttribute", (1,)),
        ("CreateAttribute", (2,)),
        ("BatchCreateValue", (0, 1, 2)),
        ("BatchCreateValue", (0, 1, 3)),
    ]


def test_cells_wait_only_for_the_attributes_that_they_need() -> None:
    before = table([key(), attribute("A")], [{"K": "a", "A": "1"}])
    after = table(AB, [{"K": "a", "A": "2", "B": "2"}])

    steps = make_steps(updating(before, after))

    assert shown(steps) == [("CreateAttribute", ()), ("BatchCreateValue", (0,)), ("BatchUpdateValue", ())]


def test_cells_wait_for_changes_of_the_table_and_of_its_keys() -> None:
    before = table([key(), attribute("A")], [{"K": "a", "A": "1"}])
    after = table([key(description="x"), attribute("A")], [{"K": "a", "A": "2"}], spec={"description": "x"})

    assert shown(make_steps(updating(before, after))) == [
        ("UpdateMetadata", ()),
        ("UpdateAttribute", (0,)),
        ("BatchUpdateValue", (0, 1)),
    ]


def test_cells_wait_for_a_change_of_their_attribute() -> None:
    before = table(AB, [{"K": "a", "A": "1", "B": "1"}])
    after = table([key(), attribute("A", description="x"), attribute("B")], [{"K": "a", "A": "2", "B": "2"}])

    assert shown(make_steps(updating(before, after, batch_items=1))) == [
        ("UpdateAttribute", ()),
        ("BatchUpdateValue", (0,)),
        ("BatchUpdateValue", ()),
    ]


def columns_of_batches(before: Manifest, after: Manifest) -> list[set[str]]:
    work = updating(before, after, batch_items=2)
    return [{work.cells[at].attribute for at in step.cells} for step in make_steps(work) if step.cells]


@pytest.mark.parametrize("level", ["NONE", "VALUE", "ATTRIBUTE"])
def test_cells_follow_the_order_in_which_their_attributes_are_created(level: str) -> None:
    rows = [{"K": name, "A": "1", "Z": "1"} for name in "ab"]

    after = table([key(), attribute("Z"), attribute("A")], rows, level=level)

    assert columns_of_batches(table([key()], level=level), after) == [{"Z"}, {"A"}]


def test_cells_of_changed_attributes_stay_in_the_order_of_rows() -> None:
    before = table(AB, [{"K": name, "A": "1", "B": "1"} for name in "ab"])
    changed = [key(), attribute("A", description="x"), attribute("B", description="x")]

    after = table(changed, [{"K": name, "A": "2", "B": "2"} for name in "ab"])

    assert columns_of_batches(before, after) == [{"A", "B"}, {"A", "B"}]


def test_a_queue_has_no_cells() -> None:
    assert [step.does for step in make_steps(creating(queue()))] == [Does.CREATE]


# Keys.


def test_renames_of_rows_follow_one_another_and_cells_wait_for_them() -> None:
    before = table(AB, [{"K": "a", "A": "1"}, {"K": "b", "A": "1"}])
    moved = [({"K": "a"}, {"K": "x"}), ({"K": "b"}, {"K": "y"})]
    after = table(AB, [{"K": "x", "A": "2"}, {"K": "y", "A": "1"}], moved=moved)

    steps = make_steps(updating(before, after))

    assert shown(steps) == [("UpdatePrimaryValues", ()), ("UpdatePrimaryValues", (0,)), ("BatchUpdateValue", (0, 1))]
    assert [step.rows for step in steps] == [(0,), (1,), ()]
    assert steps[0].call.params == {
        **TABLE,
        "PrimaryValues": [{"AttributeName": "K", "Value": "a"}],
        "NewPrimaryValues": [{"AttributeName": "K", "Value": "x"}],
    }


def test_the_first_rename_waits_for_the_structure() -> None:
    before = table(AB, [{"K": "a", "A": "1"}])
    after = table(AB, [{"K": "x", "A": "1"}], moved=[({"K": "a"}, {"K": "x"})], spec={"description": "x"})

    assert shown(make_steps(updating(before, after))) == [("UpdateMetadata", ()), ("UpdatePrimaryValues", (0,))]


# One lock for the whole table.


def test_with_one_lock_every_batch_waits_for_the_last_call_and_takes_its_turn() -> None:
    rows = [{"K": "a", "A": "1", "B": "1"}]

    steps = make_steps(creating(table(AB, rows, level="DATA_TABLE"), batch_items=1))

    assert [(step.needs, step.lane) for step in steps if step.cells] == [((3,), "DATA_TABLE"), ((3,), "DATA_TABLE")]


@pytest.mark.parametrize("level", ["DATA_TABLE", "ATTRIBUTE"])
def test_values_are_read_again_after_a_call_that_gives_a_new_lock(level: str) -> None:
    steps = make_steps(updating(*edit(level, description="x")))

    assert shown(steps) == [("UpdateMetadata", ()), ("ListValues", (0,)), ("BatchUpdateValue", (1,))]
    assert (steps[1].does, steps[1].call.params, steps[1].cells) == (Does.LOOK, TABLE, ())


@pytest.mark.parametrize("level", ["NONE", "PRIMARY_VALUE", "VALUE"])
def test_values_are_not_read_again_if_the_call_leaves_their_locks(level: str) -> None:
    assert shown(make_steps(updating(*edit(level, description="x")))) == [
        ("UpdateMetadata", ()),
        ("BatchUpdateValue", (0,)),
    ]


@pytest.mark.parametrize("level", ["DATA_TABLE", "ATTRIBUTE"])
def test_values_are_not_read_again_without_a_call_on_the_table(level: str) -> None:
    assert shown(make_steps(updating(*edit(level)))) == [("BatchUpdateValue", ())]


@pytest.mark.parametrize("level", ["DATA_TABLE", "ATTRIBUTE"])
def test_new_values_alone_need_no_lock(level: str) -> None:
    before, after = (table(AB, rows, level=level, spec={"description": text}) for rows, text in _grown())

    assert shown(make_steps(updating(before, after))) == [("UpdateMetadata", ()), ("BatchCreateValue", (0,))]


def _grown() -> list[tuple[list[dict[str, str]], str]]:
    return [([{"K": "a", "A": "1"}], "x"), ([{"K": "a", "A": "1", "B": "1"}], "y")]


def test_new_values_do_not_wait_for_the_values_that_are_read_again() -> None:
    before = table(AB, [{"K": "a", "A": "1"}], level="ATTRIBUTE")
    after = table(AB, [{"K": "a", "A": "2", "B": "1"}], level="ATTRIBUTE", spec={"description": "x"})

    assert shown(make_steps(updating(before, after))) == [
        ("UpdateMetadata", ()),
        ("ListValues", (0,)),
        ("BatchCreateValue", (0,)),
        ("BatchUpdateValue", (1,)),
    ]


def test_a_recreated_table_has_no_values_to_read_again() -> None:
    work = updating(*edit("DATA_TABLE", description="x"), rebuild=True)

    assert Does.LOOK not in [step.does for step in make_steps(work)]


# Rechecks and quotas.


def test_a_recheck_lists_the_values_before_updates_and_deletes_without_locks() -> None:
    before = table(AB, [{"K": "a", "A": "1", "B": "1"}])
    after = table(AB, [{"K": "a", "A": "2", "B": None}, {"K": "b", "A": "1"}])

    steps = make_steps(updating(before, after, recheck=True))

    assert [(step.call.operation, step.rechecks and step.rechecks.operation) for step in steps] == [
        ("BatchCreateDataTableValue", None),
        ("BatchUpdateDataTableValue", "ListDataTableValues"),
        ("BatchDeleteDataTableValue", "ListDataTableValues"),
    ]


@pytest.mark.parametrize(("level", "recheck"), [("NONE", False), ("VALUE", True), ("DATA_TABLE", True)])
def test_a_lock_makes_the_recheck_unnecessary(level: str, recheck: bool) -> None:
    (only,) = make_steps(updating(*edit(level), recheck=recheck))

    assert only.rechecks is None


@pytest.mark.parametrize(("room", "first"), [(1, "BatchCreateDataTableValue"), (0, "BatchDeleteDataTableValue")])
def test_values_are_deleted_first_if_the_quota_has_no_room_for_the_new_ones(room: int, first: str) -> None:
    before = table(AB, [{"K": "a", "A": "1", "B": "1"}])
    after = table(AB, [{"K": "a", "A": "1", "B": None}, {"K": "b", "A": "1"}])

    steps = make_steps(updating(before, after, room=room))

    assert steps[0].call.operation == first
    assert steps[1].needs == (() if room else (0,))


def test_a_batch_has_no_more_cells_than_allowed() -> None:
    rows = [{"K": f"k{at}", "A": "1"} for at in range(5)]

    steps = make_steps(updating(table(AB), table(AB, rows), batch_items=2))

    assert [len(step.cells) for step in steps] == [2, 2, 1]
    assert {step.call.params["DataTableId"] for step in steps} == {IdOf(Ref("DataTable", "T"))}
