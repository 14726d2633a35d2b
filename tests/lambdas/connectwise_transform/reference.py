"""The rules of the history in plain Python, one by one, for one record at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple


class Observation(NamedTuple):
    """A row that a poll saw. Times are microseconds; an absence has the content ``."""

    at: int
    seen: int
    content: str
    is_absent: bool = False


@dataclass(frozen=True)
class Version:
    effective_from: int
    effective_to: int | None
    change_type: str
    is_deleted: bool
    source_updated_at: int
    confirmed_at: int
    first_seen_at: int
    content: str


def history(observations: Iterable[Observation]) -> list[Version]:
    """Returns the versions of one record, oldest first."""
    versions: list[Version] = []
    before: Observation | None = None
    for row in _in_order(observations):
        if before is not None and versions[-1].content == row.content and before.is_absent == row.is_absent:
            if not row.is_absent:
                versions[-1] = replace(versions[-1], confirmed_at=row.at)
        else:
            start = _wanted(row, before)
            if versions:
                start = max(start, versions[-1].effective_from + 1)
                versions[-1] = replace(versions[-1], effective_to=start)
            versions.append(
                Version(start, None, _change(row, before), row.is_absent, row.at, row.at, row.seen, row.content)
            )
        before = row
    return versions


def _in_order(observations: Iterable[Observation]) -> list[Observation]:
    """Sorts by the epoch (the absences seen before), absences last, then by stamp, time of the poll and content."""
    absences, keyed = 0, []
    for row in sorted(set(observations), key=lambda row: (row.seen, row.at, row.content)):
        keyed.append(((absences, row.is_absent, row.at, row.seen, row.content), row))
        absences += row.is_absent
    return [row for _, row in sorted(keyed)]


def _wanted(row: Observation, before: Observation | None) -> int:
    if before is None:
        return row.at
    is_unstamped = row.is_absent or before.is_absent or row.at == before.at
    return row.seen if is_unstamped else row.at


def _change(row: Observation, before: Observation | None) -> str:
    if before is None:
        return "INSERT"
    if row.is_absent:
        return "DELETE"
    return "RESTORE" if before.is_absent else "UPDATE"
