"""The resources that AWS puts into a new instance.

Names and types of flows come from the admin guide [docs]. The rest is plain: hours around the clock [inferred],
descriptions as in exports of new instances [seen].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.connect.admin.catalogue import (
    AGENT_STATUS,
    CONTACT_FLOW,
    HIERARCHY_GROUP,
    HOURS,
    QUEUE,
    ROUTING_PROFILE,
    SECURITY_PROFILE,
)
from reconciler.sandbox.connect.admin.types import Holdings

if TYPE_CHECKING:
    from reconciler.sandbox.connect.admin.inventory import Inventory

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
NO_PARENT = "-"


def lay_foundation(inventory: Inventory, holdings: Holdings) -> None:
    """Adds the group with LevelId 0. Every instance has it, and no request creates it [service model].

    Its name is unknown.
    """
    root = inventory.add(holdings, HIERARCHY_GROUP, {"Name": NO_PARENT}, {}, parent=NO_PARENT)
    root.hidden_until, root.lagging = 0, None


def stock(inventory: Inventory, holdings: Holdings) -> None:
    for name, flow_type in FLOWS.items():
        inventory.add(holdings, CONTACT_FLOW, {"Name": name, "ContactFlowType": flow_type}, {})
    around_the_clock = [{"Day": day, "StartTime": MIDNIGHT, "EndTime": MIDNIGHT} for day in DAYS]
    hours = inventory.add(holdings, HOURS, {"Name": "Basic Hours", "TimeZone": "UTC", "Config": around_the_clock}, {})
    voice = {"Name": "BasicQueue", "Description": "A simple, basic voice queue.", "HoursOfOperationId": hours.id}
    queue = inventory.add(holdings, QUEUE, voice, {})
    profile = inventory.add(
        holdings,
        ROUTING_PROFILE,
        {
            "Name": "Basic Routing Profile",
            "Description": "A simple routing profile.",
            "DefaultOutboundQueueId": queue.id,
            "MediaConcurrencies": [{"Channel": "VOICE", "Concurrency": 1}, {"Channel": "CHAT", "Concurrency": 2}],
            "IsDefault": True,
        },
        {},
    )
    profile.links["pairs"] = {(queue.id, channel): {"Priority": 1, "Delay": 0} for channel in ("VOICE", "CHAT")}
    for name, permissions in PROFILES.items():
        # Their type is AWS_MANAGED [inferred].
        managed = {"SecurityProfileName": name, "Permissions": permissions, "Type": "AWS_MANAGED"}
        inventory.add(holdings, SECURITY_PROFILE, managed, {})
    for order, (name, status_type) in enumerate(STATUSES.items(), start=1):
        status = {"Name": name, "Type": status_type, "State": "ENABLED", "DisplayOrder": order}
        inventory.add(holdings, AGENT_STATUS, status, {})
    for resource in (one for kind in holdings.resources.values() for one in kind.values()):
        # They existed before the first request.
        resource.hidden_until, resource.lagging = 0, None
