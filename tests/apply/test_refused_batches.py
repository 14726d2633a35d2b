"""A batch that AWS refuses or throttles as a whole: each of its cells still gets its own result."""

from __future__ import annotations

import pytest

from tests.builders.tables import attribute, key, many, table
from tests.worlds.world import World

COLUMNS = [key(), attribute("A"), attribute("N", "NUMBER")]


@pytest.mark.slow
def test_throttling_does_not_use_up_the_rounds_of_a_conflict(world: World) -> None:
    world.run(table(COLUMNS, [{"K": f"k{at}", "A": "0"} for at in range(10)], level="DATA_TABLE"))
    world.control.set_faults(
        {"switches": {"compareLocks": "item"}, "error": {"every": 6, "code": "ThrottlingException"}}
    )

    done = world.run(table(COLUMNS, [{"K": f"k{at}", "A": "1"} for at in range(10)], level="DATA_TABLE"))

    assert (done.exit_code, done.totals.done) == (0, 10)


def test_one_missing_cell_does_not_fail_the_batch_that_is_refused_whole(world: World) -> None:
    world.run(table(COLUMNS, [{"K": f"k{at}", "A": "0"} for at in range(10)]))
    seen = world.preview(table(COLUMNS, [{"K": f"k{at}", "A": "1"} for at in range(10)]))
    world.connect.batch_delete_data_table_value(
        InstanceId=world.control.instance,
        DataTableId=world.table_id("T"),
        Values=[
            {"PrimaryValues": [{"AttributeName": "K", "Value": "k3"}], "AttributeName": "A", "LockVersion": {}},
        ],
    )
    world.control.set_faults({"switches": {"existingOrMissingCell": "request"}})

    done = world.apply(seen)

    assert (done.totals.done, done.totals.conflict, done.totals.failed) == (9, 1, 0)


@pytest.mark.slow
@pytest.mark.parametrize("level", ["DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE"])
def test_requests_that_conflict_with_themselves_are_split(world: World, level: str) -> None:
    world.run(many(40, level=level, others=2))
    world.control.set_faults({"switches": {"compareLocks": "item", "staleLock": "request"}})

    done = world.run(many(40, level=level, others=2, changed=40))

    assert done.exit_code == 0
