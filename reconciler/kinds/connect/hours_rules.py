"""What the schema of hours of operation cannot tell: zones and days that there are, and stretches of time that end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from reconciler.kinds.connect.time_zones import zone_problems
from reconciler.model import Problem

MIDNIGHT = "00:00"


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    yield from zone_problems(declared.get("timeZone"))
    yield from _endless(declared.get("config"), ("config",))
    overrides = declared.get("overrides")
    for at, override in enumerate(overrides if isinstance(overrides, list) else ()):
        if isinstance(override, Mapping):
            yield from _dates(override, ("overrides", at))
            yield from _endless(override.get("config"), ("overrides", at, "config"))


def _endless(openings: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    for at, opening in enumerate(openings if isinstance(openings, list) else ()):
        start, end = (opening.get(key) if isinstance(opening, Mapping) else None for key in ("startTime", "endTime"))
        if isinstance(start, str) and start == end != MIDNIGHT:
            yield Problem(
                "error", (*path, at, "endTime"), f"begins and ends at {end}; all day is {MIDNIGHT} to {MIDNIGHT}"
            )


def _dates(override: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Problem]:
    days: dict[str, date] = {}
    for key in ("effectiveFrom", "effectiveTill"):
        text = override.get(key)
        try:
            days[key] = date.fromisoformat(text) if isinstance(text, str) else date.max
        except ValueError:
            yield Problem("error", (*path, key), f"{text!r} is no day; write YYYY-MM-DD")
    if len(days) == 2 and days["effectiveTill"] < days["effectiveFrom"]:
        yield Problem("error", (*path, "effectiveTill"), "is before effectiveFrom; it never holds")
