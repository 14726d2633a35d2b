"""What the schema of a routing profile cannot tell: channels that are open, and contacts that fit into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model import Problem

CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
PAIRS = ("queueConfigs", "manualAssignmentQueueConfigs")


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    media = _maps(declared.get("mediaConcurrencies"))
    for at, each in media.items():
        yield from _contacts(each, ("mediaConcurrencies", at, "concurrency"))
    opened = [each.get("channel") for each in media.values()]
    if not isinstance(declared.get("mediaConcurrencies"), list) or not all(each in CHANNELS for each in opened):
        return  # one of them may be meant
    for field in PAIRS:
        for at, config in _maps(declared.get(field)).items():
            reference = config.get("queueReference")
            channel = reference.get("channel") if isinstance(reference, Mapping) else None
            if channel in CHANNELS and channel not in opened:
                message = f"mediaConcurrencies has no {channel}, so no agent could take it; add it, or drop this queue"
                yield Problem("error", (field, at, "queueReference", "channel"), message)


def _contacts(media: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Problem]:
    """One VOICE contact at a time, of others one to ten (API reference, MediaConcurrency)."""
    count = media.get("concurrency")
    if media.get("channel") == "VOICE" and count not in (None, 1):
        yield Problem("error", path, "an agent has one VOICE contact; write 1")
    elif count == 0 and not media.get("workloadTypeConcurrencies"):
        yield Problem("error", path, "0 opens no channel; write 1 to 10, or leave the channel out")


def _maps(items: Any) -> dict[int, Mapping[str, Any]]:
    """Those of the items that can be read, by their positions."""
    return {at: it for at, it in enumerate(items if isinstance(items, list) else ()) if isinstance(it, Mapping)}
