"""What Amazon Connect does not do, or not now: said in the plan where it is known, in its own words where it is not."""

from __future__ import annotations

import pytest

from reconciler.model import Action, Manifest, Status
from tests.apply.small import connect, hours, queue, routing, security, status
from tests.apply.somebody import Somebody, names
from tests.world import World, manifest

LIMITS = {
    "queues": ([hours(), queue()], "CreateQueue"),
    "quickConnects": ([connect("desk")], "CreateQuickConnect"),
    "hoursOfOperation": ([hours()], "CreateHoursOfOperation"),
    "securityProfiles": ([security()], "CreateSecurityProfile"),
    "agentStatuses": ([status()], "CreateAgentStatus"),
}


def test_an_agent_status_can_not_be_deleted_and_the_plan_says_what_to_do(world: World) -> None:
    world.run(status(), hours())

    done = world.run(hours("night"), prune=True, removed=["AgentStatus/Lunch", "HoursOfOperation/day"])

    found = {str(change.ref): change for change in done.plan.changes}
    assert found["AgentStatus/Lunch"].action is Action.BLOCKED
    assert "declare it with state: DISABLED" in found["AgentStatus/Lunch"].reason
    assert found["HoursOfOperation/day"].action is Action.DELETE
    assert (done.totals.skipped, done.totals.failed, done.exit_code) == (1, 0, 3)


def test_a_security_profile_can_not_be_renamed_and_the_plan_says_so(world: World) -> None:
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
def test_what_can_not_change_is_named_in_the_plan(world: World, name: str) -> None:
    """A group's parent; an attribute's name, which is what tells it apart."""
    it, other, needed = _fixed()[name]
    world.run(it, *needed)

    (change,) = world.plan(other, *needed).changes

    assert change.action is Action.BLOCKED
    assert f"cannot change {name} of an existing {it.ref.kind}" in change.reason


def test_what_is_in_use_stays_with_the_words_of_the_service_and_the_rest_is_done(world: World) -> None:
    world.run(hours(), hours("night"), queue(), routing())
    seen = world.preview(hours("night"), prune=True, removed=[*_addresses("HoursOfOperation/day", "Queue/billing")])
    user = {"Username": "ada", "RoutingProfileId": Somebody(world, seen).id("RoutingProfile", "first line")}
    world.control.seed("User", user)

    done = world.run(
        hours("night", description="new"),
        prune=True,
        removed=["HoursOfOperation/day", "Queue/billing", "RoutingProfile/first line"],
    )

    told = {str(done.plan.changes[item.change].ref): result for item, result in done.results.items()}
    assert "is assigned to 1 users" in told["RoutingProfile/first line"].message
    assert told["RoutingProfile/first line"].code == "ResourceInUseException"
    assert told["Queue/billing"].message.startswith("waits for DeleteRoutingProfile of RoutingProfile/first line")
    assert told["HoursOfOperation/night"].status is Status.DONE
    assert done.exit_code == 5


def test_what_somebody_else_uses_is_refused_in_the_words_of_the_service(world: World) -> None:
    world.run(hours(), queue())
    theirs = Somebody(world, world.preview(hours(), queue()))
    theirs.calls("create_queue", Name="theirs", HoursOfOperationId=theirs.id("HoursOfOperation", "day"))

    done = world.run(prune=True, removed=["HoursOfOperation/day", "Queue/billing"])

    told = {str(done.plan.changes[item.change].ref): result for item, result in done.results.items()}
    assert told["HoursOfOperation/day"].message == "'day' is used by the queue 'theirs'"
    assert told["Queue/billing"].status is Status.DONE
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
            manifest("UserHierarchyGroup", "Berlin", {"parentGroup": "North"}),
            manifest("UserHierarchyGroup", "Berlin", {"parentGroup": "South"}),
            [two, north, south],
        ),
    }


def _addresses(*gone: str) -> list[str]:
    return [*gone, "RoutingProfile/first line"]
