"""Results of earlier steps in, the items that must wait for another run out. Nothing is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.apply.run import Run
from reconciler.apply.skipping import carried, stopped
from reconciler.model import (
    Call,
    Does,
    Item,
    Key,
    Plan,
    Replacement,
    Result,
    RowChange,
    Scope,
    Status,
    Step,
    TableChange,
)
from tests.builders.plans import cell
from tests.builders.tables import table
from tests.builders.works import change
from tests.worlds.scripted_aws import run_without_aws

FAILED, DONE, UNCHANGED = (Result(status) for status in (Status.FAILED, Status.DONE, Status.UNCHANGED))
FIRST = Item(0, "field", 0)
TABLE = TableChange(
    cells=(cell("A", "1", "2", K="a"), cell("B", "1", "2", K="a"), cell("A", "1", "2", K="b"), cell("A", "1", "2")),
    rows=(RowChange({"K": "old"}, {"K": "a"}), RowChange({"K": "older"}, {"K": "b"})),
    keys=(Key("K", "TEXT", False),),
)
CELLS = Step(Call("connect", "BatchUpdateDataTableValue", {}), Does.CELLS, cells=(0, 1, 2, 3))


def earlier(does: Does, **more: Any) -> Step:
    """Returns a step that carries the first field and no cells."""
    return Step(Call("connect", "Earlier", more.pop("params", {})), does, **{"fields": (0,), **more})


def run_of(*steps: Step, results: Mapping[Item, Result]) -> Run:
    plan = Plan(Scope("centre", "prod", "arn"), (change("DataTable/T", *steps, table=TABLE),))
    return run_without_aws(plan, results)


def waiting(*steps: Step, later: Step = CELLS, result: Result = FAILED, item: Item = FIRST) -> list[Item]:
    """Returns the items of the later step that must wait after the item has the result."""
    return list(stopped(run_of(*steps, later, results={item: result}), 0, later))


def cells(*positions: int) -> list[Item]:
    return [Item(0, "cell", position) for position in positions]


def test_a_step_carries_its_fields_rows_and_cells() -> None:
    step = Step(Call("connect", "X", {}), Does.UPDATE, fields=(2, 0), rows=(1,), cells=(3,))

    assert carried(7, step) == [Item(7, "field", 2), Item(7, "field", 0), Item(7, "row", 1), Item(7, "cell", 3)]


@pytest.mark.parametrize("does", [Does.CREATE, Does.DELETE])
def test_everything_waits_for_the_resource_itself(does: Does) -> None:
    later = Step(Call("connect", "X", {}), Does.UPDATE, fields=(1,), rows=(0,), cells=(0,))

    assert waiting(earlier(does), later=later) == carried(0, later)
    assert waiting(earlier(does)) == cells(0, 1, 2, 3)


@pytest.mark.parametrize("result", [DONE, UNCHANGED])
def test_nothing_waits_for_a_step_that_is_done(result: Result) -> None:
    assert waiting(earlier(Does.CREATE), result=result) == []


@pytest.mark.parametrize("status", [Status.FAILED, Status.CONFLICT, Status.SKIPPED])
def test_items_wait_for_every_step_that_is_not_done(status: Status) -> None:
    assert waiting(earlier(Does.CREATE), result=Result(status)) == cells(0, 1, 2, 3)


def test_a_step_that_is_done_in_part_is_not_done() -> None:
    assert waiting(earlier(Does.CREATE, fields=(1, 0))) == cells(0, 1, 2, 3)


def test_the_message_names_the_step_that_is_waited_for() -> None:
    run = run_of(earlier(Does.CREATE), CELLS, results={Item(0, "field", 0): FAILED})

    assert {*stopped(run, 0, CELLS).values()} == {"Earlier of DataTable/T"}


def test_the_first_unfinished_step_is_named() -> None:
    second = Step(Call("connect", "Second", {}), Does.CREATE, fields=(0,))

    run = run_of(earlier(Does.CREATE), second, CELLS, results={Item(0, "field", 0): FAILED})

    assert {*stopped(run, 0, CELLS).values()} == {"Earlier of DataTable/T"}


# Attributes.


@pytest.mark.parametrize("does", [Does.PART_CREATE, Does.PART_UPDATE])
def test_cells_wait_for_their_attribute(does: Does) -> None:
    assert waiting(earlier(does, params={"Name": "A"})) == cells(0, 2, 3)


@pytest.mark.parametrize("does", [Does.PART_CREATE, Does.PART_UPDATE])
def test_all_cells_and_keys_wait_for_a_primary_attribute(does: Does) -> None:
    step = earlier(does, params={"Name": "K", "Primary": True})
    rename = Step(Call("connect", "X", {}), Does.RENAME_ROW, rows=(1,))

    assert waiting(step) == cells(0, 1, 2, 3)
    assert waiting(step, later=rename) == [Item(0, "row", 1)]


# Fields of the table.


def levelled(before: str, after: str) -> Replacement:
    return Replacement(table(level=before).spec, table(level=after).spec, ())


def test_cells_wait_for_a_change_of_the_lock_level() -> None:
    assert waiting(earlier(Does.UPDATE, replaces=levelled("NONE", "VALUE"))) == cells(0, 1, 2, 3)


def test_cells_do_not_wait_for_other_fields() -> None:
    assert waiting(earlier(Does.UPDATE, replaces=levelled("VALUE", "VALUE"))) == []
    assert waiting(earlier(Does.UPDATE)) == []


def test_only_cells_wait_for_the_lock_level() -> None:
    later = Step(Call("connect", "X", {}), Does.RENAME_ROW, rows=(0,))

    assert waiting(earlier(Does.UPDATE, replaces=levelled("NONE", "VALUE")), later=later) == []


@pytest.mark.parametrize("does", [Does.TAG, Does.ADD, Does.REMOVE, Does.PART_DELETE, Does.LOOK])
def test_nothing_waits_for_other_steps(does: Does) -> None:
    assert waiting(earlier(does)) == []


# Keys and values.


def test_cells_wait_for_the_rename_of_their_row() -> None:
    rename = earlier(Does.RENAME_ROW, fields=(), rows=(1,))

    assert waiting(rename, item=Item(0, "row", 1)) == cells(2)


def test_values_do_not_wait_for_other_values() -> None:
    first = Step(Call("connect", "X", {}), Does.CELLS, cells=(0,))

    assert waiting(first, item=Item(0, "cell", 0)) == []


def test_a_step_does_not_wait_for_itself_or_for_later_ones() -> None:
    create, again = earlier(Does.CREATE), earlier(Does.CREATE, fields=(0, 1))
    run = run_of(create, again, results={Item(0, "field", 0): FAILED})

    assert stopped(run, 0, create) == {}
    assert [*stopped(run, 0, again)] == carried(0, again)
