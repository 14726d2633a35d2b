"""Hours of operation, their parents and their overrides."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .administrative import DATES, HERE, HOURS, MONDAYS, OVERRIDE, add_hours, add_queue
from .calls import INVALID, INVALID_REQUEST, MISSING, refused


def parents(client: Any, hours: str) -> list[str]:
    return [parent["Name"] for parent in HOURS.described(client, hours).get("ParentHoursOfOperations", [])]


def link(*ids: str) -> list[dict[str, str]]:
    return [{"HoursOfOperationId": id} for id in ids]


def test_an_update_may_blank_the_description_a_creation_may_not(connect: Any) -> None:
    """Service model: the shapes of the two differ."""
    hours = add_hours(connect)

    connect.update_hours_of_operation(**HERE, HoursOfOperationId=hours, Description="")

    assert "Description" not in HOURS.described(connect, hours)
    assert refused(lambda: add_hours(connect, "Other", Description="")) == INVALID


def test_empty_hours_are_shown_as_given(connect: Any) -> None:
    assert HOURS.described(connect, add_hours(connect, Config=[]))["Config"] == []


@pytest.mark.parametrize("zone", ["Nowhere/Land", ""])
def test_an_unknown_time_zone_is_refused(connect: Any, zone: str) -> None:
    """Inferred."""
    assert refused(lambda: add_hours(connect, TimeZone=zone)) == INVALID
    call = {"HoursOfOperationId": add_hours(connect), "TimeZone": zone}
    assert refused(lambda: connect.update_hours_of_operation(**HERE, **call)) == INVALID


def test_hours_in_use_stay_unless_switched(sandbox: Control, connect: Any) -> None:
    """The operation does not model ResourceInUseException, though the error's text names it: inferred, a switch."""
    hours = add_hours(connect)
    add_queue(connect, HoursOfOperationId=hours)

    assert refused(lambda: HOURS.delete(connect, hours)) == INVALID_REQUEST
    sandbox.set_faults({"switches": {"hoursInUse": "deleted"}})
    HOURS.delete(connect, hours)
    assert refused(lambda: HOURS.described(connect, hours)) == MISSING


def test_hours_with_children_stay(connect: Any) -> None:
    """Inferred."""
    parent = add_hours(connect, "Parent")
    child = add_hours(connect, "Child", ParentHoursOfOperationConfigs=link(parent))

    assert refused(lambda: HOURS.delete(connect, parent)) == INVALID_REQUEST
    HOURS.delete(connect, child)
    HOURS.delete(connect, parent)


def test_parents_come_and_go_by_id_or_arn(connect: Any) -> None:
    """Service model: the texts speak of ARNs, the members of identifiers."""
    ids = [add_hours(connect, f"P{number}") for number in range(3)]
    child = add_hours(connect, "Child", ParentHoursOfOperationConfigs=link(ids[0]))
    arn = HOURS.described(connect, ids[1])["HoursOfOperationArn"]

    connect.associate_hours_of_operations(
        **HERE, HoursOfOperationId=child, ParentHoursOfOperationConfigs=link(arn, ids[2])
    )
    connect.disassociate_hours_of_operations(**HERE, HoursOfOperationId=child, ParentHoursOfOperationIds=[ids[0], arn])

    assert parents(connect, child) == ["P2"]
    listed = connect.list_child_hours_of_operations(**HERE, HoursOfOperationId=ids[2])
    assert [row["Id"] for row in listed["ChildHoursOfOperationsSummaryList"]] == [child]


def test_a_fourth_parent_exceeds_the_quota(connect: Any) -> None:
    ids = [add_hours(connect, f"P{number}") for number in range(4)]
    child = add_hours(connect, "Child", ParentHoursOfOperationConfigs=link(*ids[:3]))
    call = {"HoursOfOperationId": child, "ParentHoursOfOperationConfigs": link(ids[3])}

    assert refused(lambda: connect.associate_hours_of_operations(**HERE, **call)) == (
        "ServiceQuotaExceededException",
        402,
    )


def test_hours_are_not_their_own_parent(connect: Any) -> None:
    """Inferred."""
    hours = add_hours(connect)
    call = {"HoursOfOperationId": hours, "ParentHoursOfOperationConfigs": link(hours)}

    assert refused(lambda: connect.associate_hours_of_operations(**HERE, **call)) == INVALID_REQUEST


def test_an_update_keeps_or_loses_what_it_leaves_out(sandbox: Control, connect: Any) -> None:
    """The documentation is silent: a switch. Members that a creation requires stay."""
    hours = add_hours(connect)
    call = {"HoursOfOperationId": hours, "Name": "New"}

    connect.update_hours_of_operation(**HERE, **call)
    kept = HOURS.described(connect, hours)
    sandbox.set_faults({"switches": {"leftOutMembers": "reset"}})
    connect.update_hours_of_operation(**HERE, **call)
    lost = HOURS.described(connect, hours)

    assert kept["Description"] == "d"
    assert "Description" not in lost
    assert (lost["TimeZone"], lost["Config"]) == ("Europe/Berlin", MONDAYS)


def test_overrides_belong_to_their_hours(connect: Any) -> None:
    mine, others = add_hours(connect, "Mine"), add_hours(connect, "Others")
    members = {"Name": "Holiday", "Config": [], **DATES}
    make = connect.create_hours_of_operation_override
    id = make(**HERE, HoursOfOperationId=mine, **members)["HoursOfOperationOverrideId"]
    make(**HERE, HoursOfOperationId=others, **members)

    def described(hours: str) -> Any:
        return connect.describe_hours_of_operation_override(
            **HERE, HoursOfOperationId=hours, HoursOfOperationOverrideId=id
        )["HoursOfOperationOverride"]

    listed = connect.list_hours_of_operation_overrides(**HERE, HoursOfOperationId=mine)
    assert [row["HoursOfOperationOverrideId"] for row in listed["HoursOfOperationOverrideList"]] == [id]
    assert described(mine)["HoursOfOperationArn"].endswith(f"/operating-hours/{mine}")
    assert described(mine)["OverrideType"] == "STANDARD"
    assert refused(lambda: described(others)) == MISSING
    HOURS.delete(connect, mine)
    assert [row["HoursOfOperationId"] for row in OVERRIDE.searched(connect)] == [others]


@pytest.mark.parametrize(
    "wrong",
    [
        {"EffectiveFrom": "2026-02-30"},
        {"EffectiveFrom": "2027-01-01"},
        {"EffectiveTill": "soon"},
    ],
)
def test_overrides_are_on_days_of_the_calendar(connect: Any, wrong: dict[str, str]) -> None:
    """Inferred, beyond the pattern."""
    assert refused(lambda: OVERRIDE.make(connect, "Holiday", **wrong)) == INVALID
    id = OVERRIDE.make(connect, "Holiday")
    assert refused(lambda: OVERRIDE.change(connect, id, OVERRIDE.rename, **wrong)) == INVALID


@pytest.mark.parametrize(
    ("pattern", "is_fine"),
    [
        ({"Frequency": "YEARLY", "Interval": 1, "ByMonth": [12], "ByMonthDay": [25]}, True),
        ({"Frequency": "MONTHLY", "Interval": 1, "ByWeekdayOccurrence": [-1]}, True),
        ({"Frequency": "YEARLY", "Interval": 1, "ByMonth": [1, 2]}, False),
        ({"Frequency": "MONTHLY", "Interval": 1, "ByMonth": [1]}, False),
        ({"Frequency": "WEEKLY", "Interval": 1, "ByMonthDay": [1]}, False),
        ({"Frequency": "MONTHLY", "Interval": 1, "ByMonthDay": [1], "ByWeekdayOccurrence": [1]}, False),
    ],
)
def test_recurrences_say_one_thing(connect: Any, pattern: dict[str, Any], is_fine: bool) -> None:
    """Service model, in words."""
    recurrence = {"RecurrencePattern": pattern}
    call = lambda: OVERRIDE.make(connect, "Holiday", RecurrenceConfig=recurrence)  # noqa: E731

    if is_fine:
        assert OVERRIDE.described(connect, call())["RecurrenceConfig"] == recurrence
    else:
        assert refused(call) == INVALID


def test_overrides_are_searched_by_date(connect: Any) -> None:
    """The names of the fields are inferred."""
    OVERRIDE.make(connect, "This year")
    OVERRIDE.make(connect, "Next year", EffectiveFrom="2027-01-01", EffectiveTill="2027-01-01")

    def found(field: str, comparison: str, value: str) -> list[str]:
        condition = {"FieldName": field, "Value": value, "ComparisonType": comparison}
        rows = OVERRIDE.searched(connect, SearchCriteria={"DateCondition": condition})
        return [row["Name"] for row in rows]

    assert found("EffectiveFrom", "GREATER_THAN", "2026-12-31") == ["Next year"]
    assert found("effectiveTill", "LESS_THAN_OR_EQUAL_TO", "2026-12-26") == ["This year"]
    assert refused(lambda: found("Name", "EQUAL_TO", "2026-12-26")) == INVALID


def test_an_override_falls_back_to_the_standard_type_where_left_out_members_are_lost(
    sandbox: Control, connect: Any
) -> None:
    id = OVERRIDE.make(connect, "Holiday")
    sandbox.set_faults({"switches": {"leftOutMembers": "reset"}})

    OVERRIDE.change(connect, id, OVERRIDE.rename, Name="Other")

    found = OVERRIDE.described(connect, id)
    assert (found["OverrideType"], "Description" in found, found["EffectiveTill"]) == ("STANDARD", False, "2026-12-26")
