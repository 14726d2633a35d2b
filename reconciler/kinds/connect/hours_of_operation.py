"""Hours of operation: when contacts are served, and the days that are unlike the others.

AWS keeps a time as `{Hours, Minutes}`; the manifest says "09:30".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.environment import Quotas
from reconciler.kinds.base import Kind
from reconciler.kinds.connect import hours_rules
from reconciler.kinds.connect.words import FOR_WHAT, Blankable, Clock, Lasting, Name, Tagged
from reconciler.kinds.tables import Listing, Members, Parts, Update
from reconciler.model import AwsName, Each, Keyed, Problem, RefTo, Spec, Unordered, WrittenRecords

Day = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Opening(Spec):
    """One stretch of one day; from 00:00 to 00:00 is all day."""

    day: Day
    start_time: Clock = Field(description="HH:MM.")
    end_time: Clock = Field(description="HH:MM.")


class OverrideOpening(Spec):
    day: Day | None = None
    start_time: Clock | None = Field(None, description="HH:MM.")
    end_time: Clock | None = Field(None, description="HH:MM.")


class RecurrencePattern(Spec):
    frequency: Literal["WEEKLY", "MONTHLY", "YEARLY"]
    interval: int = Field(ge=1, le=6)
    by_month: Unordered[Annotated[int, Field(ge=1, le=12)]] = ()
    by_month_day: Unordered[Annotated[int, Field(ge=-1, le=31)]] = ()
    by_weekday_occurrence: Annotated[Unordered[Annotated[int, Field(ge=-1, le=4)]], Field(max_length=1)] = ()


class RecurrenceConfig(Spec):
    recurrence_pattern: RecurrencePattern


class Override(Spec):
    """Days that are unlike the others: a holiday, a long weekend."""

    name: Annotated[str, Field(min_length=1, max_length=127)]
    description: Lasting = Field("", description=FOR_WHAT)
    config: Annotated[Unordered[OverrideOpening], Field(max_length=100), Each()] = Field(
        description="When contacts are served on these days; none at all: never."
    )
    effective_from: Date = Field(description="First day, YYYY-MM-DD.")
    effective_till: Date = Field(description="Last day, YYYY-MM-DD.")
    recurrence_config: RecurrenceConfig | None = Field(None, description="How it comes again.")
    override_type: Literal["STANDARD", "OPEN", "CLOSED"] = "STANDARD"


class HoursOfOperation(Tagged):
    """When contacts are served, in one time zone."""

    name: Name
    description: Blankable = Field("", description=FOR_WHAT)
    time_zone: str = Field(description="The IANA zone of the times.")
    config: Annotated[Unordered[Opening], Field(max_length=100), Each()] = Field(description="When it is open.")
    parent_hours_of_operations: Annotated[
        Unordered[Annotated[str, RefTo("HoursOfOperation")]],
        AwsName("ParentHoursOfOperationConfigs", read="ParentHoursOfOperations"),
        Each(),
    ] = Field((), max_length=3, description="Hours whose overrides hold here too.")
    overrides: Annotated[tuple[Override, ...], Keyed()] = Field((), description="Days that are unlike the others.")


class HoursOfOperationKind(Kind[HoursOfOperation]):
    spec = HoursOfOperation
    id_param = "HoursOfOperationId"
    search = Listing("SearchHoursOfOperations", "HoursOfOperations", {"MaxResults": 100})
    lookup = Listing("ListHoursOfOperations", "HoursOfOperationSummaryList", {"MaxResults": 1000})
    describe = ("DescribeHoursOfOperation", "HoursOfOperation")
    create = "CreateHoursOfOperation"
    delete = "DeleteHoursOfOperation"
    updates = (Update("UpdateHoursOfOperation", ("name", "description", "time_zone", "config")),)
    members = (
        Members(
            "parent_hours_of_operations",
            add="AssociateHoursOfOperations",
            remove="DisassociateHoursOfOperations",
            removed="ParentHoursOfOperationIds",
            batch=3,
            born=3,
            most=3,
        ),
    )
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

    def read_field(self, field: str, value: Any) -> Any:
        return _with_times(field, value, _clock)

    def write_field(self, field: str, value: Any) -> Any:
        if field == "parent_hours_of_operations":
            return [{"HoursOfOperationId": id} for id in value]
        return _with_times(field, value, _time)

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return hours_rules.problems(declared)


def _with_times(field: str, value: Any, form: Callable[[Any], Any]) -> Any:
    match field:
        case "config":
            return [_opening(opening, form) for opening in value]
        case "overrides":
            return [{**each, "Config": _with_times("config", each.get("Config", ()), form)} for each in value]
        case _:
            return value


def _opening(said: Mapping[str, Any], form: Callable[[Any], Any]) -> dict[str, Any]:
    times = {end: form(said[end]) for end in ("StartTime", "EndTime") if said.get(end) is not None}
    return {**said, **times}


def _clock(time: Mapping[str, int]) -> str:
    return f"{time['Hours']:02}:{time['Minutes']:02}"


def _time(clock: str) -> dict[str, int]:
    hours, minutes = clock.split(":")
    return {"Hours": int(hours), "Minutes": int(minutes)}
