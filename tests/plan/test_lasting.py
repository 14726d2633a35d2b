"""What AWS made, and never deletes, is kept with its reason; nobody has to find out by a refusal."""

from __future__ import annotations

import pytest

from reconciler.model import Action
from tests.world import World


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("SecurityProfile/Admin", "AWS created it and keeps it"),
        ("RoutingProfile/Basic Routing Profile", "it is the default of the instance, which AWS keeps"),
        ("AgentStatus/Available", "Amazon Connect deletes no AgentStatus"),
    ],
)
def test_what_aws_keeps_is_blocked_whoever_allows_it(world: World, address: str, told: str) -> None:
    (world.environment.root / "manifests").mkdir()
    world.adopt(address)

    done = world.run(prune=True, allow_delete=frozenset({address}))

    (change,) = done.plan.changes
    assert (change.action, change.steps) == (Action.BLOCKED, ())
    assert told in change.reason
    assert done.exit_code == 3
