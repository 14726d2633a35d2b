"""A name may contain the characters of addresses and paths, and is still one name."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Action
from reconciler.review.policy import refusals
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.undoing import undone
from tests.worlds.world import World

OPEN = {"timeZone": "UTC", "config": [{"day": "MONDAY", "startTime": "09:00", "endTime": "17:00"}]}
NEW_YEAR = {"config": [], "effectiveFrom": "2030-01-01", "effectiveTill": "2030-01-02"}
LEVELS = manifest("UserHierarchy", "main", {f"level{number}": {"name": number} for number in ("One", "Two")})


def hours(name: str, **fields: Any) -> Any:
    return manifest("HoursOfOperation", name, {**OPEN, **fields})


def test_resources_whose_names_hold_slashes_count_towards_max_delete(world: World) -> None:
    world.run(*(hours(f"x/{number}") for number in range(20)))

    seen = world.preview(prune=True)

    (refusal,) = refusals(seen.plan, world.environment, seen.world.live)
    assert refusal.startswith("would delete HoursOfOperation resources: 20 of ")


def test_hours_are_not_confused_with_an_override(world: World) -> None:
    declared = [hours("A", overrides=[{"name": "B", **NEW_YEAR}]), hours("A/B")]
    world.run(*declared)
    queue = manifest("Queue", "Q", {"hoursOfOperation": "A/B"})

    done = world.run(*declared, queue)

    assert done.exit_code == 0
    assert not world.plan(*declared, queue).changes


def test_an_override_is_not_confused_with_hours(world: World) -> None:
    override = {"name": "B", **NEW_YEAR}
    world.run(hours("A", overrides=[override]), hours("A/B"))
    wanted = [hours("A", overrides=[{**override, "effectiveTill": "2031-01-02"}]), hours("A/B", description="mine")]

    done = world.run(*wanted)

    assert done.exit_code == 0
    assert not world.plan(*wanted).changes


def test_deleting_an_override_keeps_hours_of_that_name(world: World) -> None:
    world.run(hours("A", overrides=[{"name": "B", **NEW_YEAR}]), hours("A/B"))
    wanted = [hours("A", overrides=[]), hours("A/B")]

    done = world.run(*wanted, prune=True)

    assert done.exit_code == 0
    assert not world.plan(*wanted, prune=True).changes
    assert not world.plan(*wanted).orphans


def test_a_target_does_not_match_longer_names(world: World) -> None:
    declared = [hours("A", overrides=[{"name": "B", **NEW_YEAR}]), hours("A/B")]
    world.run(*declared)
    emptied = hours("A", overrides=[])

    plan = world.plan(emptied, prune=True, target=("HoursOfOperation/A",))
    spared = world.plan(emptied, prune=True, exclude=("HoursOfOperation/A",))

    assert [(str(change.ref), str(change.part_of)) for change in plan.changes] == [
        ("HoursOfOperation/A/B", "HoursOfOperation/A")
    ]
    assert [(str(change.ref), change.part_of) for change in spared.changes] == [("HoursOfOperation/A/B", None)]


ASKED: list[dict[str, Any]] = [
    {"allow_delete": frozenset({"HoursOfOperation/A/B"})},
    {"removed": ["HoursOfOperation/A/B"]},
]


@pytest.mark.parametrize("asked", ASKED)
def test_a_permission_is_for_the_live_resource(world: World, asked: dict[str, Any]) -> None:
    world.run(hours("A", overrides=[{"name": "B", **NEW_YEAR}]), hours("A/B"))
    emptied = hours("A", overrides=[])

    done = world.run(emptied, **asked)
    left = world.plan(emptied)

    (change,) = done.plan.changes
    assert (change.action, change.ref.name, change.part_of) == (Action.DELETE, "A/B", None)
    assert done.exit_code == 0
    assert [str(ref) for ref in left.orphans] == ["HoursOfOperation/A/B"]  # now the override


def test_a_permission_is_for_the_declared_resource(world: World) -> None:
    world.run(hours("A", overrides=[{"name": "B", **NEW_YEAR}]))

    plan = world.plan(hours("A", overrides=[]), hours("A/B"), **ASKED[0])

    assert [(change.action, change.ref.name, change.part_of) for change in plan.changes] == [
        (Action.CREATE, "A/B", None)
    ]


@pytest.mark.parametrize("asked", ASKED)
def test_a_permission_is_for_the_part_otherwise(world: World, asked: dict[str, Any]) -> None:
    world.run(hours("A", overrides=[{"name": "B", **NEW_YEAR}]))
    emptied = hours("A", overrides=[])

    done = world.run(emptied, **asked)

    (change,) = done.plan.changes
    assert (change.action, str(change.part_of)) == (Action.DELETE, "HoursOfOperation/A")
    assert done.exit_code == 0
    assert not world.plan(emptied).orphans


LONG = "→" * 60  # its address is longer than a tag value may be: the tag holds a hash


@pytest.mark.parametrize(
    "asked",
    [{"removed": [f"HoursOfOperation/{LONG}"]}, {"allow_delete": frozenset({f"HoursOfOperation/{LONG}"})}],
)
def test_a_long_name_is_found_by_its_address(world: World, asked: dict[str, Any]) -> None:
    world.run(hours(LONG))

    (orphan,) = world.plan().orphans
    done = world.run(**asked)

    assert orphan.name == LONG
    assert [(change.action, change.ref.name) for change in done.plan.changes] == [(Action.DELETE, LONG)]
    assert not done.plan.findings
    assert done.exit_code == 0


def test_undo_tells_items_with_common_prefixes_apart(world: World) -> None:
    phone = {"quickConnectType": "PHONE_NUMBER", "phoneConfig": {"phoneNumber": "+15550100123"}}
    names = ["a", "a].b", "a].b].c"]
    others = [hours("A"), *(manifest("QuickConnect", name, {"quickConnectConfig": phone}) for name in names)]
    queue = {"hoursOfOperation": "A"}
    world.run(*others, manifest("Queue", "Q", {**queue, "quickConnects": ["a"]}))
    done = world.run(*others, manifest("Queue", "Q", {**queue, "quickConnects": names}))

    back = undone(world, done)

    (change,) = back.plan.changes
    assert [field.path for field in change.fields] == ["quickConnects[a].b]", "quickConnects[a].b].c]"]
    assert back.exit_code == 0
    assert not world.plan(*others, manifest("Queue", "Q", {**queue, "quickConnects": ["a"]})).changes


def test_undo_tells_overrides_with_common_prefixes_apart(world: World) -> None:
    alike = [{"name": name, **NEW_YEAR} for name in ("B", "B].description")]
    world.run(hours("A", overrides=alike))
    done = world.run(hours("A", overrides=[alike[0], {**alike[1], "effectiveTill": "2031-01-02"}]))

    (field,) = done.plan.changes[0].fields
    back = undone(world, done)

    assert field.path == "overrides[B].description].effectiveTill"
    assert (done.exit_code, back.exit_code) == (0, 0)
    assert not world.plan(hours("A", overrides=alike)).changes


def test_a_group_of_the_same_name_below_another_parent_is_another_group(world: World) -> None:
    others = [LEVELS, *(manifest("UserHierarchyGroup", site, {}) for site in ("North", "South"))]
    world.run(*others)
    known = world.connect.list_user_hierarchy_groups(InstanceId=INSTANCE_ID)["UserHierarchyGroupSummaryList"]
    ids = {each["Name"]: each["Id"] for each in known}
    world.connect.create_user_hierarchy_group(InstanceId=INSTANCE_ID, Name="Team", ParentGroupId=ids["South"])

    (change,) = world.plan(*others, manifest("UserHierarchyGroup", "North/Team", {})).changes

    assert change.action is Action.CREATE


def test_a_group_below_the_same_parent_can_be_adopted(world: World) -> None:
    world.run(LEVELS)
    world.connect.create_user_hierarchy_group(InstanceId=INSTANCE_ID, Name="Team")

    (change,) = world.plan(LEVELS, manifest("UserHierarchyGroup", "Team", {})).changes

    assert "adopt it with: reconcile -e test adopt UserHierarchyGroup/Team;" in change.reason


def test_undo_restores_a_part_with_a_slash_in_its_name(world: World) -> None:
    whole = hours("A", overrides=[{"name": "B/C", **NEW_YEAR}])
    world.run(whole)
    done = world.run(hours("A", overrides=[]), prune=True)

    back = undone(world, done)

    assert (done.exit_code, back.exit_code) == (0, 0)
    assert not world.plan(whole).changes
