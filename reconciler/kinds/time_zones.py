"""The names of time zones in the IANA database of the `tzdata` package, not of the machine.

A legacy name, such as `US/Eastern`, is no longer in any country's list. It works, but a later database may drop it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from reconciler.kinds.wording import quoted
from reconciler.model import Problem

_MINUS = "\u2212"
_OFFSET = re.compile(
    rf"(?:UTC|GMT)?\s*(?P<sign>[+\-{_MINUS}])\s*(?P<hours>\d{{1,2}})(?::?(?P<minutes>\d\d))?", re.IGNORECASE
)
# An example of a place for each standard offset, in hours.
_PLACES = {
    **{-10: "Pacific/Honolulu", -9: "America/Anchorage", -8: "America/Los_Angeles", -7: "America/Denver"},
    **{-6: "America/Chicago", -5: "America/New_York", -4: "America/Halifax", -3: "America/Sao_Paulo"},
    **{0: "Europe/London", 1: "Europe/Berlin", 2: "Europe/Helsinki", 3: "Europe/Istanbul", 4: "Asia/Dubai"},
    **{5: "Asia/Karachi", 7: "Asia/Bangkok", 8: "Asia/Singapore", 9: "Asia/Tokyo", 10: "Australia/Sydney"},
    **{12: "Pacific/Auckland"},
}
# Abbreviations that are not zones themselves. `EST` and `CET` are.
_ABBREVIATIONS = {
    **dict.fromkeys(("PST", "PDT", "PT"), "America/Los_Angeles"),
    **dict.fromkeys(("MDT", "MT"), "America/Denver"),
    **dict.fromkeys(("CST", "CDT", "CT"), "America/Chicago"),
    **dict.fromkeys(("EDT", "ET"), "America/New_York"),
    **dict.fromkeys(("BST",), "Europe/London"),
    **dict.fromkeys(("CEST", "MEZ", "MESZ"), "Europe/Berlin"),
    **dict.fromkeys(("IST",), "Asia/Kolkata"),
    **dict.fromkeys(("JST",), "Asia/Tokyo"),
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
}


class Zones(NamedTuple):
    """All names, those in present lists, and what each other name stands for."""

    names: frozenset[str]
    current: frozenset[str]
    links: Mapping[str, str]  # a name and the zone that it means

    def modern(self, name: str) -> str | None:
        """Returns the current name of a legacy zone, if the database has one."""
        visited: set[str] = set()
        while name in self.links and name not in self.current and name not in visited:
            visited.add(name)
            name = self.links[name]
        return name if name in self.current else None

    def suggestion(self, name: str) -> str:
        """Returns a suggestion. It always names a place, because `GMT+1` is not a mistake for `GMT+0`."""
        if offset := _OFFSET.fullmatch(name.strip()):
            return _for_offset(offset)
        if place := _ABBREVIATIONS.get(name.strip().upper()):
            return f"; abbreviations are ambiguous, so name a place, such as {place}"
        places = {known.casefold(): known for known in sorted(self.names) if "/" in known and known[:4] != "Etc/"}
        folded = name.strip().casefold().replace(" ", "_")
        cities = [known for key, known in places.items() if key.rpartition("/")[2] == folded]
        near = cities or [places[key] for key in get_close_matches(folded, places, 1)]
        return f"; did you mean {near[0]}?" if near else "; name a place, such as America/New_York"


def _for_offset(offset: re.Match[str]) -> str:
    hours = int(f"{offset['sign'].replace(_MINUS, '-')}{offset['hours']}")
    such_as = "Asia/Kolkata" if int(offset["minutes"] or 0) else _PLACES.get(hours, "America/New_York")
    return (
        f"; an offset does not follow daylight saving time, so name a place, such as {such_as} (names such "
        "as Etc/GMT-1 reverse the sign: that one is one hour ahead of UTC)"
    )


@cache
def read_zones() -> Zones:
    package = files("tzdata")
    names = frozenset((package / "zones").read_text(encoding="utf-8").split())
    in_lists = {name for table in ("zone1970.tab", "zone.tab") for name in _column(_read(table), 2)}
    timeless = {name for name in names if name.startswith("Etc/") or name == "UTC"}
    links = {link: target for target, link in (line.split()[1:3] for line in _lines(_read("tzdata.zi"), "L "))}
    return Zones(names, frozenset(in_lists | timeless) & names, links)


def zone_problems(zone: Any, key: str = "timeZone") -> Iterator[Problem]:
    if not isinstance(zone, str):
        return
    zones = read_zones()
    if zone not in zones.names:
        yield Problem("error", (key,), f"{quoted(zone)} is not a valid time zone{zones.suggestion(zone)}")
    elif zone not in zones.current:
        modern = zones.modern(zone)
        remedy = f"; {modern} keeps the same time" if modern else "; name a place, such as America/New_York"
        yield Problem("warning", (key,), f"{quoted(zone)} is a legacy name of a time zone{remedy}")


def _read(name: str) -> str:
    return (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")


def _lines(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(start)]


def _column(table: str, column: int) -> list[str]:
    return [line.split("\t")[column].strip() for line in table.splitlines() if line and not line.startswith("#")]
