"""The HoursOfOperation kind: the regular week in which contacts are served, and overrides for other days.

AWS writes a time as `{Hours, Minutes}`, a manifest as "09:30".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.words import LASTING_PURPOSE, PURPOSE, Blankable, Clock, Date, Day, Lasting, Name
from reconciler.kinds.groups import Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.time_zones import zone_problems
from reconciler.kinds.verbs import Listing, Parts, Set, Update
from reconciler.kinds.wording import quoted
from reconciler.kinds.words import Tagged, TimeZone
from reconciler.model import AwsName, Clearable, Each, Keyed, Problem, RefTo, Spec, Unordered, WrittenRecords
from reconciler.model.environment import Quota, Quotas
from reconciler.model.spec import meanings

Month = Annotated[int, Field(ge=1, le=12, description="A month from 1 to 12.")]
MonthDay = Annotated[int, Field(ge=-1, le=31, description="A day from 1 to 31, or -1 for the last day.")]
Occurrence = Annotated[
    int, Field(ge=-1, le=4, description="The position of the weekday in the month, or -1 for the last.")
]


class Opening(Spec):
    """One period of one day. A period from 00:00 to 00:00 is the whole day."""

    day: Day = Field(description="The day of the week.")
    start_time: Clock
    end_time: Clock


class OverrideOpening(Spec):
    """One period of a day of an override."""

    day: Day | None = Field(None, description="The day of the week.")
    start_time: Clock | None = None
    end_time: Clock | None = None


class RecurrencePattern(Spec):
    """The days on which an override repeats."""

    frequency: Literal["WEEKLY", "MONTHLY", "YEARLY"] = Field(description="The unit of the interval.")
    interval: int = Field(
        ge=1, le=6, description="The number of weeks, months or years between repetitions, from 1 to 6.", examples=[1]
    )
    by_month: Unordered[Month] = Field(
        (), description="The month of a YEARLY override, from 1 to 12. AWS accepts one value.", examples=[[12]]
    )
    by_month_day: Unordered[MonthDay] = Field(
        (),
        description="The day of the month, from 1 to 31, or -1 for the last day. AWS accepts one value.",
        examples=[[25], [-1]],
    )
    by_weekday_occurrence: Unordered[Occurrence] = Field(
        (),
        max_length=1,
        description="The position of the weekday in the month, from 1 to 4, or -1 for the last. It has one value.",
        examples=[[2], [-1]],
    )


class RecurrenceConfig(Spec):
    """How an override repeats."""

    recurrence_pattern: RecurrencePattern


class Override(Spec):
    """A period with other hours, such as a holiday."""

    name: Name = Field(
        description="The name of the override, unique among those of these hours.", examples=["Christmas"]
    )
    description: Lasting = Field("", description=LASTING_PURPOSE)
    config: Annotated[Unordered[OverrideOpening], Each()] = Field(
        max_length=100, description="The opening periods of these days, up to 100. An empty list means closed."
    )
    effective_from: Date = Field(description="The first day, YYYY-MM-DD.")
    effective_till: Date = Field(description="The last day, YYYY-MM-DD, which is included.")
    recurrence_config: Annotated[RecurrenceConfig | None, Clearable()] = Field(
        None, description="How the override repeats. Null means that it does not repeat."
    )
    override_type: Literal["STANDARD", "OPEN", "CLOSED"] = Field(
        "STANDARD",
        description="How the periods of the override combine with the regular ones.",
        json_schema_extra=meanings(
            STANDARD="The periods replace the regular ones.",
            OPEN="The periods are added to the regular ones.",
            CLOSED="The periods are removed from the regular ones.",
        ),
    )


class HoursOfOperation(Tagged):
    """The hours in which contacts are served, in one time zone."""

    name: Name = Field(description="The name of the hours of operation.", examples=["Weekdays"])
    description: Blankable = Field("", description=PURPOSE)
    time_zone: TimeZone = Field(description="The IANA time zone of all times, such as America/Toronto.")
    config: Annotated[Unordered[Opening], Each()] = Field(
        max_length=100, description="The opening periods of a regular week, up to 100. An empty list means closed."
    )
    parent_hours_of_operations: Annotated[
        Unordered[Annotated[str, RefTo("HoursOfOperation")]],
        AwsName("ParentHoursOfOperationConfigs", read="ParentHoursOfOperations"),
        Each(),
    ] = Field(
        (),
        max_length=3,
        description="Names of up to 3 hours of operation whose overrides apply here too.",
        examples=[["National holidays"]],
    )
    overrides: Annotated[tuple[Override, ...], Keyed()] = Field(
        (), description="Days with other hours, such as holidays."
    )


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


class HoursOfOperationKind(Kind[HoursOfOperation]):
    spec = HoursOfOperation
    service = CONNECT
    identity = Identity("HoursOfOperationId")
    reading = Reading(
        search=Listing("SearchHoursOfOperations", "HoursOfOperations", {"MaxResults": 100}),
        lookup=Listing("ListHoursOfOperations", "HoursOfOperationSummaryList", {"MaxResults": 1000}),
        describe=("DescribeHoursOfOperation", "HoursOfOperation"),
    )
    writing = Writing(
        create="CreateHoursOfOperation",
        delete="DeleteHoursOfOperation",
        updates=(Update("UpdateHoursOfOperation", ("name", "description", "time_zone", "config")),),
        sets=(
            Set(
                "parent_hours_of_operations",
                add="AssociateHoursOfOperations",
                remove="DisassociateHoursOfOperations",
                removed="ParentHoursOfOperationIds",
                batch=3,
                born=3,
                most=3,
            ),
        ),
    )
    ordering = Ordering(keeps_alive=frozenset({"parent_hours_of_operations"}))
    parts = Parts(
        field="overrides",
        listing=Listing("ListHoursOfOperationOverrides", "HoursOfOperationOverrideList", {"MaxResults": 100}),
        bulk=Listing("SearchHoursOfOperationOverrides", "HoursOfOperationOverrides", {"MaxResults": 100}),
        create="CreateHoursOfOperationOverride",
        update="UpdateHoursOfOperationOverride",
        delete="DeleteHoursOfOperationOverride",
        id_param="HoursOfOperationOverrideId",
        has_id=True,
    )
    quotas = (
        Quota("hours of operation", "instance", items="hours of operation", service="connect", code="L-20CD02F7"),
    )

    def read_field(self, field: str, value: Any) -> Any:
        return _with_times(field, value, _clock)

    def write_field(self, field: str, value: Any) -> Any:
        if field == "parent_hours_of_operations":
            return [{"HoursOfOperationId": id} for id in value]
        return _with_times(field, value, _time)

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return problems(declared)

    def outdated(self, declared: Mapping[str, Any], today: date) -> Iterator[Problem]:
        return past_overrides(declared, today)


def _with_times(field: str, value: Any, form: Callable[[Any], Any]) -> Any:
    match field:
        case "config":
            return [_opening(opening, form) for opening in value]
        case "overrides":
            return [
                {**override, "Config": _with_times("config", override.get("Config", ()), form)} for override in value
            ]
        case _:
            return value


def _opening(opening: Mapping[str, Any], form: Callable[[Any], Any]) -> dict[str, Any]:
    times = {end: form(opening[end]) for end in ("StartTime", "EndTime") if opening.get(end) is not None}
    return {**opening, **times}


def _clock(time: Mapping[str, int]) -> str:
    return f"{time['Hours']:02}:{time['Minutes']:02}"


def _time(clock: str) -> dict[str, int]:
    hours, minutes = clock.split(":")
    return {"Hours": int(hours), "Minutes": int(minutes)}
