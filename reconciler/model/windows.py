"""Change windows: times in a zone in which resources of some kinds may be changed.

A window opens when the zone's clock first reaches `opens`, and closes when it first reaches `closes`. So a clock that
is put back does not open it twice. A clock that is put forward over the whole window does not open it on that day.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
# Kinds whose changes callers hear at once. A window names these unless it names others.
HEARD_AT_ONCE = ("ContactFlow", "ContactFlowModule", "HoursOfOperation", "PhoneNumber")
A_DAY = 24 * 60  # minutes
_MINUTE = timedelta(minutes=1)
# A window of one day a week can miss one week, when the clock is put forward.
_LONGEST = timedelta(days=22)


@dataclass(frozen=True)
class Window:
    """One window. `opens` and `closes` are minutes after midnight; one that closes earlier closes on the next day.

    `days` are the days on which it opens.
    """

    zone: ZoneInfo
    opens: int
    closes: int
    days: tuple[str, ...] = DAYS
    kinds: tuple[str, ...] = HEARD_AT_ONCE

    def is_open(self, now: datetime) -> bool:
        return any(opening <= now < closing for opening, closing in self._times(now, timedelta(days=1)))

    def next_opening(self, now: datetime) -> datetime:
        """Returns the first moment from now on at which the window is open, in UTC."""
        if self.is_open(now):
            return now.astimezone(UTC)
        return next(opening for opening, _ in self._times(now, _LONGEST) if opening > now)

    def _times(self, now: datetime, ahead: timedelta) -> Iterator[tuple[datetime, datetime]]:
        """Yields the times at which it opens and closes, from the day before on."""
        first = now.astimezone(self.zone).date() - timedelta(days=1)
        lasts = (self.closes - self.opens) % A_DAY or A_DAY
        for number in range(ahead.days + 2):
            day = first + timedelta(days=number)
            opening = self._reached(day, self.opens)
            closing = self._reached(day, self.opens + lasts)
            if DAYS[day.weekday()] in self.days and opening < closing:
                yield opening, closing

    def _reached(self, day: date, minutes: int) -> datetime:
        """Returns the first moment at which the zone's clock shows this time, or a later one."""
        wanted = datetime.combine(day, time()) + minutes * _MINUTE
        # For a skipped time, fold 0 is a moment after the change, and fold 1 one before it (PEP 495).
        moment = wanted.replace(tzinfo=self.zone).astimezone(UTC)
        before = wanted.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        if before >= moment:
            return moment
        waits = range((moment - before) // _MINUTE + 1)
        skipped = bisect_left(waits, wanted, key=lambda wait: self._clock(before + wait * _MINUTE))
        return before + skipped * _MINUTE

    def _clock(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)


def common_opening(groups: Sequence[Sequence[Window]], now: datetime) -> datetime | None:
    """Returns the first moment from now on at which each group has an open window, in UTC.

    Returns `None` if the groups have no such moment within three weeks.
    """
    moment = now.astimezone(UTC)
    while moment <= now + _LONGEST:
        later = moment
        for windows in groups:
            later = max(later, min(window.next_opening(moment) for window in windows))
        if later == moment:
            return moment
        moment = later
    return None
