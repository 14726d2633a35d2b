"""Runs make the fewest calls that the API allows. The sandbox counts them."""

from __future__ import annotations

import pytest

from reconciler.model import Action
from reconciler.model.environment import Quotas
from tests.builders.tables import many, table
from tests.worlds.world import World

at_both_levels = pytest.mark.parametrize("level", ["NONE", "DATA_TABLE"])


@pytest.mark.slow
@at_both_levels
def test_a_thousand_new_cells_take_47_calls(world: World, level: str) -> None:
    """S0-7, S0-13, S0-55, S0-56: the old program makes 172."""
    world.calls()

    done = world.run(many(250, level=level))

    assert done.totals.done >= 1000
    assert world.table_calls() == {
        "SearchDataTables": 1,
        "CreateDataTable": 1,
        "CreateDataTableAttribute": 5,
        "BatchCreateDataTableValue": 40,
    }


@at_both_levels
def test_nothing_changed_takes_3_reads_and_no_write(world: World, level: str) -> None:
    """S0-5, S0-55: the old program makes 86 and writes every cell again."""
    world.run(many(250, level=level))
    world.calls()

    done = world.run(many(250, level=level))

    assert world.table_calls() == {"SearchDataTables": 1, "ListDataTableAttributes": 1, "ListDataTableValues": 1}
    assert (done.status, done.totals.done, done.totals.unchanged) == ("unchanged", 0, 1001)


@at_both_levels
def test_ten_changed_cells_take_4_calls(world: World, level: str) -> None:
    world.run(many(250, level=level))
    world.calls()

    done = world.run(many(250, level=level, changed=10))

    assert world.table_calls() == {
        "SearchDataTables": 1,
        "ListDataTableAttributes": 1,
        "ListDataTableValues": 1,
        "BatchUpdateDataTableValue": 1,
    }
    assert (done.totals.done, done.totals.unchanged) == (10, 991)


@at_both_levels
def test_one_changed_cell_of_a_hundred_is_one_changed_cell(world: World, level: str) -> None:
    """S0-28, S0-36."""
    world.run(many(25, level=level))

    done = world.run(many(25, level=level, changed=1))

    (change,) = done.plan.changes
    assert [(cell.action, cell.before, cell.after) for cell in change.table.cells] == [(Action.UPDATE, "0", "1000")]
    assert world.cells("T")[("k0000",), "A0"] == "1000"


def test_creates_and_updates_have_separate_batches(world: World) -> None:
    """S0-5, S0-29, S0-50: 50 changed, 50 unchanged, 50 new."""
    world.run(many(100, others=1))
    world.calls()

    done = world.run(many(150, others=1, changed=50))

    calls = world.table_calls()
    assert (calls["BatchUpdateDataTableValue"], calls["BatchCreateDataTableValue"]) == (2, 2)
    assert (done.totals.done, done.totals.unchanged) == (100, 51)
    assert len(world.cells("T")) == 150


def test_the_last_batch_may_be_short(world: World) -> None:
    """S0-13."""
    world.run(many(26, others=1))

    assert world.calls()["BatchCreateDataTableValue"] == 2
    assert len(world.cells("T")) == 26


def test_a_table_without_rows_takes_no_batch(world: World) -> None:
    """S0-13, S0-19."""
    world.calls()

    world.run(table())

    assert world.table_calls() == {"SearchDataTables": 1, "CreateDataTable": 1, "CreateDataTableAttribute": 3}


def test_the_size_of_a_batch_is_a_setting(world: World) -> None:
    """S0-13."""
    quotas = Quotas({"batchItems": 10})

    world.with_settings(quotas=quotas).run(many(20, others=1))

    assert world.calls()["BatchCreateDataTableValue"] == 2


def test_many_tables_are_searched_once_and_listed_twice_each(world: World) -> None:
    tables = [many(2, name=f"T{at}") for at in range(12)]
    world.run(*tables)
    world.calls()

    world.plan(*tables)

    assert world.table_calls() == {"SearchDataTables": 1, "ListDataTableAttributes": 12, "ListDataTableValues": 12}


def test_a_changed_rule_takes_one_read_and_one_write_of_the_attribute(world: World) -> None:
    world.run(table())
    world.calls()

    world.run(table(spec={"attributes": [{"name": "A", "valueType": "TEXT", "validation": {"maxLength": 9}}]}))

    assert world.table_calls() == {
        "SearchDataTables": 1,
        "ListDataTableAttributes": 2,
        "ListDataTableValues": 1,
        "UpdateDataTableAttribute": 1,
    }
