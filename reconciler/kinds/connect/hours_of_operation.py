"""The HoursOfOperation kind: the regular week in which contacts are served, and overrides for other days.

AWS writes a time as `{Hours, Minutes}`, a manifest as "09:30".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from reconciler.environment import Quotas
from reconciler.kinds.base import Kind
from reconciler.kinds.connect import hours_rules
from reconciler.kinds.connect.hours_spec import HoursOfOperation
from reconciler.kinds.verbs import Listing, Members, Parts, Update
from reconciler.model import Problem, WrittenRecords


class HoursOfOperationKind(Kind[HoursOfOperation]):
    spec = HoursOfOperation
    id_param = "HoursOfOperationId"
    search = Listing("SearchHoursOfOperations", "HoursOfOperations", {"MaxResults": 100})
    lookup = Listing("ListHoursOfOperations", "HoursOfOperationSummaryList", {"MaxResults": 1000})
    describe = ("DescribeHoursOfOperation", "HoursOfOperation")
    create = "CreateHoursOfOperation"
    delete = "DeleteHoursOfOperation"
    holds = frozenset({"parent_hours_of_operations"})
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

    def outdated(self, declared: Mapping[str, Any], today: date) -> Iterator[Problem]:
        return hours_rules.past_overrides(declared, today)


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
