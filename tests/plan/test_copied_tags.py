"""S-8: a copied tag does not make a resource prunable."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.live import read
from reconciler.model import Action, Desired
from reconciler.plan import make_adoption
from reconciler.reconcile import Options, Preview, destroy
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.world import World

PHONE = {"quickConnectType": "PHONE_NUMBER", "phoneConfig": {"phoneNumber": "+15550100123"}}
DESK = manifest("QuickConnect", "Desk", {"quickConnectConfig": PHONE})
STACK, ADDRESS = "reconciler:stack", "reconciler:address"
# The organisation's tagging rule and the Tag Editor both copy tags.
ADOPT = "exists, not managed; adopt it with: reconcile -e test adopt QuickConnect/theirs"
COPIED = [{}, {ADDRESS: "HoursOfOperation/Day"}, {ADDRESS: "QuickConnectx/theirs"}]
copied = pytest.mark.parametrize("more", COPIED)


def create_with_tags(world: World, more: dict[str, str]) -> None:
    config = {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "+15550100199"}}
    tags = {STACK: world.environment.scope.owner, **more}
    world.connect.create_quick_connect(InstanceId=INSTANCE_ID, Name="theirs", QuickConnectConfig=config, Tags=tags)


def names(world: World) -> set[str]:
    summaries = world.connect.list_quick_connects(InstanceId=INSTANCE_ID)["QuickConnectSummaryList"]
    return {each["Name"] for each in summaries}


@copied
def test_prune_keeps_a_resource_with_a_copied_tag(world: World, more: dict[str, str]) -> None:
    world.run(DESK)
    create_with_tags(world, more)

    done = world.run(DESK, prune=True)

    assert (done.exit_code, done.plan.changes, done.plan.orphans) == (0, (), ())
    assert names(world) == {"Desk", "theirs"}
    (finding,) = [each for each in done.plan.findings if each.address == "QuickConnect/theirs"]
    assert finding.severity == "warning"
    assert finding.message.startswith(f"has the tag {STACK} of this stack and no address of its own")
    assert finding.message.endswith("adopt it with: reconcile adopt QuickConnect/theirs")


@copied
@pytest.mark.parametrize(
    "asked",
    [{"allow_delete": frozenset({"QuickConnect/theirs"})}, {"removed": ["QuickConnect/theirs"]}],
)
def test_deleting_a_copied_tag_is_blocked_until_adoption(
    world: World, more: dict[str, str], asked: dict[str, Any]
) -> None:
    create_with_tags(world, more)

    done = world.run(**asked)

    (change,) = done.plan.changes
    assert (change.action, done.exit_code, names(world)) == (Action.BLOCKED, 3, {"theirs"})
    assert change.reason == ADOPT


@copied
def test_destroy_deletes_managed_resources_only(world: World, more: dict[str, str]) -> None:
    world.run(DESK)
    create_with_tags(world, more)

    done = destroy(Options(world.environment, world.aws))

    assert (done.exit_code, names(world)) == (0, {"theirs"})
    assert [each.address for each in done.plan.findings if "no address of its own" in each.message]


def test_a_renamed_resource_is_pruned_by_its_address(world: World) -> None:
    world.run(DESK)
    summaries = world.connect.list_quick_connects(InstanceId=INSTANCE_ID)["QuickConnectSummaryList"]
    world.connect.update_quick_connect_name(InstanceId=INSTANCE_ID, QuickConnectId=summaries[0]["Id"], Name="Table")

    assert world.run(prune=True).exit_code == 0
    assert names(world) == set()


@copied
def test_a_declared_resource_is_blocked_until_adoption(world: World, more: dict[str, str]) -> None:
    create_with_tags(world, more)
    declared = manifest("QuickConnect", "theirs", {"quickConnectConfig": PHONE})

    (before,) = world.plan(declared).changes
    seen = read(world.aws, world.environment.scope, {declared.ref: declared})
    world.apply(Preview(make_adoption(world.environment, seen, [declared.ref], {}), Desired(), seen))
    (after,) = world.plan(declared).changes

    assert (before.action, after.action) == (Action.BLOCKED, Action.UPDATE)
    assert before.reason.startswith(ADOPT)
