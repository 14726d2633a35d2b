"""Checks a routing profile: every queue is in an open channel, and the number of contacts fits the channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model import Problem

CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
PAIRS = ("queueConfigs", "manualAssignmentQueueConfigs")


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    media = _maps(declared.get("mediaConcurrencies"))
    for at, item in media.items():
        yield from _contacts(item, ("mediaConcurrencies", at, "concurrency"))
    opened = [item.get("channel") for item in media.values()]
    if not isinstance(declared.get("mediaConcurrencies"), list) or not all(channel in CHANNELS for channel in opened):
        return  # a misspelt channel may be the one that a queue needs
    for field in PAIRS:
        for at, config in _maps(declared.get(field)).items():
            reference = config.get("queueReference")
            channel = reference.get("channel") if isinstance(reference, Mapping) else None
            if channel in CHANNELS and channel not in opened:
                message = (
                    f"mediaConcurrencies has no {channel}, so no agent could serve it; add it, or remove this queue"
                )
                yield Problem("error", (field, at, "queueReference", "channel"), message)


def _contacts(media: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Checks the number of contacts: 1 for VOICE, 1 to 10 for others. Source: API reference, MediaConcurrency."""
    count = media.get("concurrency")
    if media.get("channel") == "VOICE" and count not in (None, 1):
        yield Problem("error", path, "an agent can have only one VOICE contact; write 1")
    elif count == 0 and not media.get("workloadTypeConcurrencies"):
        yield Problem("error", path, "0 opens no channel; write 1 to 10, or leave the channel out")


def _maps(items: Any) -> dict[int, Mapping[str, Any]]:
    """Returns the items that are maps, by their positions."""
    return {at: it for at, it in enumerate(items if isinstance(items, list) else ()) if isinstance(it, Mapping)}
