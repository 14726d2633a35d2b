"""Schedule expressions: `rate(5 minutes)`, `cron(0 10 ? * MON-FRI *)` and `at(2030-01-01T10:00:00)`.

Source: "Schedule types in EventBridge Scheduler", a page of its user guide. Refused expressions are ValidationException
"Invalid Schedule Expression" [seen: localstack, issue 9284].
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_RATE = re.compile(r"rate\(([1-9]\d*) (minutes?|hours?|days?)\)")
_CRON = re.compile(r"cron\(([^()]+)\)")
_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True)
class Field:
    """One of the six fields: the numbers from `low` to `high`, words for them, and further forms of its own."""

    low: int
    high: int
    words: tuple[str, ...] = ()
    special: str = r"(?!)"

    def accepts(self, text: str) -> bool:
        if re.fullmatch(self.special, text):
            return True
        return all(self._is_item(item) for item in text.split(","))

    def number(self, text: str) -> int:
        """Returns the number of a valid value."""
        number = self._number(text)
        if number is None:
            raise ValueError(f"{text} is not within {self.low} and {self.high}")
        return number

    def _is_item(self, item: str) -> bool:
        """Returns whether it is `*`, a value or a range, each with or without `/step`. Seen: `0-15/1`, `8-8`."""
        values, slash, step = item.partition("/")
        if slash and not (step.isascii() and step.isdigit() and int(step) > 0):
            return False
        if values == "*":
            return True
        first, dash, last = values.partition("-")
        ends = [self._number(first), self._number(last)] if dash else [self._number(first)]
        return None not in ends

    def _number(self, text: str) -> int | None:
        if text.upper() in self.words:
            return self.low + self.words.index(text.upper())
        is_number = text.isascii() and text.isdigit() and self.low <= int(text) <= self.high
        return int(text) if is_number else None


_DAY_WORD = "|".join(("[1-7]", *_DAYS))
FIELDS = (
    Field(0, 59),
    Field(0, 23),
    # L: the last day; 3W: the weekday nearest to the third.
    Field(1, 31, special=r"\?|L|([1-9]|[12]\d|3[01])W"),
    Field(1, 12, _MONTHS),
    # L: the last day of the week, 6L the last Friday, 3#2 the second Tuesday.
    Field(1, 7, _DAYS, special=rf"(?i)\?|L|({_DAY_WORD})L|({_DAY_WORD})#[1-5]"),
    Field(1970, 2199),
)


def is_valid(expression: str) -> bool:
    if _RATE.fullmatch(expression):
        return True
    if _AT.fullmatch(expression):
        return _time_of(expression) is not None
    cron = _CRON.fullmatch(expression)
    if not cron:
        return False
    texts = cron[1].split()
    if len(texts) != len(FIELDS):
        return False
    # A day of the month and a day of the week exclude each other: one of them must be "?".
    has_one_day = (texts[2] == "?") != (texts[4] == "?")
    return has_one_day and all(field.accepts(text) for field, text in zip(FIELDS, texts, strict=True))


def is_past(expression: str, zone: str, now: datetime) -> bool:
    """Returns whether a one-time schedule would have run before now. `now` knows its time zone."""
    time = _time_of(expression)
    return time is not None and time.replace(tzinfo=ZoneInfo(zone)) < now


@cache
def is_time_zone(name: str) -> bool:
    """Returns whether it is a zone of the IANA database [user guide]."""
    return name in available_timezones() - {"localtime", "posixrules", "Factory"}


def _time_of(expression: str) -> datetime | None:
    at = _AT.fullmatch(expression)
    if not at:
        return None
    try:
        return datetime.fromisoformat(at[1])
    except ValueError:  # Such as 31 February.
        return None
