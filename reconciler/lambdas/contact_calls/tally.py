"""Counts of a run, which add up: seen = found + skipped; staged = inserted + updated + unchanged + doubles."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from reconciler.lambdas.contact_calls.warehouse import Loaded


@dataclass(frozen=True)
class Tally:
    seen: int = 0
    passed_over: int = 0
    quarantined: int = 0
    """Part of the skipped ones."""
    newly_quarantined: int = 0
    """Part of the quarantined ones: set aside by this run."""
    described: int = 0
    loads: int = 0
    staged: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    late: int = 0
    """Inserted or updated, although they ended before their window."""

    def searched(self, seen: int, passed_over: int, quarantined: int) -> Tally:
        return self + Tally(seen=seen, passed_over=passed_over, quarantined=quarantined)

    def set_aside(self, count: int) -> Tally:
        return self + Tally(passed_over=count, quarantined=count, newly_quarantined=count)

    def merged(self, described: int, loaded: Loaded) -> Tally:
        return self + Tally(described=described, loads=1, **asdict(loaded))

    def counts(self) -> dict[str, int]:
        return asdict(self)

    def as_json(self) -> dict[str, Any]:
        return {_camel(name): count for name, count in self.counts().items()}

    def __add__(self, other: Tally) -> Tally:
        return replace(self, **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    def __sub__(self, other: Tally) -> Tally:
        return replace(self, **{f.name: getattr(self, f.name) - getattr(other, f.name) for f in fields(self)})


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
