"""The facts of every pipeline, read from the local AWS: alarms, queues, schedules, logs and settings."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.kinds.pipelines.policies import trust
from reconciler.pipelines.reading import (
    PipelineError,
    read_alarms,
    read_functions,
    read_queues,
    read_schedule,
    read_settings_of,
)
from reconciler.pipelines.state import LoggedError
from tests.worlds.scripted_aws import ScriptedAws
from tests.worlds.world import World, session

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
GROUP = "/aws/lambda/shop-lab-contact-calls"


def client(service: str) -> Any:
    made: Any = session().client(service)  # type: ignore[call-overload]
    return made


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_alarms_have_their_states_and_the_missing_ones_none(world: World) -> None:
    rule = {"MetricName": "m", "Namespace": "n", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.0}
    more = {"Statistic": "Sum", "ComparisonOperator": "GreaterThanThreshold"}
    client("cloudwatch").put_metric_alarm(AlarmName="calls-failed", **rule, **more)
    client("cloudwatch").set_alarm_state(AlarmName="calls-failed", StateValue="ALARM", StateReason="2 > 1")

    found = read_alarms(world.aws, ["gone", "calls-failed"])

    assert [(alarm.name, alarm.state, alarm.reason) for alarm in found] == [
        ("calls-failed", "ALARM", "2 > 1"),
        ("gone", "", ""),
    ]


def test_more_than_a_hundred_alarms_are_read_in_several_calls() -> None:
    aws = ScriptedAws({})

    found = read_alarms(aws, [f"alarm-{number:03}" for number in range(101)])

    assert len(found) == 101
    assert [len(params["AlarmNames"]) for _, params in aws.asked] == [100, 1]


def test_events_in_dead_letter_queues_are_counted(world: World) -> None:
    url = client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    for _ in range(2):
        client("sqs").send_message(QueueUrl=url, MessageBody="{}")

    assert [queue.messages for queue in read_queues(world.aws, ["dead", "gone"])] == [2, None]


def test_a_schedule_that_was_disabled_by_hand_is_seen(world: World) -> None:
    scheduler, trusted = client("scheduler"), trust("scheduler")
    client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trusted))
    scheduler.create_schedule_group(Name="calls")
    scheduler.create_schedule(
        GroupName="calls",
        Name="nightly",
        ScheduleExpression="rate(1 day)",
        State="DISABLED",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:lambda:us-east-1:111122223333:function:f",
            "RoleArn": "arn:aws:iam::111122223333:role/r",
        },
    )

    found, missing = read_schedule(world.aws, "calls/nightly"), read_schedule(world.aws, "calls/gone")

    assert (found.name, found.expression, found.time_zone, found.state) == ("nightly", "rate(1 day)", "UTC", "DISABLED")
    assert missing.state == ""


TIMED_OUT = "2026-01-05T11:59:00Z 1 Task timed out after 3.00 seconds"
BROKEN = "[ERROR] Runtime.ImportModuleError: no module"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"level": "ERROR", "message": "failed", "reason": "LoadFailed: x"}', "failed: LoadFailed: x"),
        ('{"level": "ERROR"}', "an error without a message"),
        (TIMED_OUT, TIMED_OUT),
        (f"{BROKEN}\nTraceback", BROKEN),
    ],
)
def test_the_last_error_of_a_log_is_found(line: str, message: str) -> None:
    """CloudWatch's pattern finds other lines, too."""
    older, later = '{"level": "ERROR", "message": "an older one"}', '{"level": "INFO", "message": "no ERROR"}'
    lines = [older, line, later, "ERROR-free", '["ERROR"]']
    events = [{"timestamp": milliseconds(NOW) + place, "message": text} for place, text in enumerate(lines)]

    (found,) = read_functions(ScriptedAws({"logs:FilterLogEvents": {"events": events}}), {"f": GROUP}, NOW)

    assert found.last_error == LoggedError(NOW + timedelta(milliseconds=1), message)


def test_an_error_of_the_day_before_is_not_the_last_one() -> None:
    aws = ScriptedAws({})

    read_functions(aws, {"f": GROUP}, NOW)

    assert aws.asked[0][1]["startTime"] == milliseconds(NOW.replace(day=4))


def test_a_function_without_a_log_group_has_no_error(world: World) -> None:
    (found,) = read_functions(world.aws, {"f": GROUP}, NOW)

    assert found.last_error is None


def test_a_function_that_is_not_deployed_is_an_error_with_the_remedy(world: World) -> None:
    with pytest.raises(PipelineError, match="the function gone is not live; deploy it with reconcile apply"):
        read_settings_of(world.aws, "gone")


def test_a_function_without_variables_has_no_settings(world: World) -> None:
    assert read_settings_of(ScriptedAws({"lambda:GetFunctionConfiguration": {}}), "f") == {}
