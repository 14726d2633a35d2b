"""Refusals of Amazon Connect: known ones appear in the plan, others with the message of AWS."""

from __future__ import annotations

import pytest

from reconciler.model import Action, Manifest, Status
from tests.builders.manifests import manifest
from tests.builders.resources import connect, hours, queue, routing, security, status
from tests.worlds.other_writer import OtherWriter, names
from tests.worlds.world import World

LIMITS = {
    "queues": ([hours(), queue()], "CreateQueue"),
    "quickConnects": ([connect("desk")], "CreateQuickConnect"),
    "hoursOfOperation": ([hours()], "CreateHoursOfOperation"),
    "securityProfiles": ([security()], "CreateSecurityProfile"),
    "agentStatuses": ([status()], "CreateAgentStatus"),
}


def test_deleting_an_agent_status_is_blocked_with_advice(world: World) -> None:
    world.run(status(), hours())

    done = world.run(hours("night"), prune=True, removed=["AgentStatus/Lunch", "HoursOfOperation/day"])

    found = {str(change.ref): change for change in done.plan.changes}
    assert found["AgentStatus/Lunch"].action is Action.BLOCKED
    assert "declare it with state: DISABLED" in found["AgentStatus/Lunch"].reason
    assert found["HoursOfOperation/day"].action is Action.DELETE
    assert (done.totals.skipped, done.totals.failed, done.exit_code) == (1, 0, 3)


def test_renaming_a_security_profile_is_blocked(world: World) -> None:
    world.run(security(description="one"))
    renamed = manifest("SecurityProfile", "staff", {"description": "one"}, renamed_from="agents")

    (blocked,) = world.plan(renamed).changes
    done = world.run(renamed, allow_delete=frozenset({"SecurityProfile/staff"}))

    assert blocked.action is Action.BLOCKED
    assert "cannot change name of an existing SecurityProfile" in blocked.reason
    assert [change.action for change in done.plan.changes] == [Action.REPLACE]
    assert (done.exit_code, "staff" in names(world, "SecurityProfile")) == (0, True)
    assert "agents" not in names(world, "SecurityProfile")


@pytest.mark.parametrize("name", ["name", "parentGroup"])
def test_fixed_fields_are_named_in_the_plan(world: World, name: str) -> None:
    """A group's parent, and an attribute's name, which is its key."""
    it, other, needed = _fixed()[name]
    world.run(it, *needed)

    (change,) = world.plan(other, *needed).changes

    assert change.action is Action.BLOCKED
    assert f"cannot change {name} of an existing {it.ref.kind}" in change.reason


def test_a_resource_in_use_stays_with_the_message_of_aws(world: World) -> None:
    world.run(hours(), hours("night"), queue(), routing())
    seen = world.preview(hours("night"), prune=True, removed=[*_addresses("HoursOfOperation/day", "Queue/billing")])
    user = {"Username": "ada", "RoutingProfileId": OtherWriter(world, seen).id("RoutingProfile", "first line")}
    world.control.seed("User", user)

    done = world.run(
        hours("night", description="new"),
        prune=True,
        removed=["HoursOfOperation/day", "Queue/billing", "RoutingProfile/first line"],
    )

    results = {str(done.plan.changes[item.change].ref): result for item, result in done.results.items()}
    assert "is assigned to 1 users" in results["RoutingProfile/first line"].message
    assert results["RoutingProfile/first line"].code == "ResourceInUseException"
    assert results["Queue/billing"].message.startswith("waits for DeleteRoutingProfile of RoutingProfile/first line")
    assert results["HoursOfOperation/night"].status is Status.DONE
    assert done.exit_code == 5


def test_a_resource_used_elsewhere_stays_with_the_message_of_aws(world: World) -> None:
    world.run(hours(), queue())
    other = OtherWriter(world, world.preview(hours(), queue()))
    other.calls("create_queue", Name="theirs", HoursOfOperationId=other.id("HoursOfOperation", "day"))

    done = world.run(prune=True, removed=["HoursOfOperation/day", "Queue/billing"])

    results = {str(done.plan.changes[item.change].ref): result for item, result in done.results.items()}
    assert results["HoursOfOperation/day"].message == "'day' is used by the queue 'theirs'"
    assert results["Queue/billing"].status is Status.DONE
    assert names(world, "Queue") == ["BasicQueue", "theirs"]


@pytest.mark.parametrize("quota", LIMITS)
def test_a_full_quota_is_final_and_is_not_tried_again(world: World, quota: str) -> None:
    wanted, operation = LIMITS[quota]
    there = [*wanted[:-1], connect("shop")]
    world.run(*there)
    seen = world.preview(*there, wanted[-1], manifest("PredefinedAttribute", "Language", {}))
    world.control.set_faults({"quotas": {quota: 1}})
    world.calls()

    done = world.apply(seen)

    refused = [result for result in done.results.values() if result.status is Status.FAILED]
    assert {result.code for result in refused} == {"LimitExceededException"}
    assert all("limit" in result.message for result in refused)
    assert (world.calls()[operation], done.retries) == (1, 0)
    assert done.totals.done


def _fixed() -> dict[str, tuple[Manifest, Manifest, list[Manifest]]]:
    two = manifest("UserHierarchy", "main", {"levelOne": {"name": "Country"}, "levelTwo": {"name": "Site"}})
    north, south = (manifest("UserHierarchyGroup", name, {}) for name in ("North", "South"))
    return {
        "name": (security(), manifest("SecurityProfile", "staff", {}, renamed_from="agents"), []),
        "parentGroup": (
            manifest("UserHierarchyGroup", "North/Berlin", {}),
            manifest("UserHierarchyGroup", "South/Berlin", {}, renamed_from="North/Berlin"),
            [two, north, south],
        ),
    }


def _addresses(*gone: str) -> list[str]:
    return [*gone, "RoutingProfile/first line"]
