"""When a schedule fires: the next moment of its expression, in its time zone and between its dates.

Source: "Schedule types in EventBridge Scheduler". A cron time that the spring gap leaves out is skipped. One that comes
twice in autumn fires once, at its first coming [the first: inferred]. A rate counts from the start date. Without one it
counts from the creation: the schedule "starts invoking" at once. Its days have 24 hours, whatever the clock does.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.sandbox.scheduler.expressions import FIELDS

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_LAST_YEAR = FIELDS[5].high
_INSTANT = timedelta(microseconds=1)


def next_time(schedule: dict[str, Any], after: datetime) -> datetime | None:
    """Returns the first moment after `after` (UTC) at which the schedule fires, or None. Its state is not looked at."""
    start, end = _moment(schedule.get("StartDate")), _moment(schedule.get("EndDate"))
    zone, expression = ZoneInfo(schedule["ScheduleExpressionTimezone"]), schedule["ScheduleExpression"]
    if start is not None:
        after = max(after, start - _INSTANT)
    moment: datetime | None
    if rate := _RATE.fullmatch(expression):
        step = timedelta(**{f"{rate[2]}s": int(rate[1])})
        moment = _next_of_rate(start or _created(schedule), step, after)
    elif expression.startswith("at("):
        at = datetime.fromisoformat(expression[3:-1]).replace(tzinfo=zone).astimezone(UTC)
        moment = at if at > after else None
    else:
        moment = _next_of_cron(_cron(expression), zone, after)
    return moment if moment is not None and (end is None or moment <= end) else None


def _next_of_rate(first: datetime, step: timedelta, after: datetime) -> datetime:
    if first > after:
        return first
    return first + step * ((after - first) // step + 1)


def _created(schedule: dict[str, Any]) -> datetime:
    """Returns when the schedule got its expression [an update restarts the rate: inferred]."""
    return datetime.fromtimestamp(schedule["LastModificationDate"], UTC)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True)
class Cron:
    """The numbers of the fields, in order. The days are texts: what they mean depends on the month."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    month_days: str
    months: tuple[int, ...]
    week_days: str
    years: tuple[int, ...]

    def days(self, year: int, month: int) -> Iterator[date]:
        """Yields the days of a month on which it fires, in order."""
        last = calendar.monthrange(year, month)[1]
        numbers = _of_month(self.month_days, year, month, last) & _of_week(self.week_days, year, month, last)
        for number in sorted(numbers):
            yield date(year, month, number)


@cache
def _cron(expression: str) -> Cron:
    texts = expression.removeprefix("cron(").removesuffix(")").split()
    minutes, hours, months, years = (_numbers(place, texts[place]) for place in (0, 1, 3, 5))
    return Cron(minutes, hours, texts[2], months, texts[4], years)


def _next_of_cron(cron: Cron, zone: ZoneInfo, after: datetime) -> datetime | None:
    today = after.astimezone(zone).date()
    for year, month in product(cron.years, cron.months):
        if (year, month) < (today.year, today.month):
            continue
        for day in cron.days(year, month):
            if day < today:
                continue
            for hour, minute in product(cron.hours, cron.minutes):
                wall = datetime(day.year, day.month, day.day, hour, minute)
                moment = wall.replace(tzinfo=zone).astimezone(UTC)
                is_in_gap = moment.astimezone(zone).replace(tzinfo=None) != wall
                if moment > after and not is_in_gap:
                    return moment
        if year > today.year + 40:  # No day of the calendar, such as 31 February, takes longer to come.
            return None
    return None


def _numbers(place: int, text: str) -> tuple[int, ...]:
    """Returns the numbers of a field's list of values, ranges and steps."""
    field = FIELDS[place]
    numbers: set[int] = set()
    for item in text.split(","):
        values, slash, step = item.partition("/")
        first, dash, last = values.partition("-")
        if dash:
            low, high = field.number(first), field.number(last)
        elif first == "*":
            low, high = field.low, field.high
        else:
            low = field.number(first)
            high = field.high if slash else low
        numbers.update(range(low, high + 1, int(step or 1)))
    return tuple(sorted(numbers))


def _of_month(text: str, year: int, month: int, last: int) -> set[int]:
    if text == "?":
        return set(range(1, last + 1))
    if text == "L":
        return {last}
    if text.endswith("W"):
        return {_nearest_weekday(year, month, min(int(text[:-1]), last), last)}
    return {number for number in _numbers(2, text) if number <= last}


def _of_week(text: str, year: int, month: int, last: int) -> set[int]:
    """Returns the days of the month that fall on these days of the week."""
    whole = range(1, last + 1)
    if text == "?":
        return set(whole)
    word, hash, count = text.upper().partition("#")
    if hash:
        same = [number for number in whole if _week_day(year, month, number) == FIELDS[4].number(word)]
        return set(same[int(count) - 1 : int(count)])
    if word == "L":  # the last day of the week
        return {number for number in whole if _week_day(year, month, number) == FIELDS[4].high}
    if word.endswith("L"):
        wanted = FIELDS[4].number(word[:-1])
        return {number for number in whole if number > last - 7 and _week_day(year, month, number) == wanted}
    return {number for number in whole if _week_day(year, month, number) in _numbers(4, text)}


def _week_day(year: int, month: int, number: int) -> int:
    """Returns 1 for Sunday to 7 for Saturday."""
    return date(year, month, number).isoweekday() % 7 + 1


def _nearest_weekday(year: int, month: int, number: int, last: int) -> int:
    """Returns the working day nearest to a day, in the same month."""
    day = _week_day(year, month, number)
    if day == 7:
        return number - 1 if number > 1 else number + 2
    if day == 1:
        return number + 1 if number < last else number - 2
    return number
