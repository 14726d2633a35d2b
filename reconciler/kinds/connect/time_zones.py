"""The names of time zones, by the IANA database that the `tzdata` package holds, not by the machine's.

A legacy name (`US/Eastern`) is one that no country's list has any more: it works, but a later database may drop it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from reconciler.kinds.wording import shown
from reconciler.model import Problem


class Zones(NamedTuple):
    names: frozenset[str]
    current: frozenset[str]
    links: Mapping[str, str]  # a name → the zone it means

    def modern(self, name: str) -> str | None:
        """The current name of a legacy zone, where the database says one."""
        seen: set[str] = set()
        while name in self.links and name not in self.current and name not in seen:
            seen.add(name)
            name = self.links[name]
        return name if name in self.current else None

    def suggestion(self, name: str) -> str:
        folded = {known.casefold(): known for known in sorted(self.names)}
        near = get_close_matches(name.casefold(), folded, 1)
        return f"; did you mean {folded[near[0]]}?" if near else "; name a place, such as America/New_York"


@cache
def read_zones() -> Zones:
    package = files("tzdata")
    names = frozenset((package / "zones").read_text(encoding="utf-8").split())
    in_lists = {name for table in ("zone1970.tab", "zone.tab") for name in _column(_read(table), 2)}
    timeless = {name for name in names if name.startswith("Etc/") or name == "UTC"}
    links = {link: target for target, link in (line.split()[1:3] for line in _lines(_read("tzdata.zi"), "L "))}
    return Zones(names, frozenset(in_lists | timeless) & names, links)


def zone_problems(zone: Any) -> Iterator[Problem]:
    if not isinstance(zone, str):
        return
    zones = read_zones()
    if zone not in zones.names:
        yield Problem("error", ("timeZone",), f"{shown(zone)} is no IANA time zone{zones.suggestion(zone)}")
    elif zone not in zones.current:
        modern = zones.modern(zone)
        remedy = f"; {modern} keeps the same time" if modern else "; name a place, such as America/New_York"
        yield Problem("warning", ("timeZone",), f"{shown(zone)} is a legacy name of a time zone{remedy}")


def _read(name: str) -> str:
    return (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")


def _lines(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(start)]


def _column(table: str, column: int) -> list[str]:
    return [line.split("\t")[column].strip() for line in table.splitlines() if line and not line.startswith("#")]
