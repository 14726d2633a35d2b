"""The spec of hours of operation: the ordinary week, and the days that are unlike the others."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.connect.words import FOR_WHAT, LASTING, Blankable, Clock, Date, Day, Lasting, Name, Tagged
from reconciler.model import AwsName, Clearable, Each, Keyed, RefTo, Spec, Unordered

Month = Annotated[int, Field(ge=1, le=12)]
MonthDay = Annotated[int, Field(ge=-1, le=31)]
Occurrence = Annotated[int, Field(ge=-1, le=4)]


class Opening(Spec):
    """One stretch of one day; from 00:00 to 00:00 is all day."""

    day: Day = Field(description="The day of the week.")
    start_time: Clock
    end_time: Clock


class OverrideOpening(Spec):
    """One stretch of a day that is unlike the others."""

    day: Day | None = Field(None, description="The day of the week.")
    start_time: Clock | None = None
    end_time: Clock | None = None


class RecurrencePattern(Spec):
    """On which days of which months it comes again."""

    frequency: Literal["WEEKLY", "MONTHLY", "YEARLY"] = Field(description="How often.")
    interval: int = Field(ge=1, le=6, description="Every how many of them.")
    by_month: Unordered[Month] = Field((), description="In which months.")
    by_month_day: Unordered[MonthDay] = Field((), description="On which days of the month; -1 is the last.")
    by_weekday_occurrence: Unordered[Occurrence] = Field(
        (), max_length=1, description="On which of the month's weekdays; -1 is the last."
    )


class RecurrenceConfig(Spec):
    """How it comes again."""

    recurrence_pattern: RecurrencePattern


class Override(Spec):
    """Days that are unlike the others: a holiday, a long weekend."""

    name: Name = Field(description="Unique among the overrides of these hours.")
    description: Lasting = Field("", description=LASTING)
    config: Annotated[Unordered[OverrideOpening], Each()] = Field(
        max_length=100, description="When contacts are served on these days; none at all: never."
    )
    effective_from: Date = Field(description="First day, YYYY-MM-DD.")
    effective_till: Date = Field(description="Last day, YYYY-MM-DD.")
    recurrence_config: Annotated[RecurrenceConfig | None, Clearable()] = Field(
        None, description="How it comes again; null: it does not."
    )
    override_type: Literal["STANDARD", "OPEN", "CLOSED"] = Field(
        "STANDARD", description="Whether its times replace the ordinary ones, are added to them, or are taken out."
    )


class HoursOfOperation(Tagged):
    """When contacts are served, in one time zone."""

    name: Name
    description: Blankable = Field("", description=FOR_WHAT)
    time_zone: str = Field(description="The IANA zone of the times.")
    config: Annotated[Unordered[Opening], Each()] = Field(max_length=100, description="When contacts are served.")
    parent_hours_of_operations: Annotated[
        Unordered[Annotated[str, RefTo("HoursOfOperation")]],
        AwsName("ParentHoursOfOperationConfigs", read="ParentHoursOfOperations"),
        Each(),
    ] = Field((), max_length=3, description="Hours whose overrides hold here too.")
    overrides: Annotated[tuple[Override, ...], Keyed()] = Field((), description="Days that are unlike the others.")
