"""Declares an instance of many kinds, as large as a big contact centre, for the figures."""

from __future__ import annotations

from typing import Any

from reconciler.model import Manifest
from tests.builders.manifests import manifest

# The number of resources per kind; together 500.
HOURS, QUEUES, QUICK_CONNECTS, ROUTING, SECURITY, GROUPS, STATUSES, ATTRIBUTES = 40, 200, 60, 40, 60, 59, 20, 20
ROOM = {
    "hoursOfOperation": 500,
    "queues": 500,
    "quickConnects": 500,
    "routingProfiles": 500,
    "securityProfiles": 500,
    "userHierarchyGroups": 500,
    "agentStatuses": 500,
    "predefinedAttributes": 500,
}
VOICE, CHAT = {"channel": "VOICE", "concurrency": 1}, {"channel": "CHAT", "concurrency": 3}
CLOSED = {"config": [], "effectiveFrom": "2026-12-24", "effectiveTill": "2026-12-26"}


def hours(name: str, **more: Any) -> Manifest:
    week = [{"day": day, "startTime": "09:00", "endTime": "17:30"} for day in ("MONDAY", "TUESDAY", "FRIDAY")]
    return manifest("HoursOfOperation", name, {"timeZone": "Europe/Berlin", "config": week, **more})


def queue(name: str, hours: str = "h0", **more: Any) -> Manifest:
    return manifest("Queue", name, {"hoursOfOperation": hours, **more})


def mixed(description: str = "Bills and payments") -> list[Manifest]:
    """Returns 500 resources. `description` is one field of one of them."""
    return [
        *(hours(f"h{at}", overrides=[{"name": "Xmas", **CLOSED}]) for at in range(HOURS)),
        queue("q0", description=description, tags={"Team": "Care"}),
        *(queue(f"q{at}", f"h{at % HOURS}", tags={"Team": "Care"}) for at in range(1, QUEUES)),
        *(_quick_connect(at) for at in range(QUICK_CONNECTS)),
        *(_routing(at) for at in range(ROUTING)),
        *(_security(at) for at in range(SECURITY)),
        manifest("UserHierarchy", "main", {"levelOne": {"name": "Country"}, "levelTwo": {"name": "Site"}}),
        *(_group(at) for at in range(GROUPS)),
        *(manifest("AgentStatus", f"a{at}", {"state": "ENABLED", "description": "d"}) for at in range(STATUSES)),
        *(_attribute(at) for at in range(ATTRIBUTES)),
    ]


def _quick_connect(at: int) -> Manifest:
    config = {"quickConnectType": "PHONE_NUMBER", "phoneConfig": {"phoneNumber": f"+155501{at:02}"}}
    return manifest("QuickConnect", f"c{at}", {"description": "d", "quickConnectConfig": config})


def _routing(at: int) -> Manifest:
    pairs = [
        {"queueReference": {"queue": f"q{5 * at + queue_at}", "channel": channel}, "priority": 1, "delay": 0}
        for queue_at in range(5)
        for channel in ("VOICE", "CHAT")
    ]
    fields = {"description": "d", "defaultOutboundQueue": f"q{at}", "mediaConcurrencies": [VOICE, CHAT]}
    return manifest("RoutingProfile", f"r{at}", {**fields, "queueConfigs": pairs})


def _security(at: int) -> Manifest:
    permissions = ["BasicAgentAccess", *(f"App{permission}.Access" for permission in range(40))]
    return manifest("SecurityProfile", f"s{at}", {"description": "d", "permissions": permissions})


def _group(at: int) -> Manifest:
    return manifest("UserHierarchyGroup", f"g{at % 9}/g{at}" if at > 8 else f"g{at}", {})


def _attribute(at: int) -> Manifest:
    return manifest("PredefinedAttribute", f"p{at}", {"values": {"stringList": [f"v{at_}" for at_ in range(10)]}})
