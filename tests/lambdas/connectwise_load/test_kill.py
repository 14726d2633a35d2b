"""A load that is ended anywhere, and one more run, are as a load that is not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lambdas.connectwise_load.lakes import HARBOR, NORTH, RUN, Lake, version
from tests.lambdas.dying import Death, Dying, Killed

pytestmark = pytest.mark.slow
TABLES = ("tickets", "watermarks", "loads", "load_lock")


def state(lake: Lake) -> tuple[Any, ...]:
    """Returns all rows, and the hints in the ledger."""
    items = lake.clients["dynamodb"].scan(TableName="last-updated")["Items"]
    hints = sorted((it["tenant_id"]["S"], it.get("loaded_commit", {}).get("N")) for it in items)
    result = lake.clients["s3"].get_object(Bucket="lake-111122223333", Key=f"loads/{RUN}/result.json")
    return lake.rows("*"), lake.watermarks(), hints, bool(result["ContentLength"])


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_call_of_aws_and_one_more_run_are_as_no_kill(lake: Lake, when: str) -> None:
    lake.commit(HARBOR, version(1, 0, 2), version(1, 2), version(2, 0))
    lake.commit(NORTH, version(1, 0))
    clients, wanted, number = lake.clients, None, 0
    while True:
        lake.redshift.sql(
            "delete from canonical.tickets; delete from canonical.watermarks; delete from canonical.loads"
        )
        death = Death(number, when)
        lake.clients = {name: Dying(client, death) for name, client in clients.items()}
        try:
            lake.load()
            is_over = number > 0
        except Killed:
            is_over = False
        lake.clients = clients
        if not is_over and number:
            lake.load()
        found = state(lake)
        wanted = wanted or found
        assert found == wanted, number
        if is_over:
            break
        number += 1
    assert number > 10


STATEMENTS = (
    *("lock canonical", "from canonical.loads", "from canonical.watermarks", "create temp table stage", "copy stage"),
    *("delete from stage using canonical", "create temp table superseded", "delete from stage using superseded"),
    *("delete from canonical.tickets", "insert into canonical.tickets", "over (partition"),
    *("delete from canonical.watermarks", "insert into canonical.watermarks"),
    "insert into canonical.loads",
)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_statement_leaves_nothing_and_the_next_run_loads_all(lake: Lake, when: str) -> None:
    """Every try of a run is cut, so the run fails as if its function were ended there."""
    lake.commit(HARBOR, version(1, 0))
    lake.commit(HARBOR, version(1, 0, 2), version(1, 2))
    lake.commit(NORTH, version(1, 0))
    for statement in STATEMENTS:
        lake.redshift.sql(
            "delete from canonical.tickets; delete from canonical.watermarks; delete from canonical.loads"
        )
        for _ in range(4):
            lake.redshift.cut(statement, when)
        with pytest.raises(Exception, match="Redshift: InterfaceError"):
            lake.load()
        assert (lake.rows(), lake.watermarks()) == ([], {}), statement
        lake.redshift.front.cuts.clear()

        lake.load()

        assert (len(lake.rows()), lake.watermarks()) == (3, {HARBOR: 2, NORTH: 1}), statement
