"""The order of resources: none is used before it exists, and none is deleted while it is in use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model import Action, Manifest, Outcome, Status
from reconciler.model.events import CallMade
from tests.builders.manifests import manifest
from tests.builders.resources import connect, group, hours, levels, queue, routing, security, taken
from tests.builders.tables import linked, table
from tests.worlds.other_writer import names
from tests.worlds.world import World

TASK = {"channel": "TASK", "concurrency": 1}
CHANNELS = ("VOICE", "CHAT", "TASK")


def to_queue(name: str, target: str) -> Manifest:
    """Returns a quick connect that transfers to a queue."""
    config = {"queue": target, "contactFlow": "Default queue transfer"}
    return manifest("QuickConnect", name, {"quickConnectConfig": {"quickConnectType": "QUEUE", "queueConfig": config}})


def written(world: World) -> list[tuple[str, str]]:
    """Returns operation and address of the writes since the last call of this function, in the order of replies."""
    writes = [(event.operation.removeprefix("connect:"), str(event.ref)) for event in world.events if _is_write(event)]
    world.events.clear()
    return writes


def _is_write(event: object) -> bool:
    return isinstance(event, CallMade)


def comes_before(writes: list[tuple[str, str]], first: tuple[str, str], then: tuple[str, str]) -> bool:
    return writes.index(first) < writes.index(then)


def without(world: World, gone: list[str], *left: Manifest) -> Outcome:
    return world.run(*left, prune=True, removed=gone)


def test_users_of_a_resource_are_deleted_first(world: World) -> None:
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

    writes = written(world)
    assert (done.exit_code, len(writes)) == (0, 5)
    assert comes_before(writes, ("DeleteRoutingProfile", "RoutingProfile/first line"), ("DeleteQueue", "Queue/billing"))
    assert comes_before(writes, ("DeleteQuickConnect", "QuickConnect/till"), ("DeleteQueue", "Queue/billing"))
    assert comes_before(writes, ("DeleteQueue", "Queue/billing"), ("DeleteHoursOfOperation", "HoursOfOperation/day"))
    assert comes_before(
        writes, ("DeleteHoursOfOperation", "HoursOfOperation/town"), ("DeleteHoursOfOperation", "HoursOfOperation/day")
    )


def test_references_are_dropped_before_their_target_is_deleted(world: World) -> None:
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

    writes, profile = written(world), "RoutingProfile/first line"
    gone = ("DeleteQueue", "Queue/billing")
    assert done.exit_code == 0
    assert comes_before(writes, ("DisassociateRoutingProfileQueues", profile), gone)
    assert comes_before(writes, ("UpdateRoutingProfileDefaultOutboundQueue", profile), gone)
    assert comes_before(
        writes,
        ("UpdateQueueHoursOfOperation", "Queue/support"),
        ("DeleteHoursOfOperation", "HoursOfOperation/day"),
    )


@pytest.mark.parametrize("held", [False, True])
def test_a_circle_of_references_works_from_create_to_delete(world: World, held: bool) -> None:
    world.control.set_faults({"switches": {"quickConnectsHoldQueues": held}})
    circle = [queue(quickConnects=["till", "desk"]), to_queue("till", "billing"), connect("desk")]
    other = [queue(quickConnects=["till", "gate"]), to_queue("till", "billing"), to_queue("gate", "billing")]

    made = world.run(hours(), *circle)
    again = world.plan(hours(), *circle)
    changed = without(world, ["QuickConnect/desk"], hours(), *other)
    gone = without(world, ["QuickConnect/till", "QuickConnect/gate", "Queue/billing"], hours())

    assert ([made.exit_code, changed.exit_code, gone.exit_code], again.changes) == ([0, 0, 0], ())
    assert (names(world, "Queue"), names(world, "QuickConnect")) == (["BasicQueue"], [])


def test_only_deferred_fields_wait(world: World) -> None:
    circle = [queue(quickConnects=["till", "desk"]), to_queue("till", "billing"), connect("desk")]
    world.run(hours(), queue("support", quickConnects=["desk"]), *circle)

    writes = written(world)

    assert [operation for operation, ref in writes if ref == "Queue/support"] == ["CreateQueue"]
    assert [operation for operation, ref in writes if ref == "Queue/billing"] == [
        "CreateQueue",
        "AssociateQueueQuickConnects",
    ]
    assert comes_before(writes, ("CreateQueue", "Queue/billing"), ("CreateQuickConnect", "QuickConnect/till"))


def test_a_rename_does_not_touch_references(world: World) -> None:
    profile = routing(queueConfigs=[taken("billing", "VOICE")])
    world.run(hours(), queue(), to_queue("till", "billing"), profile)
    named = manifest("Queue", "invoices", {"hoursOfOperation": "day"}, renamed_from="billing")
    after = routing(defaultOutboundQueue="invoices", queueConfigs=[taken("invoices", "VOICE")])

    done = world.run(hours(), named, to_queue("till", "invoices"), after)

    assert [str(change.ref) for change in done.plan.changes] == ["Queue/invoices"]
    assert (done.exit_code, names(world, "Queue")) == (0, ["BasicQueue", "invoices"])
    assert not world.plan(hours(), named, to_queue("till", "invoices"), after).changes


def test_a_new_resource_may_take_a_freed_name(world: World) -> None:
    """AWS refuses the new resource while the name is taken. The next run creates it."""
    world.run(hours(), queue(description="old"))
    renamed = manifest("Queue", "archive", {"hoursOfOperation": "day"}, renamed_from="billing")

    world.run(hours(), renamed)
    done = world.run(hours(), renamed, queue(description="new"))

    assert (done.exit_code, names(world, "Queue")) == (0, ["BasicQueue", "archive", "billing"])


# The hierarchy.


def test_levels_come_before_groups_and_roots_before_leaves(world: World) -> None:
    done = world.run(
        *(group("North/Berlin/Team 1"), group("North/Berlin"), group("North"), levels("Country", "Site", "Team")),
        security(allowedAccessControlHierarchyGroup="North/Berlin/Team 1"),
    )

    assert done.exit_code == 0
    assert written(world) == [
        ("UpdateUserHierarchyStructure", "UserHierarchy/main"),
        ("CreateUserHierarchyGroup", "UserHierarchyGroup/North"),
        ("CreateUserHierarchyGroup", "UserHierarchyGroup/North/Berlin"),
        ("CreateUserHierarchyGroup", "UserHierarchyGroup/North/Berlin/Team 1"),
        ("CreateSecurityProfile", "SecurityProfile/agents"),
    ]


def test_leaf_groups_are_deleted_before_their_level(world: World) -> None:
    world.run(group("North/Berlin/Team 1"), group("North/Berlin"), group("North"), levels("Country", "Site", "Team"))
    written(world)
    gone = [f"UserHierarchyGroup/{name}" for name in ("North/Berlin", "North/Berlin/Team 1")]

    done = without(world, gone, group("North"), levels("Country"))

    assert done.exit_code == 0
    assert written(world) == [
        ("DeleteUserHierarchyGroup", "UserHierarchyGroup/North/Berlin/Team 1"),
        ("DeleteUserHierarchyGroup", "UserHierarchyGroup/North/Berlin"),
        ("UpdateUserHierarchyStructure", "UserHierarchy/main"),
    ]
    assert not world.plan(group("North"), levels("Country")).changes


def test_a_remaining_group_keeps_its_level(world: World) -> None:
    world.run(group("North/Berlin"), group("North"), levels("Country", "Site"))

    done = world.run(group("North"), levels("Country"))

    (skipped,) = {result.message for result in done.results.values() if result.status is Status.SKIPPED}
    assert "AWS keeps levelTwo while it or a level below has groups: UserHierarchyGroup/North/Berlin" in skipped
    assert names(world, "UserHierarchyGroup") == ["Berlin", "North"]


def test_a_moved_group_is_recreated_if_allowed(world: World) -> None:
    around = [group("North"), group("South"), levels("Country", "Site")]
    world.run(*around, group("North/Berlin"))
    moved = group("South/Berlin", renamed_from="North/Berlin")

    blocked = world.run(*around, moved)
    done = world.run(*around, moved, allow_delete=frozenset({"UserHierarchyGroup/South/Berlin"}))

    (change,) = blocked.plan.changes
    assert (change.action, blocked.exit_code) == (Action.BLOCKED, 3)
    assert "--allow-delete UserHierarchyGroup/South/Berlin" in change.reason
    assert [change.action for change in done.plan.changes] == [Action.REPLACE]
    assert done.exit_code == 0
    assert not world.plan(*around, moved).changes


def test_references_in_a_circle_are_never_done(world: World) -> None:
    tables = [
        table(name=one, spec={"description": f"${{DataTable/{other}.arn}}"}) for one, other in (("A", "B"), ("B", "A"))
    ]

    done = world.run(*map(linked, tables))

    assert (done.exit_code, done.totals.done) == (1, 0)
    assert all("circle" in result.message for result in done.results.values())


def test_a_circle_of_steps_fails_before_the_first_call(world: World) -> None:
    allowed = {"allow_delete": frozenset({"SecurityProfile/agents"})}
    world.run(manifest("SecurityProfile", "clerks", {}))
    seen = world.preview(manifest("SecurityProfile", "agents", {}, renamed_from="clerks"), **allowed)
    (change,) = seen.plan.changes
    delete, create = change.steps
    circle = replace(change, steps=(delete, replace(create, needs=(0, 1))))

    done = world.apply(replace(seen, plan=replace(seen.plan, changes=(circle,))))

    assert {result.code for result in done.results.values()} == {"Circle"}
    assert "clerks" in names(world, "SecurityProfile")
