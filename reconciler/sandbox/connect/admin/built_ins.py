"""What AWS puts into a new instance.

Names are the admin guide's [docs], and so are the types of flows; what the guide does not say is plain: hours around
the clock [inferred], descriptions as seen in exports of new instances [seen].
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
    QUEUE,
    ROUTING_PROFILE,
    SECURITY_PROFILE,
)
from reconciler.sandbox.connect.admin.types import Type


@dataclass(frozen=True)
class BuiltIn:
    """A resource that a new instance has.

    said      its members
    refers    members that hold the id of another built-in, with the type and the name of that one
    queues    built-in queues that a routing profile serves, by name, each with the channels
    parent    what it is part of
    """

    type: Type
    said: Mapping[str, Any]
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
# A few of each one's permissions: the guide has them all, and nothing here depends on them.
PROFILES = {
    "Admin": ["BasicAgentAccess", "OutboundCallAccess", "Queues.Create", "Queues.Edit", "Queues.View", "Users.Edit"],
    "Agent": ["BasicAgentAccess", "OutboundCallAccess"],
    "CallCenterManager": ["AccessMetrics", "BasicAgentAccess", "Queues.View", "RoutingPolicies.View", "Users.View"],
    "QualityAnalyst": ["AccessMetrics", "ManagerListenIn"],
}
STATUSES = {"Available": "ROUTABLE", "Offline": "OFFLINE"}
NOBODYS = "-"


# The group with LevelId 0, which every instance has and nobody can define [service model]; its name is unknown.
FOUNDATION = (BuiltIn(HIERARCHY_GROUP, {"Name": NOBODYS}, parent=NOBODYS),)


def _stock() -> Iterator[BuiltIn]:
    for name, flow_type in FLOWS.items():
        yield BuiltIn(CONTACT_FLOW, {"Name": name, "ContactFlowType": flow_type})
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
        # That the type of these is AWS_MANAGED is inferred.
        managed = {"SecurityProfileName": name, "Permissions": permissions, "Type": "AWS_MANAGED"}
        yield BuiltIn(SECURITY_PROFILE, managed)
    for order, (name, status_type) in enumerate(STATUSES.items(), start=1):
        yield BuiltIn(AGENT_STATUS, {"Name": name, "Type": status_type, "State": "ENABLED", "DisplayOrder": order})


# A row refers only to rows before it.
STOCK = tuple(_stock())
