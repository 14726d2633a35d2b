"""Instances: how they come to be, and how they go."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID, Control

from .administrative import QUEUE, add_instance
from .calls import INVALID_REQUEST, MISSING, QUOTA, make, refused
from .clocks import Clock

DAY = 24 * 3600.0


def status(client: Any, id: str) -> str:
    return str(client.describe_instance(InstanceId=id)["Instance"]["InstanceStatus"])


def test_an_instance_is_in_progress_before_it_is_active(sandbox: Control, connect: Any) -> None:
    """Service model: asynchronous. For how long is a fault; nothing can be done to it before [inferred]."""
    sandbox.set_faults({"creation": {"calls": 4}})

    id = add_instance(connect, Tags={"team": "a"})

    assert status(connect, id) == "CREATION_IN_PROGRESS"
    assert refused(lambda: connect.list_queues(InstanceId=id)) == INVALID_REQUEST
    assert connect.list_phone_numbers_v2(InstanceId=id)["ListPhoneNumbersSummaryList"] == []
    listed = connect.list_instances()["InstanceSummaryList"]
    assert [row["InstanceStatus"] for row in listed] == ["ACTIVE", "CREATION_IN_PROGRESS"]
    found = connect.describe_instance(InstanceId=id)["Instance"]
    assert (found["InstanceStatus"], found["InstanceAlias"], found["Tags"]) == ("ACTIVE", "second", {"team": "a"})
    assert (found["InboundCallsEnabled"], found["OutboundCallsEnabled"]) == (True, False)
    assert [row["Name"] for row in connect.list_queues(InstanceId=id)["QueueSummaryList"]] == ["BasicQueue"]
    assert sandbox.stats()["faults"]["creation"] == 4


def test_a_new_instance_takes_a_call_even_without_the_fault(connect: Any) -> None:
    id = add_instance(connect)

    assert [status(connect, id), status(connect, id)] == ["CREATION_IN_PROGRESS", "ACTIVE"]


def test_a_failed_instance_is_shown_for_a_day(clock: Clock, later: Control, client: Any) -> None:
    """Service model: with its reason, for 24 hours after CreateInstance; both Describe and List obey."""
    later.set_faults({"creation": {"calls": 1, "fails": "no directory"}})
    id = add_instance(client)
    assert status(client, id) == "CREATION_IN_PROGRESS"

    clock.now += DAY - 1
    found = client.describe_instance(InstanceId=id)["Instance"]
    listed = client.list_instances()["InstanceSummaryList"]
    clock.now += 1

    assert (found["InstanceStatus"], found["StatusReason"]) == ("CREATION_FAILED", {"Message": "no directory"})
    assert {row["InstanceStatus"] for row in listed} == {"ACTIVE", "CREATION_FAILED"}
    assert refused(lambda: client.describe_instance(InstanceId=id)) == MISSING
    assert [row["Id"] for row in client.list_instances()["InstanceSummaryList"]] == [INSTANCE_ID]
    add_instance(client)


def test_an_alias_is_taken_whatever_its_case(sandbox: Control, connect: Any) -> None:
    """Inferred; the model has no error for it."""
    assert refused(lambda: add_instance(connect, "SANDBOX")) == INVALID_REQUEST


def test_two_instances_an_account(sandbox: Control, connect: Any) -> None:
    """Service quotas page."""
    add_instance(connect, "second")

    assert refused(lambda: add_instance(connect, "third")) == QUOTA
    sandbox.set_faults({"quotas": {"instances": 3}})
    add_instance(connect, "third")


def test_creations_and_deletions_of_30_days_are_limited_together(clock: Clock, later: Control, client: Any) -> None:
    """Service model; the errors are inferred."""
    later.set_faults({"quotas": {"instanceChanges": 2}})
    client.delete_instance(InstanceId=add_instance(client))

    assert refused(lambda: add_instance(client)) == QUOTA
    assert refused(lambda: client.delete_instance(InstanceId=INSTANCE_ID)) == INVALID_REQUEST
    clock.now += 30 * DAY
    add_instance(client)


def test_a_deleted_instance_takes_everything_along(connect: Any) -> None:
    """Admin guide."""
    make(connect)
    connect.tag_resource(resourceArn=INSTANCE_ARN, tags={"a": "b"})

    connect.delete_instance(InstanceId=INSTANCE_ARN)

    assert refused(lambda: connect.describe_instance(InstanceId=INSTANCE_ID)) == MISSING
    assert refused(lambda: connect.list_data_tables(InstanceId=INSTANCE_ID)) == MISSING
    assert refused(lambda: QUEUE.listed(connect)) == MISSING
    assert refused(lambda: connect.list_tags_for_resource(resourceArn=INSTANCE_ARN)) == MISSING


def test_an_existing_directory_has_an_id(connect: Any) -> None:
    """Inferred: the model requires no member for it."""
    existing = {"IdentityManagementType": "EXISTING_DIRECTORY"}

    assert refused(lambda: add_instance(connect, **existing)) == INVALID_REQUEST
    add_instance(connect, **existing, DirectoryId="d-0123456789")


def test_tags_of_an_instance_are_one_truth_with_describe(connect: Any) -> None:
    connect.tag_resource(resourceArn=INSTANCE_ARN, tags={"a": "b", "c": "d"})
    connect.untag_resource(resourceArn=INSTANCE_ARN, tagKeys=["a"])

    found = connect.describe_instance(InstanceId=INSTANCE_ID)["Instance"]["Tags"]

    assert found == connect.list_tags_for_resource(resourceArn=INSTANCE_ARN)["tags"] == {"c": "d"}


def test_instances_come_ten_a_page(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"quotas": {"instances": 12}})
    for number in range(11):
        add_instance(connect, f"a{number}")

    first = connect.list_instances()
    second = connect.list_instances(NextToken=first["NextToken"])

    assert [len(page["InstanceSummaryList"]) for page in (first, second)] == [10, 2]
