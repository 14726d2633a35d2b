"""An export of any console state plans nothing. The same state can be recreated from its manifests."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from reconciler.kinds.registry import KINDS
from reconciler.live import ReadRequest, read
from reconciler.model import Ref, Resource
from reconciler.reconcile import Options, preview, run
from tests.builders.live_estates import Estate, estates, make
from tests.worlds.exporting import exported
from tests.worlds.world import World

quick = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
thorough = settings(quick, max_examples=30)
SEEDED = {"PhoneNumber": {"PhoneNumber": "+15550100100"}}
EMPTY = {"switches": {"builtIns": False}}


def specs(world: World) -> dict[Ref, Resource]:
    """Returns the specs of all resources by name, without the instance itself."""
    found = read(world.aws, world.environment.scope, {}, ReadRequest(lambda ref: ref.kind != "ConnectInstance"))
    return {ref: _in_order(live.spec) for ref, live in found.live.items()}


def _in_order(spec: Any) -> Any:
    overrides = getattr(spec, "overrides", None)
    ordered = {"overrides": tuple(sorted(overrides, key=lambda each: each.name))} if overrides else {}
    return spec.model_copy(update=ordered)


def comes_back(world: World, estate: Estate) -> None:
    world.control.reset()
    world.control.set_faults(EMPTY)
    make(world.control, world.connect, estate)
    before = specs(world)
    with TemporaryDirectory() as folder:
        found = exported(world, Path(folder), kinds=KINDS.keys() - {"ConnectInstance"})
        world.adopt()

        plan = preview(Options(world.environment, world.aws)).plan

        assert found.notes == ()
        assert (plan.changes, plan.orphans) == ((), ())
        world.control.reset()
        world.control.set_faults(EMPTY)
        for kind, resource in SEEDED.items():
            world.control.seed(kind, resource)
        # No run claims a number that a manifest names, so the seeded one is adopted.
        world.adopt(f"PhoneNumber/{SEEDED['PhoneNumber']['PhoneNumber']}")
        made = run(Options(world.environment, world.aws))
        assert made.exit_code == 0, made
        assert specs(world) == before


@pytest.mark.slow
@quick
@given(estates())
def test_an_export_plans_nothing_and_recreates_the_same(world: World, estate: Estate) -> None:
    comes_back(world, estate)


@pytest.mark.slow
@thorough
@given(estates())
def test_an_export_plans_nothing_and_recreates_the_same_at_length(world: World, estate: Estate) -> None:
    comes_back(world, estate)
