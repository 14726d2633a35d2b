"""Passes that find nothing: their count decides how long plan lets a pair wait."""

from __future__ import annotations

from reconciler.sandbox.connectwise import Fault
from tests.lambdas.connectwise_ingest.world import TICKETS, World, ticket


def test_passes_that_find_nothing_are_counted_until_one_finds_a_row(world: World) -> None:
    company = world.add_tenant()
    company.put(TICKETS, ticket(1))
    counts = []
    for change in (False, False, True, False):
        world.pass_time(2000)
        if change:
            company.put(TICKETS, ticket(2))
        world.run()
        counts.append(world.state()["quiet"])

    assert counts[-2:] == [0, 1]
    world.run(mode="ids")
    assert world.state()["quiet"] == 1
    world.vendor.faults.add(Fault("status", 401, times=1000))
    world.run()
    assert world.state()["quiet"] == 0
