"""Edits of another writer between plan and write: of fields that the plan changes, and of undeclared ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from reconciler.model import Manifest
from tests.builders.resources import CHAT, MONDAY, VOICE, attribute, hours, queue, routing, security, status, values
from tests.worlds.other_writer import Edit, OtherWriter, permissions

CALLER = {"OutboundCallerIdName": "Theirs"}
THEIR_DAY = {"Day": "SUNDAY", "StartTime": {"Hours": 1, "Minutes": 0}, "EndTime": {"Hours": 2, "Minutes": 0}}


class Case(NamedTuple):
    """Two versions that differ in `path`, which another writer edits, and perhaps in `rest`, which stays unedited."""

    before: Manifest
    after: Manifest
    edit: Edit
    is_kept: Callable[[OtherWriter], bool]
    path: str
    rest: str = ""


def described(kind: str, name: str, member: str, value: Any) -> Callable[[OtherWriter], bool]:
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
        security(permissions=["A.Access", "B.Access"], tags={"Team": "a"}),
        security(permissions=["A.Access", "C.Access"], tags={"Team": "b"}),
        updating(
            "update_security_profile",
            "SecurityProfile",
            "agents",
            Permissions=["A.Access", "B.Access", "Theirs.Access"],
        ),
        lambda by: permissions(by) == {"A.Access", "B.Access", "Theirs.Access"},
        "permissions[C.Access]",
        "tags[Team]",
    ),
    "permissions that somebody takes from": Case(
        security(permissions=["A.Access", "B.Access"], tags={"Team": "a"}),
        security(permissions=["A.Access", "B.Access", "C.Access"], tags={"Team": "b"}),
        updating("update_security_profile", "SecurityProfile", "agents", Permissions=["A.Access"]),
        lambda by: permissions(by) == {"A.Access"},
        "permissions[C.Access]",
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

SURVIVORS = {
    "what an update of a security profile also carries": Case(
        security(description="one", permissions=["A.Access"]),
        security(description="two", permissions=["A.Access"]),
        updating(
            "update_security_profile",
            "SecurityProfile",
            "agents",
            Permissions=["A.Access", "Theirs.Access"],
            AllowedAccessControlTags={"a": "b"},
        ),
        lambda by: (
            permissions(by) == {"A.Access", "Theirs.Access"}
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
