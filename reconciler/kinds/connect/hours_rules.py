"""What the schema of hours of operation cannot tell: zones and days that there are, and stretches of time that end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from reconciler.kinds.connect.time_zones import zone_problems
from reconciler.model import Problem

MIDNIGHT = "00:00"
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
A_DAY = 24 * 60  # minutes
A_WEEK = 7 * A_DAY
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    yield from zone_problems(declared.get("timeZone"))
    yield from _endless(declared.get("config"), ("config",))
    yield from _overlapping(declared.get("config"), ("config",))
    overrides = declared.get("overrides")
    for at, override in enumerate(overrides if isinstance(overrides, list) else ()):
        if isinstance(override, Mapping):
            yield from _dates(override, ("overrides", at))
            yield from _endless(override.get("config"), ("overrides", at, "config"))
            yield from _overlapping(override.get("config"), ("overrides", at, "config"))


def _endless(openings: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    for at, opening in enumerate(openings if isinstance(openings, list) else ()):
        start, end = (opening.get(key) if isinstance(opening, Mapping) else None for key in ("startTime", "endTime"))
        if isinstance(start, str) and start == end != MIDNIGHT:
            yield Problem(
                "error", (*path, at, "endTime"), f"begins and ends at {end}; all day is {MIDNIGHT} to {MIDNIGHT}"
            )


def _overlapping(openings: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """AWS's documentation does not say what it makes of them, so this is no mistake."""
    known: list[tuple[int, int]] = []
    for at, opening in enumerate(openings if isinstance(openings, list) else ()):
        stretch = _stretch(opening) if isinstance(opening, Mapping) else None
        if stretch and any(_meet(stretch, other) for other in known):
            message = (
                f"{opening['day']} {opening['startTime']} to {opening['endTime']} overlaps another stretch; write one "
                "that spans both, for AWS does not say what it makes of two"
            )
            yield Problem("warning", (*path, at), message)
        known += [stretch] if stretch else []


def _stretch(opening: Mapping[str, Any]) -> tuple[int, int] | None:
    """From when to when, in minutes of the week; one that ends before it begins goes on into the next day."""
    found = [_CLOCK.fullmatch(str(opening.get(key))) for key in ("startTime", "endTime")]
    if opening.get("day") not in DAYS or not all(found):
        return None
    start, end = (int(clock[1]) * 60 + int(clock[2]) for clock in found if clock)
    begins = DAYS.index(opening["day"]) * A_DAY + start
    return begins, begins - start + end + (A_DAY if end <= start else 0)


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Sunday's night may reach into Monday."""
    return any(one[0] + shift < other[1] and other[0] < one[1] + shift for shift in (-A_WEEK, 0, A_WEEK))


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
