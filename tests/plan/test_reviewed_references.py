"""Regressions of references and replaces that a review found. Each test failed before the fix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.model import Action, Linked
from reconciler.reconcile import Options, preview
from reconciler.review.digest import digest
from reconciler.sandbox import INSTANCE_ID
from tests.stages.folders import messages, reading
from tests.world import World, manifest

WEEK = {"timeZone": "UTC", "config": []}
HOURS = "kind: HoursOfOperation\nmetadata: {name: A}\nspec: {timeZone: UTC, config: []}\n"


def test_a_reference_in_a_sorted_list_stays_a_reference(tmp_path: Path) -> None:
    values = [("zone", "${HoursOfOperation/A.id}"), ("area", "plain")]
    allowed = [{"accessType": "ALLOW", "attributeName": name, "values": [text]} for name, text in values]
    keys = {"primaryAttributeAccessControlConfiguration": {"primaryAttributeValues": allowed}}
    control = {"granularAccessControlConfiguration": {"dataTableAccessControlConfiguration": keys}}
    profile = json.dumps({"kind": "SecurityProfile", "metadata": {"name": "S"}, "spec": control})

    found = reading(tmp_path, {"manifests/base/it.yaml": f"{HOURS}---\n{profile}"})

    assert messages(found) == []
    assert found.desired
    spec = next(each.spec for ref, each in found.desired.manifests.items() if ref.kind == "SecurityProfile")
    held = spec.granular_access_control_configuration.data_table_access_control_configuration
    texts = [
        text
        for each in held.primary_attribute_access_control_configuration.primary_attribute_values
        for text in each.values
    ]
    assert [type(text) for text in texts if text.startswith("${")] == [Linked]


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


def test_a_replace_shows_its_losses_and_a_review_notices_an_edit(world: World) -> None:
    world.run(manifest("SecurityProfile", "S1", {"description": "x"}))
    renamed = manifest("SecurityProfile", "S2", {"description": "x"}, renamed_from="S1")
    allowed = {"allow_delete": frozenset({"SecurityProfile/S2"})}
    before = world.plan(renamed, **allowed)
    id = world.preview(renamed, **allowed).world.live[renamed.ref].id
    world.connect.update_security_profile(InstanceId=INSTANCE_ID, SecurityProfileId=id, Description="theirs")

    now = world.plan(renamed, **allowed)

    assert [change.action for change in now.changes] == [Action.REPLACE]
    assert digest(now) != digest(before)


def test_a_replace_keeps_undeclared_fields(world: World) -> None:
    world.run(manifest("PredefinedAttribute", "P1", {}))
    params = {"InstanceId": INSTANCE_ID, "Name": "P1", "Values": {"StringList": ["en", "de"]}}
    world.connect.update_predefined_attribute(**params)

    renamed = manifest("PredefinedAttribute", "P2", {}, renamed_from="P1")
    done = world.run(renamed, allow_delete=frozenset({"PredefinedAttribute/P2"}))

    assert done.exit_code == 0
    described = world.connect.describe_predefined_attribute(InstanceId=INSTANCE_ID, Name="P2")["PredefinedAttribute"]
    assert sorted(described["Values"]["StringList"]) == ["de", "en"]


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


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (
            "kind: PredefinedAttribute\nmetadata: {name: P, protect: true}\nspec: {}\n",
            "a PredefinedAttribute has no tags, so protect cannot be stored; delete the line",
        ),
        (
            HOURS.replace("{name: A}", "{name: A, protect: true, adopt: true}"),
            "protect is stored as a tag, but adopt: true writes no tags; choose one of them",
        ),
    ],
)
def test_a_protection_without_tags_is_a_mistake(tmp_path: Path, document: str, text: str) -> None:
    (mistake,) = messages(reading(tmp_path, {"manifests/base/it.yaml": document}))

    assert mistake.endswith(text)
