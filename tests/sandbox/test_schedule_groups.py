"""EventBridge Scheduler: groups, their tags, how they are listed, and how they go."""

from __future__ import annotations

import pytest

from reconciler.sandbox import Control

from .calls import refused
from .scheduling import CONFLICT, GROUP_ARN, INVALID, MISSING, Account, schedule


def test_a_second_group_of_one_name_is_a_conflict(aws: Account) -> None:
    assert aws.scheduler.create_schedule_group(Name="g")["ScheduleGroupArn"] == f"{GROUP_ARN}/g"

    assert refused(lambda: aws.scheduler.create_schedule_group(Name="g")) == CONFLICT
    assert refused(lambda: aws.scheduler.create_schedule_group(Name="default")) == CONFLICT


def test_a_group_is_deleting_for_a_call_and_takes_its_schedules_along(aws: Account) -> None:
    aws.scheduler.create_schedule_group(Name="g")
    aws.create(GroupName="g")

    aws.scheduler.delete_schedule_group(Name="g")

    assert aws.scheduler.get_schedule_group(Name="g")["State"] == "DELETING"
    assert refused(lambda: aws.scheduler.get_schedule_group(Name="g")) == MISSING
    assert aws.names() == []


def test_the_time_that_a_deletion_takes_is_a_setting(aws: Account, sandbox: Control) -> None:
    sandbox.set_faults({"deletion": {"calls": 5}})
    aws.scheduler.create_schedule_group(Name="g")
    aws.create(GroupName="g")
    aws.scheduler.delete_schedule_group(Name="g")

    assert refused(lambda: aws.scheduler.create_schedule_group(Name="g")) == CONFLICT
    assert refused(lambda: aws.create("t", GroupName="g")) == CONFLICT
    assert refused(lambda: aws.scheduler.update_schedule(**schedule(GroupName="g"))) == CONFLICT
    assert refused(lambda: aws.scheduler.delete_schedule_group(Name="g")) == CONFLICT
    assert aws.names(GroupName="g") == ["s"]
    aws.scheduler.create_schedule_group(Name="g")
    assert aws.names(GroupName="g") == []


def test_the_default_group_is_there_and_stays(aws: Account) -> None:
    found = aws.scheduler.get_schedule_group(Name="default")

    assert (found["Arn"], found["State"]) == (f"{GROUP_ARN}/default", "ACTIVE")
    assert refused(lambda: aws.scheduler.delete_schedule_group(Name="default")) == INVALID


def test_groups_bear_tags(aws: Account) -> None:
    arn = aws.scheduler.create_schedule_group(Name="g", Tags=[{"Key": "a", "Value": "1"}])["ScheduleGroupArn"]
    aws.scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}])
    aws.scheduler.untag_resource(ResourceArn=arn, TagKeys=["b", "c"])

    assert aws.scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "2"}]


def test_schedules_bear_no_tags(aws: Account) -> None:
    arn = aws.create()["ScheduleArn"]

    assert refused(lambda: aws.scheduler.tag_resource(ResourceArn=arn, Tags=[])) == INVALID
    assert refused(lambda: aws.scheduler.list_tags_for_resource(ResourceArn=arn)) == INVALID


@pytest.mark.parametrize(
    "tags",
    [
        [{"Key": "aws:x", "Value": "1"}],
        [{"Key": "x", "Value": ""}],
        [{"Key": str(number), "Value": "1"} for number in range(51)],
    ],
)
def test_tags_that_aws_refuses(aws: Account, tags: list[dict[str, str]]) -> None:
    assert refused(lambda: aws.scheduler.create_schedule_group(Name="g", Tags=tags)) == INVALID
    assert refused(lambda: aws.scheduler.get_schedule_group(Name="g")) == MISSING


def test_lists_are_filtered_and_come_in_pages(aws: Account, sandbox: Control) -> None:
    for number in range(5):
        aws.create(f"a{number}", State="DISABLED" if number == 0 else "ENABLED")
        aws.scheduler.create_schedule_group(Name=f"g{number}")
    aws.create("b")
    sandbox.set_faults({"emptyPage": {"every": 2, "operations": ["scheduler:ListSchedules"]}, "pageCap": 2})

    pages = aws.scheduler.get_paginator("list_schedules").paginate(NamePrefix="a")
    groups = aws.scheduler.get_paginator("list_schedule_groups").paginate(NamePrefix="g")

    assert [found["Name"] for page in pages for found in page["Schedules"]] == ["a0", "a1", "a2", "a3", "a4"]
    assert len([group for page in groups for group in page["ScheduleGroups"]]) == 5
    sandbox.set_faults({})
    assert aws.names(State="DISABLED") == ["a0"]
    assert refused(lambda: aws.names(NextToken="x")) == INVALID
