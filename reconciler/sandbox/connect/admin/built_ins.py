"""What AWS puts into a new instance.

Names are the admin guide's [docs], and so are the types of flows; what the guide does not say is plain: hours around
the clock [inferred], descriptions as seen in exports of new instances [seen].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.connect.admin.catalogue import CONTACT_FLOW, HOURS, QUEUE, ROUTING_PROFILE
from reconciler.sandbox.connect.admin.types import Holdings

if TYPE_CHECKING:
    from reconciler.sandbox.connect.admin.resources import Resources

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


def stock(resources: Resources, holdings: Holdings) -> None:
    for name, flow_type in FLOWS.items():
        resources.add(holdings, CONTACT_FLOW, {"Name": name, "ContactFlowType": flow_type}, {})
    around_the_clock = [{"Day": day, "StartTime": MIDNIGHT, "EndTime": MIDNIGHT} for day in DAYS]
    hours = resources.add(holdings, HOURS, {"Name": "Basic Hours", "TimeZone": "UTC", "Config": around_the_clock}, {})
    voice = {"Name": "BasicQueue", "Description": "A simple, basic voice queue.", "HoursOfOperationId": hours.id}
    queue = resources.add(holdings, QUEUE, voice, {})
    profile = resources.add(
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
    for resource in (found for kind in holdings.resources.values() for found in kind.values()):
        # They were there before anybody asked.
        resource.hidden_until, resource.lagging = 0, None
