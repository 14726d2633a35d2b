"""Small resources of an instance, each built in one line."""

from __future__ import annotations

from typing import Any

from reconciler.model import Manifest
from tests.builders.manifests import manifest

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


def levels(*level_names: str) -> Manifest:
    keys = ("levelOne", "levelTwo", "levelThree", "levelFour", "levelFive")
    named: dict[str, Any] = {key: {"name": name} for key, name in zip(keys, level_names, strict=False)}
    return manifest("UserHierarchy", "main", named | dict.fromkeys(keys[len(level_names) :]))


def group(path: str, **more: Any) -> Manifest:
    return manifest("UserHierarchyGroup", path, {}, **more)
