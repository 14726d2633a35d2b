"""Windows: the instants at which wall clocks show 00:00, 02:00, … in the configured zone.

A window is half-open, [start, end). Boundaries are computed from wall clocks and kept as UTC, so windows tile time
whatever the clocks do. A window in which clocks go back is longer. One in which they leap forward is shorter, or does
not exist. If an hour occurs twice, the first one is the boundary.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class Window:
    """Instants in UTC, with a label for people: `22-00`."""

    start: datetime
    end: datetime
    label: str

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ValueError(f"a window must end after it starts: {self.start} … {self.end}")


@dataclass(frozen=True)
class Grid:
    """The boundaries of a zone; `minutes` must divide a day."""

    zone: ZoneInfo
    minutes: int = 120

    def __post_init__(self) -> None:
        if self.minutes < 1 or MINUTES_A_DAY % self.minutes:
            raise ValueError(f"{self.minutes} minutes do not divide a day")

    def last_boundary(self, at: datetime) -> datetime:
        """Returns the last boundary that is not after an instant."""
        return self.whole(at).start

    def windows(self, start: datetime, end: datetime) -> Iterator[Window]:
        """Yields [start, end) cut at the boundaries; the first and the last may be parts of a window."""
        while start < end:
            whole = self.whole(start)
            yield Window(start, min(whole.end, end), whole.label)
            start = min(whole.end, end)

    def whole(self, at: datetime) -> Window:
        """Returns the window of an instant."""
        instants, clocks = _boundaries(self.zone, self.minutes, at.astimezone(self.zone).date())
        place = bisect_right(instants, at)
        return Window(instants[place - 1], instants[place], f"{clocks[place - 1]}-{clocks[place]}")


@lru_cache(maxsize=64)
def _boundaries(zone: ZoneInfo, minutes: int, today: date) -> tuple[list[datetime], list[str]]:
    """Returns the boundaries of a local day and its neighbours, each once, with their wall clocks.

    A wall clock that does not exist that day stands for the instant of the leap, or later.
    """
    boundaries: dict[datetime, str] = {}
    for day in (today - DAY, today, today + DAY):
        for minute in range(0, MINUTES_A_DAY, minutes):
            wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
            boundaries[wall.astimezone(UTC)] = f"{wall:%H}" if minutes % 60 == 0 else f"{wall:%H%M}"
    instants = sorted(boundaries)
    return instants, [boundaries[instant] for instant in instants]


def is_real(wall: datetime) -> bool:
    """Returns whether a local time occurs exactly once: not in the gap of spring, not in the fold of autumn."""
    return wall.utcoffset() == wall.replace(fold=1).utcoffset()
