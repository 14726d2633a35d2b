"""EventBridge Scheduler: which expressions and time zones AWS takes."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import in_process

from .calls import refused
from .scheduling import INVALID, Account


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(12 hours)",
        "rate(1 day)",
        "cron(40 */2 * * ? *)",
        "cron(10,25,40,55 * * * ? *)",
        "cron(0 10 ? * MON-FRI *)",
        "cron(0 10 ? * mon *)",
        "cron(0/15 8-17 ? JAN,MAR-APR 2#1 2030-2040)",
        "cron(0 0 L * ? *)",
        "cron(0 0 3W * ? *)",
        "cron(0 0 ? * 6L *)",
        # Each seen to be accepted by AWS: localstack, issue 13572.
        "cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)",
        "cron(1-31/30 1-1 ? * 1,7 *)",
        "at(2099-02-28T23:59:59)",
    ],
)
def test_expressions_of_all_three_kinds_are_kept_as_written(aws: Account, expression: str) -> None:
    aws.create(ScheduleExpression=expression)

    assert aws.get()["ScheduleExpression"] == expression


@pytest.mark.parametrize(
    "expression",
    [
        "cron(bogus)",
        "cron(0 10 * * *)",
        "cron(0 10 * * * *)",
        "cron(0 10 ? * ? *)",
        "cron(60 10 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 10 0 * ? *)",
        "cron(0 10 32 * ? *)",
        "cron(0 10 * 13 ? *)",
        "cron(0 10 ? * 8 *)",
        "cron(0 10 ? * 0 *)",
        "cron(0 10 * * ? 1969)",
        "cron(0 10 * * ? 2200)",
        "cron(0/0 10 * * ? *)",
        "cron(0 10 ? * 2#6 *)",
        "cron(0 10 ? * 2#1,3#1 *)",
        "cron(0 10 LW * ? *)",
        "cron(, 10 * * ? *)",
        "rate(0 minutes)",
        "rate(5 seconds)",
        "rate(-1 hours)",
        "rate(1.5 hours)",
        "rate(5)",
        "at(2099-02-31T00:00:00)",
        "at(2099-01-01 00:00:00)",
        "at(2099-01-01T00:00:00Z)",
        "at(2099-01-01T25:00:00)",
        "every hour",
        " rate(1 hour)",
    ],
)
def test_expressions_that_mean_nothing_are_refused(aws: Account, expression: str) -> None:
    assert refused(lambda: aws.create(ScheduleExpression=expression)) == INVALID
    assert aws.names() == []


def test_a_time_in_the_past_is_refused_in_the_schedules_own_zone(session: Any) -> None:
    noon = 1_893_499_200.0  # 2030-01-01T12:00:00Z
    with in_process(clock=lambda: noon, sleep=lambda seconds: None) as sandbox:
        aws = Account(session)
        here = {"ScheduleExpression": "at(2030-01-01T12:00:01)"}

        assert refused(lambda: aws.create(**here, ScheduleExpressionTimezone="Europe/Berlin")) == INVALID
        aws.create("utc", **here)
        aws.create(
            "new-york", ScheduleExpression="at(2030-01-01T07:00:01)", ScheduleExpressionTimezone="America/New_York"
        )
        sandbox.set_faults({"switches": {"pastSchedule": "accepted"}})
        aws.create("past", ScheduleExpression="at(2001-01-01T00:00:00)")


@pytest.mark.parametrize("zone", ["Mars/X", "utc+1", "Factory", "EST5EDT5", ""])
def test_a_time_zone_that_does_not_exist_is_refused(aws: Account, zone: str) -> None:
    assert refused(lambda: aws.create(ScheduleExpressionTimezone=zone)) == INVALID
