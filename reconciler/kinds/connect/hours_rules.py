"""Checks hours of operation: time zones and dates that exist, and periods that end, with no overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from reconciler.kinds.connect.time_zones import zone_problems
from reconciler.kinds.wording import quoted
from reconciler.model import Problem

MIDNIGHT = "00:00"
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
A_DAY = 24 * 60  # minutes
A_WEEK = 7 * A_DAY
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    yield from zone_problems(declared.get("timeZone"))
    yield from _endless(declared.get("config"), ("config",))
    yield from _overnight(declared.get("config"), ("config",))
    yield from _overlapping(declared.get("config"), ("config",))
    overrides = declared.get("overrides")
    for at, override in enumerate(overrides if isinstance(overrides, list) else ()):
        if isinstance(override, Mapping):
            yield from _dates(override, ("overrides", at))
            yield from _endless(override.get("config"), ("overrides", at, "config"))
            yield from _overnight(override.get("config"), ("overrides", at, "config"))
            yield from _overlapping(override.get("config"), ("overrides", at, "config"))


def past_overrides(declared: Mapping[str, Any], today: date) -> Iterator[Problem]:
    """Yields overrides that ended before yesterday. In the zone of the hours it may still be yesterday."""
    overrides = declared.get("overrides")
    for at, override in enumerate(overrides if isinstance(overrides, list) else ()):
        till = override.get("effectiveTill") if isinstance(override, Mapping) else None
        if isinstance(till, str) and _DATE.fullmatch(till) and till < (today - timedelta(days=1)).isoformat():
            message = f"the override {quoted(override.get('name'))} ended on {till}; delete it, or change its dates"
            yield Problem("info", ("overrides", at, "effectiveTill"), message)


def _endless(openings: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    for at, opening in enumerate(openings if isinstance(openings, list) else ()):
        start, end = (opening.get(key) if isinstance(opening, Mapping) else None for key in ("startTime", "endTime"))
        if isinstance(start, str) and start == end != MIDNIGHT:
            yield Problem(
                "error",
                (*path, at, "endTime"),
                f"begins and ends at {end}; for the whole day, write {MIDNIGHT} to {MIDNIGHT}",
            )


def _overnight(openings: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Yields periods past midnight. AWS documents none, so they may be a mistake, or may not work."""
    for at, opening in enumerate(openings if isinstance(openings, list) else ()):
        start, end = (opening.get(key) if isinstance(opening, Mapping) else None for key in ("startTime", "endTime"))
        if not (isinstance(start, str) and isinstance(end, str) and _CLOCK.fullmatch(start) and _CLOCK.fullmatch(end)):
            continue
        if MIDNIGHT < end < start:
            day = opening.get("day")
            next_day = DAYS[(DAYS.index(day) + 1) % len(DAYS)] if day in DAYS else "the next day"
            message = (
                f"endTime {end} is before startTime {start}; if these hours go past midnight, write two periods: "
                f"{f'{day} ' if day in DAYS else ''}{start} to {MIDNIGHT}, and {next_day} {MIDNIGHT} to {end}"
            )
            yield Problem("warning", (*path, at, "endTime"), message)


def _overlapping(openings: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Yields a warning for periods that overlap. AWS does not document their effect, so they are not an error."""
    known: list[tuple[int, int]] = []
    for at, opening in enumerate(openings if isinstance(openings, list) else ()):
        period = _period(opening) if isinstance(opening, Mapping) else None
        if period and any(_meet(period, other) for other in known):
            message = (
                f"{opening['day']} {opening['startTime']} to {opening['endTime']} overlaps another period; write one "
                "that spans both, because AWS does not document the effect of two"
            )
            yield Problem("warning", (*path, at), message)
        known += [period] if period else []


def _period(opening: Mapping[str, Any]) -> tuple[int, int] | None:
    """Returns start and end, in minutes of the week. A period that ends before it begins ends on the next day."""
    clocks = [_CLOCK.fullmatch(str(opening.get(key))) for key in ("startTime", "endTime")]
    if opening.get("day") not in DAYS or not all(clocks):
        return None
    start, end = (int(clock[1]) * 60 + int(clock[2]) for clock in clocks if clock)
    begins = DAYS.index(opening["day"]) * A_DAY + start
    return begins, begins - start + end + (A_DAY if end <= start else 0)


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Returns whether two periods overlap, also when Sunday's reaches into Monday."""
    return any(one[0] + shift < other[1] and other[0] < one[1] + shift for shift in (-A_WEEK, 0, A_WEEK))


def _dates(override: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Problem]:
    days: dict[str, date] = {}
    for key in ("effectiveFrom", "effectiveTill"):
        text = override.get(key)
        try:
            days[key] = date.fromisoformat(text) if isinstance(text, str) else date.max
        except ValueError:
            yield Problem("error", (*path, key), f"{key} {quoted(text)} is not a valid date; write YYYY-MM-DD")
    if len(days) == 2 and days["effectiveTill"] < days["effectiveFrom"]:
        message = (
            f"effectiveTill {days['effectiveTill']} is before effectiveFrom {days['effectiveFrom']}, so the override "
            "never applies; swap the two, or correct one"
        )
        yield Problem("error", (*path, "effectiveTill"), message)
