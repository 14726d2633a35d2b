"""The spec of hours of operation: the regular week, and the overrides for other days."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.connect.words import (
    LASTING_PURPOSE,
    PURPOSE,
    Blankable,
    Clock,
    Date,
    Day,
    Lasting,
    Name,
    Tagged,
    TimeZone,
)
from reconciler.kinds.draft7 import meanings
from reconciler.model import AwsName, Clearable, Each, Keyed, RefTo, Spec, Unordered

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
