"""Remarks of a plan on whole kinds: AWS has no lock for them."""

from __future__ import annotations

from typing import Any

from reconciler.model import Manifest, Plan
from tests.builders.manifests import manifest
from tests.worlds.world import World

LOCK = "AWS has no lock for this kind: an edit between read and write is not seen"


def group(name: str, **spec: Any) -> Manifest:
    return manifest("LogGroup", name, spec)


def remarks(plan: Plan) -> list[tuple[str, str]]:
    return [(finding.address, finding.message) for finding in plan.findings if finding.severity == "info"]


def test_a_kind_without_a_lock_is_named_once(world: World) -> None:
    world.run(group("a"), group("b"))

    plan = world.plan(group("a", retentionInDays=30), group("b", retentionInDays=30))

    assert remarks(plan) == [("LogGroup/*", LOCK)]


def test_a_create_that_aws_refuses_for_a_name_in_use_needs_no_lock(world: World) -> None:
    assert remarks(world.plan(group("a"))) == []


def test_kinds_of_an_instance_are_not_named(world: World) -> None:
    hours = manifest("HoursOfOperation", "H", {"timeZone": "UTC", "config": []})
    world.run(hours)

    assert remarks(world.plan(manifest("HoursOfOperation", "H", {"timeZone": "Europe/Paris", "config": []}))) == []
