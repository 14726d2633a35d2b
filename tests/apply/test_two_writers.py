"""Somebody else writes between our plan and our write: what is theirs stays, and what is ours goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from reconciler.model import Manifest, Outcome, Status
from reconciler.reconcile import Preview
from tests.apply.somebody import Edit, Somebody, names, pair_of, pairs, permissions, quick_connects
from tests.world import World, manifest

CALLER = {"OutboundCallerIdName": "Theirs"}
MONDAY = {"day": "MONDAY", "startTime": "09:00", "endTime": "17:00"}
THEIR_DAY = {"Day": "SUNDAY", "StartTime": {"Hours": 1, "Minutes": 0}, "EndTime": {"Hours": 2, "Minutes": 0}}
XMAS = {"name": "Xmas", "config": [], "effectiveFrom": "2026-12-24", "effectiveTill": "2026-12-26"}
VOICE, CHAT = {"channel": "VOICE", "concurrency": 1}, {"channel": "CHAT", "concurrency": 2}
S3 = {"storageType": "S3"}


def hours(name: str = "day", **more: Any) -> Manifest:
    return manifest("HoursOfOperation", name, {"timeZone": "UTC", "config": [MONDAY], **more})


def queue(name: str = "billing", **more: Any) -> Manifest:
    renamed = {"renamed_from": more.pop("renamed_from")} if "renamed_from" in more else {}
    return manifest("Queue", name, {"hoursOfOperation": "day", **more}, **renamed)


def connect(name: str, number: str = "+15550100") -> Manifest:
    config = {"quickConnectType": "PHONE_NUMBER", "phoneConfig": {"phoneNumber": number}}
    return manifest("QuickConnect", name, {"quickConnectConfig": config})


def routing(**more: Any) -> Manifest:
    said = {"description": "d", "defaultOutboundQueue": "billing", "mediaConcurrencies": [VOICE, CHAT]}
    return manifest("RoutingProfile", "first line", {**said, **more})


def taken(queue: str, channel: str, priority: int = 1) -> dict[str, Any]:
    return {"queueReference": {"queue": queue, "channel": channel}, "priority": priority, "delay": 0}


def security(**more: Any) -> Manifest:
    return manifest("SecurityProfile", "agents", more)


def status(**more: Any) -> Manifest:
    return manifest("AgentStatus", "Lunch", {"state": "ENABLED", **more})


def attribute(**more: Any) -> Manifest:
    return manifest("PredefinedAttribute", "Language", more)


def values(*texts: str) -> dict[str, Any]:
    return {"values": {"stringList": list(texts)}}


AROUND = (hours(), queue(), queue("support"), connect("desk"), connect("boss"), connect("shop"))


def around(it: Manifest) -> list[Manifest]:
    """What it may refer to."""
    return [each for each in AROUND if each.ref != it.ref]


def meanwhile(world: World, before: Manifest, after: Manifest, edit: Edit) -> tuple[Outcome, Somebody]:
    """Applied; planned anew; edited by somebody; applied."""
    others = around(before)
    assert world.run(before, *others).exit_code == 0
    seen: Preview = world.preview(after, *[each for each in others if each.ref != after.ref])
    by = Somebody(world, seen)
    edit(by)
    return world.apply(seen), by


def told(done: Outcome) -> dict[str, Status]:
    """The path of each field, and what became of it."""
    return {
        done.plan.changes[item.change].fields[item.position].path: result.status
        for item, result in done.results.items()
    }


class Case(NamedTuple):
    """Two versions that differ in `path`, which somebody edits, and perhaps in `rest`, which nobody does."""

    before: Manifest
    after: Manifest
    edit: Edit
    theirs: Callable[[Somebody], bool]
    path: str
    rest: str = ""


def described(kind: str, name: str, member: str, value: Any) -> Callable[[Somebody], bool]:
    return lambda by: by.describes(kind, name).get(member) == value


def updating(operation: str, kind: str, name: str, **members: Any) -> Edit:
    return lambda by: by.calls(operation, kind, name, **members)


CONFLICTS = {
    "a description": Case(
        queue(description="one", maxContacts=1),
        queue(description="two", maxContacts=2),
        updating("update_queue_name", "Queue", "billing", Description="theirs"),
        described("Queue", "billing", "Description", "theirs"),
        "description",
        "maxContacts",
    ),
    "a number that was not there": Case(
        queue(description="one"),
        queue(description="two", maxContacts=2),
        updating("update_queue_max_contacts", "Queue", "billing", MaxContacts=9),
        described("Queue", "billing", "MaxContacts", 9),
        "maxContacts",
        "description",
    ),
    "a structure": Case(
        queue(description="one", outboundCallerConfig={"outboundCallerIdName": "One"}),
        queue(description="two", outboundCallerConfig={"outboundCallerIdName": "Two"}),
        updating("update_queue_outbound_caller_config", "Queue", "billing", OutboundCallerConfig=CALLER),
        described("Queue", "billing", "OutboundCallerConfig", CALLER),
        "outboundCallerConfig.outboundCallerIdName",
        "description",
    ),
    "a list of structures": Case(
        routing(),
        routing(description="e", mediaConcurrencies=[VOICE, {**CHAT, "concurrency": 3}]),
        updating(
            "update_routing_profile_concurrency",
            "RoutingProfile",
            "first line",
            MediaConcurrencies=[{"Channel": "CHAT", "Concurrency": 9}],
        ),
        lambda by: (
            [m["Concurrency"] for m in by.describes("RoutingProfile", "first line")["MediaConcurrencies"]] == [9]
        ),
        "mediaConcurrencies[CHAT].concurrency",
        "description",
    ),
    "permissions that somebody adds to": Case(
        security(permissions=["A", "B"], tags={"Team": "a"}),
        security(permissions=["A", "C"], tags={"Team": "b"}),
        updating("update_security_profile", "SecurityProfile", "agents", Permissions=["A", "B", "Theirs"]),
        lambda by: permissions(by) == {"A", "B", "Theirs"},
        "permissions[C]",
        "tags[Team]",
    ),
    "permissions that somebody takes from": Case(
        security(permissions=["A", "B"], tags={"Team": "a"}),
        security(permissions=["A", "B", "C"], tags={"Team": "b"}),
        updating("update_security_profile", "SecurityProfile", "agents", Permissions=["A"]),
        lambda by: permissions(by) == {"A"},
        "permissions[C]",
        "tags[Team]",
    ),
    "opening hours": Case(
        hours(tags={"Team": "a"}),
        hours(tags={"Team": "b"}, config=[{**MONDAY, "endTime": "18:00"}]),
        updating("update_hours_of_operation", "HoursOfOperation", "day", Config=[THEIR_DAY]),
        described("HoursOfOperation", "day", "Config", [THEIR_DAY]),
        "config[MONDAY/09:00/18:00]",
        "tags[Team]",
    ),
    "a state": Case(
        status(tags={"Team": "a"}, displayOrder=3),
        status(tags={"Team": "b"}, displayOrder=4),
        updating("update_agent_status", "AgentStatus", "Lunch", DisplayOrder=9),
        described("AgentStatus", "Lunch", "DisplayOrder", 9),
        "displayOrder",
        "tags[Team]",
    ),
    "values": Case(
        attribute(**values("a", "b")),
        attribute(**values("a", "c")),
        updating("update_predefined_attribute", "PredefinedAttribute", "Language", Values={"StringList": ["x"]}),
        described("PredefinedAttribute", "Language", "Values", {"StringList": ["x"]}),
        "values.stringList[c]",
    ),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_what_somebody_changed_meanwhile_is_a_conflict_and_stays(world: World, name: str) -> None:
    case = CONFLICTS[name]

    done, by = meanwhile(world, case.before, case.after, case.edit)

    assert done.exit_code == 5
    assert told(done)[case.path] is Status.CONFLICT
    assert case.theirs(by)
    assert not case.rest or told(done)[case.rest] is Status.DONE
    assert all(result.looked for result in done.results.values() if result.status is Status.CONFLICT)


SURVIVORS = {
    "what an update of a security profile also carries": Case(
        security(description="one", permissions=["A"]),
        security(description="two", permissions=["A"]),
        updating(
            "update_security_profile",
            "SecurityProfile",
            "agents",
            Permissions=["A", "Theirs"],
            AllowedAccessControlTags={"a": "b"},
        ),
        lambda by: (
            permissions(by) == {"A", "Theirs"}
            and by.describes("SecurityProfile", "agents")["AllowedAccessControlTags"] == {"a": "b"}
        ),
        "description",
    ),
    "what an update of hours also carries": Case(
        hours(),
        hours(config=[{**MONDAY, "endTime": "18:00"}]),
        updating("update_hours_of_operation", "HoursOfOperation", "day", Description="theirs"),
        described("HoursOfOperation", "day", "Description", "theirs"),
        "config[MONDAY/09:00/18:00]",
    ),
    "the description of a queue that is renamed": Case(
        queue("till"),
        queue("cash desk", renamed_from="till"),
        updating("update_queue_name", "Queue", "cash desk", Description="theirs"),
        described("Queue", "cash desk", "Description", "theirs"),
        "name",
    ),
    "what a bulk read does not tell": Case(
        routing(),
        routing(mediaConcurrencies=[VOICE, {**CHAT, "concurrency": 3}]),
        updating(
            "update_routing_profile_concurrency",
            "RoutingProfile",
            "first line",
            MediaConcurrencies=[
                {"Channel": "VOICE", "Concurrency": 1},
                {
                    "Channel": "CHAT",
                    "Concurrency": 2,
                    "CrossChannelBehavior": {"BehaviorType": "ROUTE_ANY_CHANNEL"},
                },
            ],
        ),
        lambda by: (
            {m["Channel"]: m for m in by.describes("RoutingProfile", "first line")["MediaConcurrencies"]}["CHAT"]
            == {"Channel": "CHAT", "Concurrency": 3, "CrossChannelBehavior": {"BehaviorType": "ROUTE_ANY_CHANNEL"}}
        ),
        "mediaConcurrencies[CHAT].concurrency",
    ),
    "the place of an agent status": Case(
        status(),
        status(state="DISABLED"),
        updating("update_agent_status", "AgentStatus", "Lunch", DisplayOrder=9),
        described("AgentStatus", "Lunch", "DisplayOrder", 9),
        "state",
    ),
    "the purposes of an attribute": Case(
        attribute(**values("a")),
        attribute(**values("a", "b")),
        updating("update_predefined_attribute", "PredefinedAttribute", "Language", Purposes=["Theirs"]),
        described("PredefinedAttribute", "Language", "Purposes", ["Theirs"]),
        "values.stringList[b]",
    ),
}


@pytest.mark.parametrize("kept", ["keep", "reset"])
@pytest.mark.parametrize("name", SURVIVORS)
def test_what_is_not_declared_survives_whatever_the_service_does_with_what_is_left_out(
    world: World, name: str, kept: str
) -> None:
    case = SURVIVORS[name]
    world.control.set_faults({"switches": {"leftOutMembers": kept, "securityProfileUpdate": kept}})
    others = around(case.before)
    assert world.run(case.before, *others).exit_code == 0
    seen = world.preview(case.after, *[each for each in others if each.ref != case.after.ref])
    by = Somebody(world, seen)
    world.control.set_faults({})
    case.edit(by)
    world.control.set_faults({"switches": {"leftOutMembers": kept, "securityProfileUpdate": kept}})

    done = world.apply(seen)

    assert (done.exit_code, told(done)[case.path]) == (0, Status.DONE)
    assert case.theirs(by)


def test_an_override_that_somebody_changed_is_a_conflict_and_the_others_are_changed(world: World) -> None:
    other = {**XMAS, "name": "Easter", "effectiveFrom": "2027-03-26", "effectiveTill": "2027-03-29"}
    before = hours("night", overrides=[XMAS, other])
    later = [{**each, "effectiveTill": "2027-12-31"} for each in (XMAS, other)]

    def edit(by: Somebody) -> None:
        (xmas,) = [each for each in _overrides(by) if each["Name"] == "Xmas"]
        by.calls(
            "update_hours_of_operation_override",
            "HoursOfOperation",
            "night",
            HoursOfOperationOverrideId=xmas["HoursOfOperationOverrideId"],
            EffectiveTill="2026-12-31",
        )

    done, by = meanwhile(world, before, hours("night", overrides=later), edit)

    assert told(done) == {
        "overrides[Xmas].effectiveTill": Status.CONFLICT,
        "overrides[Easter].effectiveTill": Status.DONE,
    }
    assert {each["Name"]: each["EffectiveTill"] for each in _overrides(by)} == {
        "Xmas": "2026-12-31",
        "Easter": "2027-12-31",
    }


def test_a_level_that_somebody_renamed_is_a_conflict_and_what_needs_it_waits(world: World) -> None:
    def structure(two: str) -> Manifest:
        return manifest("UserHierarchy", "main", {"levelOne": {"name": "Country"}, "levelTwo": {"name": two}})

    world.run(structure("Site"))
    seen = world.preview(structure("Town"), manifest("UserHierarchyGroup", "North", {}))
    theirs = {"LevelOne": {"Name": "Country"}, "LevelTwo": {"Name": "Theirs"}}
    Somebody(world, seen).calls("update_user_hierarchy_structure", HierarchyStructure=theirs)

    done = world.apply(seen)

    levels = Somebody(world, seen).calls("describe_user_hierarchy_structure")["HierarchyStructure"]
    assert levels["LevelTwo"]["Name"] == "Theirs"
    assert {result.status for result in done.results.values()} == {Status.CONFLICT, Status.SKIPPED}


def test_levels_that_somebody_made_meanwhile_are_not_replaced_by_ours(world: World) -> None:
    seen = world.preview(manifest("UserHierarchy", "main", {"levelOne": {"name": "Country"}}))
    theirs = {"LevelOne": {"Name": "Theirs"}, "LevelTwo": {"Name": "Also"}}
    by = Somebody(world, seen)
    by.calls("update_user_hierarchy_structure", HierarchyStructure=theirs)

    done = world.apply(seen)

    levels = by.calls("describe_user_hierarchy_structure")["HierarchyStructure"]
    assert [level["Name"] for level in levels.values()] == ["Theirs", "Also"]
    assert {result.status for result in done.results.values()} == {Status.CONFLICT}


def test_a_storage_that_somebody_changed_is_a_conflict(world: World) -> None:
    def storage(bucket: str) -> Manifest:
        config = {**S3, "s3Config": {"bucketName": bucket, "bucketPrefix": "calls"}}
        return manifest("InstanceStorage", "CALL_RECORDINGS", {"storageConfig": config})

    world.run(storage("one"))
    seen = world.preview(storage("two"))
    theirs = {"StorageType": "S3", "S3Config": {"BucketName": "theirs", "BucketPrefix": "calls"}}
    by = Somebody(world, seen)
    where = {"ResourceType": "CALL_RECORDINGS", "AssociationId": by.id("InstanceStorage", "CALL_RECORDINGS")}
    by.calls("update_instance_storage_config", StorageConfig=theirs, **where)

    assert world.apply(seen).exit_code == 5
    assert by.calls("describe_instance_storage_config", **where)["StorageConfig"]["S3Config"] == theirs["S3Config"]


def test_a_tag_that_somebody_changed_is_a_conflict_and_stays(world: World) -> None:
    def edit(by: Somebody) -> None:
        arn = by.describes("Queue", "billing")["QueueArn"]
        world.connect.tag_resource(resourceArn=arn, tags={"Team": "theirs"})

    done, by = meanwhile(world, queue(tags={"Team": "a"}), queue(tags={"Team": "b"}), edit)

    assert told(done) == {"tags[Team]": Status.CONFLICT}
    assert by.describes("Queue", "billing")["Tags"]["Team"] == "theirs"


def _overrides(by: Somebody) -> list[dict[str, Any]]:
    listed = by.calls("list_hours_of_operation_overrides", "HoursOfOperation", "night")
    return list(listed["HoursOfOperationOverrideList"])


# Sets.


@pytest.mark.parametrize("link", ["InvalidRequestException", "accepted"])
def test_what_somebody_has_added_already_is_done_and_what_they_added_besides_stays(world: World, link: str) -> None:
    world.control.set_faults({"switches": {"existingLink": link}})

    def edit(by: Somebody) -> None:
        ids = [by.id("QuickConnect", name) for name in ("boss", "shop")]
        by.calls("associate_queue_quick_connects", "Queue", "billing", QuickConnectIds=ids)

    done, by = meanwhile(world, queue(quickConnects=[]), queue(quickConnects=["boss", "desk"]), edit)

    assert (done.exit_code, set(told(done).values())) == (0, {Status.DONE})
    assert quick_connects(by) == {"boss", "desk", "shop"}


@pytest.mark.parametrize("link", ["ResourceNotFoundException", "InvalidRequestException", "accepted"])
def test_what_somebody_has_taken_away_already_is_done_and_the_rest_goes_too(world: World, link: str) -> None:
    world.control.set_faults({"switches": {"missingLink": link}})

    def edit(by: Somebody) -> None:
        ids = [by.id("QuickConnect", "boss")]
        by.calls("disassociate_queue_quick_connects", "Queue", "billing", QuickConnectIds=ids)

    before, after = queue(quickConnects=["boss", "desk", "shop"]), queue(quickConnects=["shop"])
    done, by = meanwhile(world, before, after, edit)

    assert (done.exit_code, set(told(done).values())) == (0, {Status.DONE})
    assert quick_connects(by) == {"shop"}


def test_a_pair_whose_priority_somebody_changed_is_a_conflict_and_the_others_are_changed(world: World) -> None:
    before = routing(queueConfigs=[taken("billing", "VOICE"), taken("billing", "CHAT"), taken("support", "CHAT")])
    later = [taken("billing", "VOICE", 2), taken("billing", "CHAT", 2), taken("support", "CHAT", 2)]

    def edit(by: Somebody) -> None:
        theirs = [pair_of(by, "billing", "CHAT", 9)]
        by.calls("update_routing_profile_queues", "RoutingProfile", "first line", QueueConfigs=theirs)

    done, by = meanwhile(world, before, routing(queueConfigs=later), edit)

    assert pairs(by) == {("billing", "VOICE"): (2, 0), ("billing", "CHAT"): (9, 0), ("support", "CHAT"): (2, 0)}
    assert told(done) == {
        "queueConfigs[billing/VOICE].priority": Status.DONE,
        "queueConfigs[billing/CHAT].priority": Status.CONFLICT,
        "queueConfigs[support/CHAT].priority": Status.DONE,
    }
    assert done.exit_code == 5


@pytest.mark.parametrize("link", ["InvalidRequestException", "accepted"])
def test_a_pair_that_somebody_added_with_another_priority_is_a_conflict_and_stays(world: World, link: str) -> None:
    world.control.set_faults({"switches": {"existingLink": link}})
    after = routing(queueConfigs=[taken("billing", "VOICE"), taken("billing", "CHAT"), taken("support", "CHAT")])

    def edit(by: Somebody) -> None:
        theirs = [pair_of(by, "billing", "CHAT", 9), pair_of(by, "support", "CHAT", 1)]
        by.calls("associate_routing_profile_queues", "RoutingProfile", "first line", QueueConfigs=theirs)

    done, by = meanwhile(world, routing(queueConfigs=[taken("billing", "VOICE")]), after, edit)

    assert pairs(by) == {("billing", "VOICE"): (1, 0), ("billing", "CHAT"): (9, 0), ("support", "CHAT"): (1, 0)}
    assert told(done) == {
        "queueConfigs[billing/CHAT]": Status.CONFLICT,
        "queueConfigs[support/CHAT]": Status.DONE,
    }


def test_a_pair_that_somebody_changed_is_not_taken_away_unseen(world: World) -> None:
    before = routing(queueConfigs=[taken("billing", "VOICE"), taken("billing", "CHAT"), taken("support", "CHAT")])

    def edit(by: Somebody) -> None:
        theirs = [pair_of(by, "billing", "CHAT", 9)]
        by.calls("update_routing_profile_queues", "RoutingProfile", "first line", QueueConfigs=theirs)

    done, by = meanwhile(world, before, routing(queueConfigs=[taken("billing", "VOICE")]), edit)

    assert pairs(by) == {("billing", "VOICE"): (1, 0), ("billing", "CHAT"): (9, 0)}
    assert told(done) == {
        "queueConfigs[billing/CHAT]": Status.CONFLICT,
        "queueConfigs[support/CHAT]": Status.DONE,
    }


def test_a_pair_that_somebody_took_away_is_not_changed(world: World) -> None:
    def edit(by: Somebody) -> None:
        gone = [pair_of(by, "billing", "CHAT")]
        by.calls("disassociate_routing_profile_queues", "RoutingProfile", "first line", QueueReferences=gone)

    before = routing(queueConfigs=[taken("billing", "VOICE"), taken("billing", "CHAT")])
    after = routing(queueConfigs=[taken("billing", "VOICE", 2), taken("billing", "CHAT", 2)])
    done, by = meanwhile(world, before, after, edit)

    assert pairs(by) == {("billing", "VOICE"): (2, 0)}
    assert sorted(told(done).values()) == [Status.CONFLICT, Status.DONE]


# The thing itself.


def test_what_somebody_deleted_meanwhile_is_a_conflict_and_the_rest_is_applied(world: World) -> None:
    world.run(hours(), queue(description="one"), queue("support", description="one"))
    seen = world.preview(hours(), queue(description="two", maxContacts=3), queue("support", description="two"))
    Somebody(world, seen).calls("delete_queue", "Queue", "billing")

    done = world.apply(seen)

    assert [result.status for _, result in sorted(done.results.items())] == [
        *([Status.CONFLICT] * 2),
        Status.DONE,
    ]
    assert names(world, "Queue") == ["BasicQueue", "support"]
    assert (done.exit_code, world.run(hours(), queue(description="two"), queue("support")).exit_code) == (5, 0)


def test_members_are_not_added_to_what_somebody_deleted(world: World) -> None:
    def edit(by: Somebody) -> None:
        by.calls("delete_queue", "Queue", "billing")

    done, _ = meanwhile(world, queue(quickConnects=["desk"]), queue(quickConnects=["boss"]), edit)

    assert told(done) == {"quickConnects[boss]": Status.CONFLICT, "quickConnects[desk]": Status.DONE}
    assert done.exit_code == 5


def test_what_somebody_deleted_meanwhile_counts_as_deleted(world: World) -> None:
    world.run(hours(), queue(), queue("support"))
    gone = frozenset({"Queue/billing", "Queue/support"})
    seen = world.preview(hours(), prune=True, allow_delete=gone)
    Somebody(world, seen).calls("delete_queue", "Queue", "billing")

    done = world.apply(seen)

    assert {result.status for result in done.results.values()} == {Status.DONE}
    assert names(world, "Queue") == ["BasicQueue"]


@pytest.mark.parametrize("case", ["ignored", "exact"])
def test_a_thing_of_the_same_name_that_somebody_made_is_not_taken_over(world: World, case: str) -> None:
    world.control.set_faults({"switches": {"nameCase": case}})
    world.run(hours())
    seen = world.preview(hours(), queue(description="ours"), queue("support"))
    by = Somebody(world, seen)
    by.calls("create_queue", Name="billing", Description="theirs", HoursOfOperationId=by.id("HoursOfOperation", "day"))

    done = world.apply(seen)

    failed = {result.message for result in done.results.values() if result.status is Status.FAILED}
    assert [message.partition("; ")[2] for message in failed] == ["adopt it with: reconcile adopt Queue/billing"]
    assert (done.exit_code, done.totals.failed) == (5, 2)
    assert names(world, "Queue") == ["BasicQueue", "billing", "support"]
    plan = world.plan(hours(), queue(description="ours"), queue("support"))
    assert [str(change.ref) for change in plan.changes] == ["Queue/billing"]
