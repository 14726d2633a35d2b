"""A thousand new agents take hardly longer than their rate forces, and the estimate says how long."""

from __future__ import annotations

import pytest

from reconciler.model import Status
from reconciler.pacing import Rate, Rates
from tests.worlds.agents import agent, sign_in
from tests.worlds.simulated import timed
from tests.worlds.world import World

RATE = Rate(2.0, 5)


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_new_agents_are_created_as_fast_as_their_rate_allows(world: World, count: int) -> None:
    sign_in(world)
    world.control.set_faults({"quotas": {"users": count + 10}, "switches": {"signIn": "SAML"}})
    seen = world.with_settings(rates=Rates(default=RATE)).preview(*(agent(f"a{at}") for at in range(count)))

    run, seconds = timed(world, seen, Rates(default=RATE))

    bound = (count - RATE.burst) / RATE.per_second
    assert {result.status for result in run.results.values()} == {Status.DONE}
    assert bound <= seconds <= 1.05 * bound
    assert seen.plan.estimate.seconds == pytest.approx(seconds, rel=0.1)
