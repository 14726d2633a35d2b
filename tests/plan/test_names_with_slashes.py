"""A name may hold what addresses and paths are made of; it is one name nevertheless."""

from __future__ import annotations

from typing import Any

from reconciler.policy import refusals
from tests.world import World, manifest

OPEN = {"timeZone": "UTC", "config": [{"day": "MONDAY", "startTime": "09:00", "endTime": "17:00"}]}


def hours(name: str, **said: Any) -> Any:
    return manifest("HoursOfOperation", name, {**OPEN, **said})


def test_resources_whose_names_hold_slashes_count_towards_max_delete(world: World) -> None:
    world.run(*(hours(f"x/{number}") for number in range(20)))

    seen = world.preview(prune=True)

    (refusal,) = refusals(seen.plan, world.environment, seen.world.live)
    assert refusal.startswith("would delete HoursOfOperation resources: 20 of ")
