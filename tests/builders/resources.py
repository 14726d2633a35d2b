"""Small resources of an instance, each built in one line, and runs with another writer."""

from __future__ import annotations

from typing import Any

from reconciler.model import Manifest, Outcome, Status
from reconciler.reconcile import Preview
from tests.worlds.other_writer import Edit, OtherWriter
from tests.worlds.world import World, manifest

MONDAY = {"day": "MONDAY", "startTime": "09:00", "endTime": "17:00"}
XMAS = {"name": "Xmas", "config": [], "effectiveFrom": "2026-12-24", "effectiveTill": "2026-12-26"}
VOICE, CHAT = {"channel": "VOICE", "concurrency": 1}, {"channel": "CHAT", "concurrency": 2}


def hours(name: str = "day", **more: Any) -> Manifest:
    return manifest("HoursOfOperation", name, {"timeZone": "UTC", "config": [MONDAY], **more})


def queue(name: str = "billing", **more: Any) -> Manifest:
    renamed = {"renamed_from": more.pop("renamed_from")} if "renamed_from" in more else {}
    return manifest("Queue", name, {"hoursOfOperation": "day", **more}, **renamed)


def connect(name: str, number: str = "+15550100") -> Manifest:
    config = {"quickConnectType": "PHONE_NUMBER", "phoneConfig": {"phoneNumber": number}}
    return manifest("QuickConnect", name, {"quickConnectConfig": config})


def routing(**more: Any) -> Manifest:
    spec = {"description": "d", "defaultOutboundQueue": "billing", "mediaConcurrencies": [VOICE, CHAT]}
    return manifest("RoutingProfile", "first line", {**spec, **more})


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
    """Returns the resources that the others may refer to."""
    return [each for each in AROUND if each.ref != it.ref]


def meanwhile(world: World, before: Manifest, after: Manifest, edit: Edit) -> tuple[Outcome, OtherWriter]:
    """Applies `before`, plans `after`, lets another writer edit, then applies the plan."""
    others = around(before)
    assert world.run(before, *others).exit_code == 0
    seen: Preview = world.preview(after, *[each for each in others if each.ref != after.ref])
    by = OtherWriter(world, seen)
    edit(by)
    return world.apply(seen), by


def statuses(done: Outcome) -> dict[str, Status]:
    """Maps the path of each field to the status of its result."""
    return {
        done.plan.changes[item.change].fields[item.position].path: result.status
        for item, result in done.results.items()
    }
