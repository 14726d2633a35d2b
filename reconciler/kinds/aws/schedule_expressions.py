"""The times of schedules: `rate(2 hours)`, `cron(40 */2 * * ? *)` and `at(2027-01-31T09:00:00)`.

Source: "Schedule types in EventBridge Scheduler" of its user guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from reconciler.kinds.time_zones import zone_problems
from reconciler.kinds.wording import quoted
from reconciler.model import Problem

KEY, ZONE, WINDOW = "scheduleExpression", "scheduleExpressionTimezone", "flexibleTimeWindow"
_FORM = re.compile(r"(?P<form>rate|cron|at)\((?P<inside>[^()]*)\)")
_RATE = re.compile(r"(?P<value>[1-9][0-9]*) (minute|hour|day)s?")
_NTH = r"(?i)\?|L|{day}L|{day}#[1-5]"


class CronField(NamedTuple):
    """One of the six fields of `cron()`: its range, the words for its numbers, and the forms that only it has."""

    title: str
    low: int
    high: int
    words: tuple[str, ...] = ()
    special: str = r"(?!)"

    def accepts(self, text: str) -> bool:
        return re.fullmatch(self.special, text) is not None or all(map(self._accepts_item, text.split(",")))

    def _accepts_item(self, item: str) -> bool:
        """Returns whether an item is `*`, a value or a range, with or without `/step`."""
        values, slash, step = item.partition("/")
        if slash and not re.fullmatch(r"[1-9][0-9]*", step):
            return False
        return values == "*" or all(map(self._is_value, values.split("-", 1)))

    def _is_value(self, text: str) -> bool:
        if text.upper() in self.words:
            return True
        return re.fullmatch(r"[0-9]{1,4}", text) is not None and self.low <= int(text) <= self.high


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = (
    CronField("minutes", 0, 59),
    CronField("hours", 0, 23),
    CronField("day of the month", 1, 31, special=r"\?|L|([1-9]|[12][0-9]|3[01])W"),
    CronField("month", 1, 12, _MONTHS),
    CronField("day of the week", 1, 7, _DAYS, _NTH.format(day=f"([1-7]|{'|'.join(_DAYS)})")),
    CronField("year", 1970, 2199),
)


def schedule_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields why AWS would refuse the times of a schedule. Skips wrong shapes."""
    expression = declared.get(KEY)
    if isinstance(expression, str) and (fault := _fault(expression)):
        yield Problem("error", (KEY,), f"{quoted(expression)} {fault}")
    yield from zone_problems(declared.get(ZONE), ZONE)
    window = declared.get(WINDOW)
    if isinstance(window, Mapping) and (window.get("mode") == "FLEXIBLE") != ("maximumWindowInMinutes" in window):
        message = "maximumWindowInMinutes belongs to mode FLEXIBLE, and that mode needs it"
        yield Problem("error", (WINDOW,), message)


def past_problems(declared: Mapping[str, Any], today: date) -> Iterator[Problem]:
    """Yields a warning if a one-time schedule was over before yesterday, in any time zone."""
    expression = declared.get(KEY)
    at = _FORM.fullmatch(expression) if isinstance(expression, str) else None
    time = _time(at["inside"]) if at and at["form"] == "at" else None
    if time is not None and (today - time.date()).days > 1:
        message = "the time of this schedule is past, so it never runs again; delete the manifest"
        yield Problem("warning", (KEY,), message)


def _fault(expression: str) -> str:
    match = _FORM.fullmatch(expression)
    if not match:
        return "is not an expression; write cron(…), rate(…) or at(…)"
    inside = match["inside"]
    match match["form"]:
        case "rate" if not _RATE.fullmatch(inside):
            return "is not a rate; write a number and minutes, hours or days, as in rate(2 hours)"
        case "at" if _time(inside) is None:
            return "is not a time; write at(YYYY-MM-DDThh:mm:ss), as in at(2027-01-31T09:00:00)"
        case "cron":
            return _cron_fault(inside.split())
    return ""


def _cron_fault(texts: list[str]) -> str:
    if len(texts) != len(_FIELDS):
        return f"has {len(texts)} fields; cron() needs 6: {', '.join(field.title for field in _FIELDS)}"
    for field, text in zip(_FIELDS, texts, strict=True):
        if not field.accepts(text):
            return f"has {quoted(text)} as its {field.title}, which goes from {field.low} to {field.high}"
    if (texts[2] == "?") == (texts[4] == "?"):
        return "needs ? as its day of the month or as its day of the week, and not as both"
    return ""


def _time(text: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}", text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # Such as 31 February.
        return None
