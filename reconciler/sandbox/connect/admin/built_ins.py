"""The resources that AWS puts into a new instance.

Names and types of flows come from the admin guide [docs]. The rest is plain: hours around the clock [inferred],
descriptions as in exports of new instances [seen].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.connect.admin.catalogue import (
    AGENT_STATUS,
    CONTACT_FLOW,
    HIERARCHY_GROUP,
    HOURS,
    PROMPT,
    QUEUE,
    ROUTING_PROFILE,
    SECURITY_PROFILE,
)
from reconciler.sandbox.connect.admin.types import Type


@dataclass(frozen=True)
class BuiltIn:
    """A resource of a new instance.

    members   values of the create request
    refers    members that hold the id of another built-in: its type and its name
    queues    names of the built-in queues that a routing profile serves, with their channels
    parent    id of the resource that this one is part of
    """

    type: Type
    members: Mapping[str, Any]
    refers: Mapping[str, tuple[Type, str]] = field(default_factory=dict)
    queues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parent: str = ""


DAYS = ("SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY")
MIDNIGHT = {"Hours": 0, "Minutes": 0}
FLOWS = {
    "Default agent hold": "AGENT_HOLD",
    "Default agent transfer": "AGENT_TRANSFER",
    "Default agent whisper": "AGENT_WHISPER",
    "Default customer hold": "CUSTOMER_HOLD",
    "Default customer queue": "CUSTOMER_QUEUE",
    "Default customer whisper": "CUSTOMER_WHISPER",
    "Default outbound": "OUTBOUND_WHISPER",
    "Default queue transfer": "QUEUE_TRANSFER",
}
# A few permissions of each profile; the guide lists them all, and nothing here depends on them.
PROFILES = {
    "Admin": ["BasicAgentAccess", "OutboundCallAccess", "Queues.Create", "Queues.Edit", "Queues.View", "Users.Edit"],
    "Agent": ["BasicAgentAccess", "OutboundCallAccess"],
    "CallCenterManager": ["AccessMetrics", "BasicAgentAccess", "Queues.View", "RoutingPolicies.View", "Users.View"],
    "QualityAnalyst": ["AccessMetrics", "ManagerListenIn"],
}
STATUSES = {"Available": "ROUTABLE", "Offline": "OFFLINE"}
# [seen: lists of prompts of new instances]
PROMPTS = (
    *("Beep.wav", "CustomerHold.wav", "CustomerQueue.wav", "Music_Jazz_MyTimetoFly_Inst.wav"),
    *("Music_Pop_ThisAndThatIsLife_Inst.wav", "Music_Pop_ThrowYourselfInFrontOfIt_Inst.wav"),
    "Music_Rock_EverywhereTheSunShines_Inst.wav",
)
NO_PARENT = "-"


# The group with LevelId 0. Every instance has it, and no request creates it [service model]. Its name is unknown.
FOUNDATION = (BuiltIn(HIERARCHY_GROUP, {"Name": NO_PARENT}, parent=NO_PARENT),)


def _stock() -> Iterator[BuiltIn]:
    for name, flow_type in FLOWS.items():
        yield BuiltIn(CONTACT_FLOW, {"Name": name, "ContactFlowType": flow_type})
    for name in PROMPTS:
        yield BuiltIn(PROMPT, {"Name": name})
    around_the_clock = [{"Day": day, "StartTime": MIDNIGHT, "EndTime": MIDNIGHT} for day in DAYS]
    yield BuiltIn(HOURS, {"Name": "Basic Hours", "TimeZone": "UTC", "Config": around_the_clock})
    yield BuiltIn(
        QUEUE,
        {"Name": "BasicQueue", "Description": "A simple, basic voice queue."},
        refers={"HoursOfOperationId": (HOURS, "Basic Hours")},
    )
    yield BuiltIn(
        ROUTING_PROFILE,
        {
            "Name": "Basic Routing Profile",
            "Description": "A simple routing profile.",
            "MediaConcurrencies": [{"Channel": "VOICE", "Concurrency": 1}, {"Channel": "CHAT", "Concurrency": 2}],
            "IsDefault": True,
        },
        refers={"DefaultOutboundQueueId": (QUEUE, "BasicQueue")},
        queues={"BasicQueue": ("VOICE", "CHAT")},
    )
    for name, permissions in PROFILES.items():
        # Their type is AWS_MANAGED [inferred].
        managed = {"SecurityProfileName": name, "Permissions": permissions, "Type": "AWS_MANAGED"}
        yield BuiltIn(SECURITY_PROFILE, managed)
    for order, (name, status_type) in enumerate(STATUSES.items(), start=1):
        yield BuiltIn(AGENT_STATUS, {"Name": name, "Type": status_type, "State": "ENABLED", "DisplayOrder": order})


# A row refers only to rows before it.
STOCK = tuple(_stock())
