"""AWS does not delete a resource in use. If its user stays, the plan reports that before the first call."""

from __future__ import annotations

from typing import Any

from reconciler.model import Action
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.world import World

WEEK = {"timeZone": "UTC", "config": []}
LEVELS = manifest(
    "UserHierarchy", "main", {"levelOne": {"name": "A"}, "levelTwo": {"name": "B"}, "levelThree": {"name": "C"}}
)


def test_a_moved_group_that_has_children_is_blocked_with_their_names(world: World) -> None:
    top, town = manifest("UserHierarchyGroup", "Land", {}), manifest("UserHierarchyGroup", "Town", {})
    team = manifest("UserHierarchyGroup", "Town/Team", {})
    world.run(LEVELS, top, town, team)
    moved = manifest("UserHierarchyGroup", "Land/Town", {}, renamed_from="Town")
    below = manifest("UserHierarchyGroup", "Land/Town/Team", {})

    plan = world.plan(LEVELS, top, moved, below, allow_delete=frozenset({"UserHierarchyGroup/Land/Town"}))

    change, following = plan.changes
    assert (change.action, following.action) == (Action.BLOCKED, Action.UPDATE)
    assert change.reason == "UserHierarchyGroup/Land/Town/Team still uses it, and AWS does not delete a resource in use"
    assert [field.path for field in following.fields] == ["metadata.address"]


def test_dependencies_of_a_protected_resource_are_not_pruned(world: World) -> None:
    parent = manifest("HoursOfOperation", "Parent", WEEK)
    hours = manifest("HoursOfOperation", "Day", {**WEEK, "parentHoursOfOperations": ["Parent"]})
    world.run(parent, hours, manifest("Queue", "Q", {"hoursOfOperation": "Day"}, protect=True))

    plan = world.plan(prune=True, allow_delete=frozenset({"Queue/Q"}))

    assert [(str(change.ref), change.action) for change in plan.changes] == [
        ("HoursOfOperation/Day", Action.BLOCKED),
        ("HoursOfOperation/Parent", Action.BLOCKED),
        ("Queue/Q", Action.BLOCKED),
    ]


def test_a_reference_dropped_in_the_same_plan_does_not_block(world: World) -> None:
    day, night = manifest("HoursOfOperation", "Day", WEEK), manifest("HoursOfOperation", "Night", WEEK)
    world.run(day, night, manifest("Queue", "Q", {"hoursOfOperation": "Day"}))

    done = world.run(night, manifest("Queue", "Q", {"hoursOfOperation": "Night"}), prune=True)

    assert done.exit_code == 0
    assert {change.action for change in done.plan.changes} == {Action.DELETE, Action.UPDATE}


def test_a_rename_without_a_live_resource_is_reported(world: World) -> None:
    plan = world.plan(manifest("HoursOfOperation", "Offices", WEEK, renamed_from="Ofice"))

    (finding,) = plan.findings
    assert finding.severity == "warning"
    assert "HoursOfOperation/Ofice is not live" in finding.message


# Levels of the hierarchy.

TWO = manifest("UserHierarchy", "main", {"levelOne": {"name": "A"}, "levelTwo": {"name": "B"}, "levelThree": None})
NORTH = manifest("UserHierarchyGroup", "North", {})
BERLIN = manifest("UserHierarchyGroup", "North/Berlin", {})
DESK = manifest("UserHierarchyGroup", "North/Berlin/Desk", {})


def groups(world: World) -> list[dict[str, Any]]:
    listed = world.connect.list_user_hierarchy_groups(InstanceId=INSTANCE_ID)
    return list(listed["UserHierarchyGroupSummaryList"])


def test_a_level_with_groups_is_kept(world: World) -> None:
    world.run(LEVELS, NORTH, BERLIN, DESK)

    plan = world.plan(TWO, NORTH, BERLIN, DESK)

    (change,) = plan.changes
    assert change.action is Action.BLOCKED
    assert change.reason == (
        "AWS keeps levelThree while it or a level below has groups: UserHierarchyGroup/North/Berlin/Desk; delete "
        "them, or keep the level"
    )


def test_unmanaged_groups_keep_a_level(world: World) -> None:
    world.run(LEVELS, NORTH, BERLIN)
    (berlin,) = (ref for ref in groups(world) if ref["Name"] == "Berlin")
    world.connect.create_user_hierarchy_group(InstanceId=INSTANCE_ID, Name="Theirs", ParentGroupId=berlin["Id"])

    (change,) = world.plan(TWO, NORTH, BERLIN).changes

    assert change.action is Action.BLOCKED
    assert "UserHierarchyGroup/North/Berlin/Theirs" in change.reason


def test_a_level_is_deleted_with_its_last_group(world: World) -> None:
    world.run(LEVELS, NORTH, BERLIN, DESK)

    done = world.run(TWO, NORTH, BERLIN, prune=True)

    assert done.exit_code == 0
    assert world.plan(TWO, NORTH, BERLIN).changes == ()


def test_a_hierarchy_with_groups_is_not_removed(world: World) -> None:
    world.run(LEVELS, NORTH)

    plan = world.plan(NORTH, allow_delete=frozenset({"UserHierarchy/main"}))

    (change,) = plan.changes
    assert change.action is Action.BLOCKED
    assert "AWS keeps levelOne while it or a level below has groups: UserHierarchyGroup/North" in change.reason
