"""What waits for what among resources of an instance: nothing is used before it is there, or deleted while in use."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Action, Manifest, Outcome, Status
from reconciler.model.events import CallMade
from tests.apply.small import connect, hours, queue, routing, security, taken
from tests.apply.somebody import names
from tests.world import World, manifest

TASK = {"channel": "TASK", "concurrency": 1}
CHANNELS = ("VOICE", "CHAT", "TASK")


def to_queue(name: str, target: str) -> Manifest:
    """A quick connect that leads to a queue."""
    config = {"queue": target, "contactFlow": "Default queue transfer"}
    return manifest("QuickConnect", name, {"quickConnectConfig": {"quickConnectType": "QUEUE", "queueConfig": config}})


def levels(*level_names: str) -> Manifest:
    keys = ("levelOne", "levelTwo", "levelThree", "levelFour", "levelFive")
    said: dict[str, Any] = {key: {"name": name} for key, name in zip(keys, level_names, strict=False)}
    return manifest("UserHierarchy", "main", said | dict.fromkeys(keys[len(level_names) :]))


def group(name: str, parent: str | None = None, **more: Any) -> Manifest:
    return manifest("UserHierarchyGroup", name, {"parentGroup": parent}, **more)


def written(world: World) -> list[tuple[str, str]]:
    """The writes since the last look, in the order of their replies: operation and address."""
    told = [(event.operation.removeprefix("connect:"), str(event.ref)) for event in world.events if _is_write(event)]
    world.events.clear()
    return told


def _is_write(event: object) -> bool:
    return isinstance(event, CallMade)


def comes_before(told: list[tuple[str, str]], first: tuple[str, str], then: tuple[str, str]) -> bool:
    return told.index(first) < told.index(then)


def without(world: World, gone: list[str], *left: Manifest) -> Outcome:
    return world.run(*left, prune=True, removed=gone)


def test_what_uses_a_thing_goes_before_it(world: World) -> None:
    world.control.set_faults({"switches": {"quickConnectsHoldQueues": True}})
    profile = routing(queueConfigs=[taken("billing", "VOICE")])
    world.run(hours(), hours("town", parentHoursOfOperations=["day"]), queue(), to_queue("till", "billing"), profile)
    written(world)

    done = without(
        world,
        [
            *("HoursOfOperation/day", "HoursOfOperation/town", "Queue/billing"),
            *("QuickConnect/till", "RoutingProfile/first line"),
        ],
    )

    told = written(world)
    assert (done.exit_code, len(told)) == (0, 5)
    assert comes_before(told, ("DeleteRoutingProfile", "RoutingProfile/first line"), ("DeleteQueue", "Queue/billing"))
    assert comes_before(told, ("DeleteQuickConnect", "QuickConnect/till"), ("DeleteQueue", "Queue/billing"))
    assert comes_before(told, ("DeleteQueue", "Queue/billing"), ("DeleteHoursOfOperation", "HoursOfOperation/day"))
    assert comes_before(
        told, ("DeleteHoursOfOperation", "HoursOfOperation/town"), ("DeleteHoursOfOperation", "HoursOfOperation/day")
    )


def test_an_update_lets_go_before_what_it_let_go_is_deleted(world: World) -> None:
    before = routing(queueConfigs=[taken("billing", "VOICE"), taken("support", "VOICE")])
    world.run(hours(), hours("night"), queue(), queue("support"), before)
    written(world)
    after = routing(defaultOutboundQueue="support", queueConfigs=[taken("support", "VOICE")])

    done = without(
        world,
        ["Queue/billing", "HoursOfOperation/day"],
        hours("night"),
        queue("support", hoursOfOperation="night"),
        after,
    )

    told, profile = written(world), "RoutingProfile/first line"
    gone = ("DeleteQueue", "Queue/billing")
    assert done.exit_code == 0
    assert comes_before(told, ("DisassociateRoutingProfileQueues", profile), gone)
    assert comes_before(told, ("UpdateRoutingProfileDefaultOutboundQueue", profile), gone)
    assert comes_before(
        told,
        ("UpdateQueueHoursOfOperation", "Queue/support"),
        ("DeleteHoursOfOperation", "HoursOfOperation/day"),
    )


@pytest.mark.parametrize("held", [False, True])
def test_a_circle_of_queue_and_quick_connect_is_made_changed_and_deleted(world: World, held: bool) -> None:
    world.control.set_faults({"switches": {"quickConnectsHoldQueues": held}})
    circle = [queue(quickConnects=["till", "desk"]), to_queue("till", "billing"), connect("desk")]
    other = [queue(quickConnects=["till", "gate"]), to_queue("till", "billing"), to_queue("gate", "billing")]

    made = world.run(hours(), *circle)
    again = world.plan(hours(), *circle)
    changed = without(world, ["QuickConnect/desk"], hours(), *other)
    gone = without(world, ["QuickConnect/till", "QuickConnect/gate", "Queue/billing"], hours())

    assert ([made.exit_code, changed.exit_code, gone.exit_code], again.changes) == ([0, 0, 0], ())
    assert (names(world, "Queue"), names(world, "QuickConnect")) == (["BasicQueue"], [])


def test_only_what_closes_a_circle_waits_for_the_rest(world: World) -> None:
    circle = [queue(quickConnects=["till", "desk"]), to_queue("till", "billing"), connect("desk")]
    world.run(hours(), queue("support", quickConnects=["desk"]), *circle)

    told = written(world)

    assert [operation for operation, ref in told if ref == "Queue/support"] == ["CreateQueue"]
    assert [operation for operation, ref in told if ref == "Queue/billing"] == [
        "CreateQueue",
        "AssociateQueueQuickConnects",
    ]
    assert comes_before(told, ("CreateQueue", "Queue/billing"), ("CreateQuickConnect", "QuickConnect/till"))


def test_who_refers_to_a_thing_that_is_renamed_is_left_as_it_is(world: World) -> None:
    profile = routing(queueConfigs=[taken("billing", "VOICE")])
    world.run(hours(), queue(), to_queue("till", "billing"), profile)
    named = manifest("Queue", "invoices", {"hoursOfOperation": "day"}, renamed_from="billing")
    after = routing(defaultOutboundQueue="invoices", queueConfigs=[taken("invoices", "VOICE")])

    done = world.run(hours(), named, to_queue("till", "invoices"), after)

    assert [str(change.ref) for change in done.plan.changes] == ["Queue/invoices"]
    assert (done.exit_code, names(world, "Queue")) == (0, ["BasicQueue", "invoices"])
    assert not world.plan(hours(), named, to_queue("till", "invoices"), after).changes


def test_a_new_thing_may_bear_the_name_that_another_one_gives_up(world: World) -> None:
    """The new one is refused as long as the name is taken; the next run makes it."""
    world.run(hours(), queue(description="old"))
    renamed = manifest("Queue", "archive", {"hoursOfOperation": "day"}, renamed_from="billing")

    world.run(hours(), renamed)
    done = world.run(hours(), renamed, queue(description="new"))

    assert (done.exit_code, names(world, "Queue")) == (0, ["BasicQueue", "archive", "billing"])


# The hierarchy.


def test_levels_come_before_groups_and_roots_before_leaves(world: World) -> None:
    done = world.run(
        *(group("Team 1", "Berlin"), group("Berlin", "North"), group("North"), levels("Country", "Site", "Team")),
        security(allowedAccessControlHierarchyGroup="Team 1"),
    )

    assert done.exit_code == 0
    assert written(world) == [
        ("UpdateUserHierarchyStructure", "UserHierarchy/main"),
        *(("CreateUserHierarchyGroup", f"UserHierarchyGroup/{name}") for name in ("North", "Berlin", "Team 1")),
        ("CreateSecurityProfile", "SecurityProfile/agents"),
    ]


def test_leaves_go_first_and_a_level_waits_for_its_groups(world: World) -> None:
    world.run(group("Team 1", "Berlin"), group("Berlin", "North"), group("North"), levels("Country", "Site", "Team"))
    written(world)
    gone = [f"UserHierarchyGroup/{name}" for name in ("Berlin", "Team 1")]

    done = without(world, gone, group("North"), levels("Country"))

    assert done.exit_code == 0
    assert written(world) == [
        ("DeleteUserHierarchyGroup", "UserHierarchyGroup/Team 1"),
        ("DeleteUserHierarchyGroup", "UserHierarchyGroup/Berlin"),
        ("UpdateUserHierarchyStructure", "UserHierarchy/main"),
    ]
    assert not world.plan(group("North"), levels("Country")).changes


def test_a_group_that_stays_keeps_its_level_and_is_told_so(world: World) -> None:
    world.run(group("Berlin", "North"), group("North"), levels("Country", "Site"))

    done = world.run(group("North"), levels("Country"))

    (skipped,) = {result.message for result in done.results.values() if result.status is Status.SKIPPED}
    assert "AWS keeps levelTwo while it or a level below has groups: UserHierarchyGroup/Berlin" in skipped
    assert names(world, "UserHierarchyGroup") == ["Berlin", "North"]


def test_a_group_that_moves_is_made_anew_where_that_is_allowed(world: World) -> None:
    around = [group("North"), group("South"), levels("Country", "Site")]
    world.run(*around, group("Berlin", "North"))
    moved = group("Berlin", "South")

    blocked = world.run(*around, moved)
    done = world.run(*around, moved, allow_delete=frozenset({"UserHierarchyGroup/Berlin"}))

    (change,) = blocked.plan.changes
    assert (change.action, blocked.exit_code) == (Action.BLOCKED, 3)
    assert "--allow-delete UserHierarchyGroup/Berlin" in change.reason
    assert [change.action for change in done.plan.changes] == [Action.REPLACE]
    assert done.exit_code == 0
    assert not world.plan(*around, moved).changes
