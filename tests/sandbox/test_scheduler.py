"""EventBridge Scheduler: schedules, what AWS checks and fills in, and the roles that run them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, REGION, Control
from tests.cli.running import Server

from .calls import refused, words_of
from .scheduling import CONFLICT, FUNCTION, GROUP_ARN, INVALID, MISSING, ROLE, UNTRUSTED, Account, schedule, trust


def test_a_schedule_shows_what_it_was_given_and_the_defaults(aws: Account) -> None:
    arn = aws.create(target={"Input": '{"a": 1}'})["ScheduleArn"]

    found = aws.get()
    assert arn == found.pop("Arn") == f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/s"
    assert found.pop("CreationDate") == found.pop("LastModificationDate")
    assert found == {
        "Name": "s",
        "GroupName": "default",
        "ScheduleExpression": "rate(1 hour)",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": "ENABLED",
        "ActionAfterCompletion": "NONE",
        "Target": {
            "Arn": FUNCTION,
            "RoleArn": ROLE,
            "Input": '{"a": 1}',
            "RetryPolicy": {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185},
        },
    }


def test_an_update_replaces_everything_and_returns_the_rest_to_its_defaults(aws: Account) -> None:
    retries = {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60}
    dead = {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}
    aws.create(
        Description="before",
        State="DISABLED",
        ScheduleExpressionTimezone="America/New_York",
        ActionAfterCompletion="DELETE",
        FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
        target={"Input": "{}", "RetryPolicy": retries, "DeadLetterConfig": dead},
    )
    before = aws.get()

    aws.scheduler.update_schedule(**schedule(ScheduleExpression="cron(0 10 ? * MON-FRI *)"))

    after = aws.get()
    assert before["Target"]["RetryPolicy"] == retries
    assert "Description" not in after
    assert after["ScheduleExpression"] == "cron(0 10 ? * MON-FRI *)"
    assert (after["State"], after["ScheduleExpressionTimezone"]) == ("ENABLED", "UTC")
    assert (after["ActionAfterCompletion"], after["FlexibleTimeWindow"]) == ("NONE", {"Mode": "OFF"})
    assert after["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
    assert {"Input", "DeadLetterConfig"}.isdisjoint(after["Target"])
    assert after["CreationDate"] == before["CreationDate"]


def test_a_partial_retry_policy_keeps_the_other_default(aws: Account) -> None:
    aws.create(target={"RetryPolicy": {"MaximumRetryAttempts": 0}})

    assert aws.get()["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 0}


def test_a_flexible_window_needs_its_length(aws: Account, sandbox: Control) -> None:
    off = {"Mode": "OFF", "MaximumWindowInMinutes": 5}

    assert refused(lambda: aws.create(FlexibleTimeWindow={"Mode": "FLEXIBLE"})) == INVALID
    assert refused(lambda: aws.create(FlexibleTimeWindow=off)) == INVALID
    sandbox.set_faults({"switches": {"windowWhenOff": "accepted"}})
    aws.create(FlexibleTimeWindow=off)


@pytest.mark.parametrize(
    "arn",
    [
        FUNCTION,
        f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m",
        f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default",
        "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
    ],
)
def test_targets_that_read_json_get_json(aws: Account, arn: str) -> None:
    """Service model: of templated Lambda, Step Functions and EventBridge targets; user guide: of universal ones."""
    assert refused(lambda: aws.create(target={"Arn": arn, "Input": "plain text"})) == INVALID
    aws.create(target={"Arn": arn, "Input": '{"time": "<aws.scheduler.scheduled-time>"}'})


def test_a_queue_gets_any_text(aws: Account) -> None:
    aws.create(target={"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", "Input": "plain text"})

    assert aws.get()["Target"]["Input"] == "plain text"


def test_an_input_has_up_to_256_kilobytes(aws: Account) -> None:
    longest = {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q", "Input": "x" * 262_144}

    aws.create(target=longest)

    assert refused(lambda: aws.create("t", target=longest | {"Input": "x" * 262_145})) == INVALID


@pytest.mark.parametrize(
    "members",
    [
        {"Name": "has blank"},
        {"Name": "x" * 65},
        {"State": "PAUSED"},
        {"Description": "x" * 513},
        {"ActionAfterCompletion": "SHOUT"},
        {"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1441}},
        {"target": {"RetryPolicy": {"MaximumRetryAttempts": 186}}},
        {"target": {"RetryPolicy": {"MaximumEventAgeInSeconds": 59}}},
        {"target": {"DeadLetterConfig": {"Arn": "arn:aws:sns:us-east-1:111122223333:t"}}},
        {"target": {"RoleArn": "scheduler"}},
        {"target": {"Arn": "f"}},
        {"target": {"Arn": "arn:aws:scheduler:us-east-1:111122223333:schedule/default/s"}},
        {"Target": {"Arn": FUNCTION}},
    ],
)
def test_requests_that_break_the_model_are_refused(aws: Account, members: dict[str, Any]) -> None:
    assert refused(lambda: aws.create(**{"name": members.pop("Name", "s"), **members})) == INVALID


def test_a_start_long_ago_and_an_end_before_the_start_are_refused(aws: Account) -> None:
    assert refused(lambda: aws.create(StartDate=1_000_000_000)) == INVALID
    assert refused(lambda: aws.create(StartDate=4_000_000_000, EndDate=3_900_000_000)) == INVALID
    aws.create(StartDate=4_000_000_000, EndDate=4_100_000_000)
    assert aws.get()["EndDate"].timestamp() == 4_100_000_000


def test_the_role_must_exist_and_trust_scheduler(aws: Account) -> None:
    aws.iam.create_role(RoleName="other", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))
    prefix = ROLE.removesuffix("scheduler")

    for name in ("other", "none"):
        assert words_of(lambda name=name: aws.create(target={"RoleArn": prefix + name})) == UNTRUSTED
    aws.iam.update_assume_role_policy(RoleName="other", PolicyDocument=trust())
    aws.create(target={"RoleArn": prefix + "other"})


@pytest.mark.parametrize(
    ("condition", "is_trusted"),
    [
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"StringEquals": {"AWS:sourceAccount": [ACCOUNT, "444455556666"]}}, True),
        ({"StringEquals": {"aws:SourceAccount": "444455556666"}}, False),
        ({"ArnEquals": {"aws:SourceArn": f"{GROUP_ARN}/g"}}, True),
        ({"StringEquals": {"aws:SourceArn": f"{GROUP_ARN}/default"}}, False),
        ({"ArnLike": {"aws:SourceArn": f"{GROUP_ARN}/*"}}, True),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/g/s"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"Bool": {"aws:SourceAccount": ACCOUNT}}, False),
    ],
)
def test_conditions_of_the_trust_policy_are_about_the_group(
    aws: Account, condition: dict[str, Any], is_trusted: bool
) -> None:
    """User guide: the source is the ARN of the schedule's group, never that of a schedule."""
    aws.scheduler.create_schedule_group(Name="g")
    aws.iam.create_role(RoleName="narrow", AssumeRolePolicyDocument=trust(Condition=condition))
    create = schedule(GroupName="g", target={"RoleArn": ROLE.replace("scheduler", "narrow")})

    if is_trusted:
        aws.scheduler.create_schedule(**create)
    else:
        assert words_of(lambda: aws.scheduler.create_schedule(**create)) == UNTRUSTED


def test_a_denial_in_the_trust_policy_wins(aws: Account) -> None:
    allow = json.loads(trust())["Statement"][0]
    both = json.dumps({"Version": "2012-10-17", "Statement": [allow, allow | {"Effect": "Deny"}]})
    aws.iam.update_assume_role_policy(RoleName="scheduler", PolicyDocument=both)

    assert words_of(aws.create) == UNTRUSTED


def test_a_new_role_is_unknown_for_some_calls(aws: Account, sandbox: Control) -> None:
    """Terraform retries on these words for two minutes."""
    sandbox.set_faults({"propagation": {"calls": 2}})
    aws.iam.create_role(RoleName="new", AssumeRolePolicyDocument=trust())
    create = schedule(target={"RoleArn": ROLE.replace("scheduler", "new")})

    for _ in range(2):
        assert words_of(lambda: aws.scheduler.create_schedule(**create)) == UNTRUSTED
    aws.scheduler.create_schedule(**create)
    assert sandbox.stats()["faults"] == {"propagation": 2}


def test_a_changed_trust_policy_is_unknown_for_some_calls(aws: Account, sandbox: Control) -> None:
    sandbox.set_faults({"propagation": {"calls": 1}})
    aws.iam.update_assume_role_policy(RoleName="scheduler", PolicyDocument=trust())

    assert words_of(aws.create) == UNTRUSTED
    aws.create()


def test_names_are_taken_within_a_group_only(aws: Account) -> None:
    aws.scheduler.create_schedule_group(Name="g")
    aws.create()
    aws.create(GroupName="g")

    assert refused(aws.create) == CONFLICT
    assert aws.get(GroupName="g")["Arn"].endswith(":schedule/g/s")
    assert aws.names() == ["s", "s"]
    assert aws.names(GroupName="g") == ["s"]


def test_what_is_missing_is_a_404_of_its_own_name(aws: Account) -> None:
    scheduler = aws.scheduler

    assert refused(lambda: aws.create(GroupName="g")) == MISSING
    assert refused(lambda: aws.get("x")) == MISSING
    assert refused(lambda: aws.get("x", GroupName="g")) == MISSING
    assert refused(lambda: scheduler.delete_schedule(Name="x")) == MISSING
    assert refused(lambda: scheduler.update_schedule(**schedule("x"))) == MISSING
    assert refused(lambda: scheduler.get_schedule_group(Name="g")) == MISSING
    assert refused(lambda: scheduler.delete_schedule_group(Name="g")) == MISSING
    assert refused(lambda: scheduler.list_tags_for_resource(ResourceArn=f"{GROUP_ARN}/g")) == MISSING


def test_a_repeated_request_with_its_token_is_answered_as_before(aws: Account, sandbox: Control) -> None:
    for _ in range(2):
        aws.create(ClientToken="t")
    sandbox.set_faults({"switches": {"clientTokens": "ignored"}})

    assert refused(lambda: aws.create(ClientToken="t")) == CONFLICT


def test_a_listed_schedule_shows_its_targets_arn_alone(aws: Account) -> None:
    aws.create(target={"Input": "{}"})

    (found,) = aws.scheduler.list_schedules()["Schedules"]
    assert found["Target"] == {"Arn": FUNCTION}
    assert {"Arn", "Name", "GroupName", "State", "CreationDate", "LastModificationDate", "Target"} == set(found)


def test_the_server_answers_as_the_process_does(local_server: Server, session: Any) -> None:
    local_server.reset()
    aws = Account(session, endpoint_url=local_server.endpoint)
    arn = aws.scheduler.create_schedule_group(Name="g", Tags=[{"Key": "a", "Value": "1"}])["ScheduleGroupArn"]
    aws.create(GroupName="g", target={"Input": "{}"})

    assert aws.get(GroupName="g")["State"] == "ENABLED"
    assert refused(lambda: aws.create(GroupName="g")) == CONFLICT
    assert refused(lambda: aws.create("t", ScheduleExpression="cron(bogus)")) == INVALID
    assert aws.scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "1"}]
    aws.scheduler.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert aws.scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
    aws.scheduler.close()
    aws.iam.close()
