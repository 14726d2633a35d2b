"""References from resource to resource: when they are a difference, and what they keep or wait for."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model import Action
from reconciler.reconcile import Options, preview
from tests.builders.manifests import manifest
from tests.builders.tables import attribute, key, linked, table
from tests.worlds.world import World

WEEK = {"timeZone": "UTC", "config": []}
HOURS = "kind: HoursOfOperation\nmetadata: {name: A}\nspec: {timeZone: UTC, config: []}\n"


def test_references_among_plain_texts_of_a_set_are_not_a_difference(world: World, tmp_path: Path) -> None:
    base = tmp_path / "manifests" / "base"
    base.mkdir(parents=True)
    refs = ", ".join(f"'${{HoursOfOperation/{name}.id}}'" for name in "ABCDEF")
    hours = "".join(HOURS.replace("name: A", f"name: {name}") + "---\n" for name in "ABCDEF")
    attribute = (
        f"kind: PredefinedAttribute\nmetadata: {{name: P}}\nspec: {{values: {{stringList: ['1', 'z', {refs}]}}}}\n"
    )
    (base / "it.yaml").write_text(hours + attribute)
    world.environment = world.with_settings(root=tmp_path).environment
    options = Options(world.environment, world.aws)

    assert world.apply(preview(options)).exit_code == 0
    assert preview(options).plan.changes == ()


@pytest.mark.parametrize("word", ["id", "arn"])
def test_an_id_or_arn_of_a_managed_resource_becomes_its_name(world: World, word: str) -> None:
    hours = manifest("HoursOfOperation", "A", WEEK)
    world.run(hours)
    there = getattr(world.preview(hours).world.live[hours.ref], word)
    queue = manifest("Queue", "Q", {"hoursOfOperation": there})

    assert world.run(hours, queue).exit_code == 0
    assert not world.plan(hours, queue).changes


def test_a_target_referenced_by_id_is_not_pruned(world: World) -> None:
    hours = manifest("HoursOfOperation", "A", WEEK)
    world.run(hours)
    id = world.preview(hours).world.live[hours.ref].id

    plan = world.plan(manifest("Queue", "Q", {"hoursOfOperation": id}), prune=True)

    (change,) = [each for each in plan.changes if each.ref == hours.ref]
    assert (change.action, change.reason) == (Action.BLOCKED, "Queue/Q still refers to it")


def test_a_reference_to_an_unselected_resource_waits(world: World) -> None:
    hours, queue = manifest("HoursOfOperation", "A", WEEK), manifest("Queue", "Q", {"hoursOfOperation": "A"})

    plan = world.plan(hours, queue, target=("Queue/*",))

    (change,) = plan.changes
    assert change.action is Action.BLOCKED
    assert change.reason == "refers to HoursOfOperation/A, which is neither live nor created by this plan"


def test_references_in_attributes_and_tags_converge(world: World) -> None:
    world.run(table(name="B"))
    arn = world.preview(table(name="B")).world.live[table(name="B").ref].arn
    it = linked(table([key(), attribute("A", description="see ${DataTable/B.arn}")], name="A"))

    world.run(it, table(name="B"))

    assert not world.plan(it, table(name="B")).changes
    literal = table([key(), attribute("A", description=f"see {arn}")], name="A")
    assert not world.plan(literal, table(name="B")).changes


def test_a_description_with_a_reference_can_be_changed(world: World) -> None:
    world.run(table(name="B"), linked(table(name="A", spec={"description": "one ${DataTable/B.arn}"})))

    done = world.run(table(name="B"), linked(table(name="A", spec={"description": "two ${DataTable/B.arn}"})))

    assert done.exit_code == 0
