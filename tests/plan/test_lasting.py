"""AWS never deletes some of its own resources. The plan keeps them with the reason, before AWS refuses."""

from __future__ import annotations

import pytest

from reconciler.model import Action
from tests.worlds.world import World


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("SecurityProfile/Admin", "AWS created it and keeps it"),
        ("RoutingProfile/Basic Routing Profile", "it is the default of the instance, which AWS keeps"),
        ("AgentStatus/Available", "Amazon Connect cannot delete AgentStatus resources"),
    ],
)
def test_a_resource_that_aws_keeps_is_blocked(world: World, address: str, reason: str) -> None:
    (world.environment.root / "manifests").mkdir()
    world.adopt(address)

    done = world.run(prune=True, allow_delete=frozenset({address}))

    (change,) = done.plan.changes
    assert (change.action, change.steps) == (Action.BLOCKED, ())
    assert reason in change.reason
    assert done.exit_code == 3
