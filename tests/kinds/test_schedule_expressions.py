"""The times of a schedule: what is reported offline is what AWS refuses, as the sandbox has it from its user guide."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from reconciler.kinds.registry import KINDS
from reconciler.model import Problem, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.sandbox.scheduler.expressions import is_valid

SCHEDULE = KINDS["Schedule"]
EXPRESSIONS = [
    *("rate(1 minute)", "rate(2 hours)", "rate(0 minutes)", "rate(1 week)", "rate(5)", "rate(2 Hours)", "rate()"),
    *("at(2027-01-31T09:00:00)", "at(2027-02-31T09:00:00)", "at(2027-01-31)", "at(2027-01-31T09:00:00Z)"),
    *("cron(0 10 ? * MON-FRI *)", "cron(40 */2 * * ? *)", "cron(0 0 1 1 ? 2030)", "cron(0 9 L * ? *)"),
    *("cron(0 9 3W * ? *)", "cron(0 9 ? * 6L *)", "cron(0 9 ? * 3#2 *)", "cron(0 9 ? * TUE#1 *)"),
    *("cron(60 0 * * ? *)", "cron(0 24 * * ? *)", "cron(0 9 0 * ? *)", "cron(0 9 * 13 ? *)", "cron(0 9 ? * 8 *)"),
    *("cron(0 9 * * * *)", "cron(0 9 ? * ? *)", "cron(0 9 * * ?)", "cron(0 9 * * ? * *)", "cron(0 9 * * ? 1969)"),
    *(
        "cron(*/0 * * * ? *)",
        "cron(0-15/5 * * * ? *)",
        "cron(1,2,x * * * ? *)",
        "cron()",
        "5 * * * *",
        "",
        "CRON(0 9 * * ? *)",
    ),
]


def problems(**declared: Any) -> list[Problem]:
    return list(SCHEDULE.problems(declared, WrittenRecords(), Quotas()))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_is_a_mistake_if_aws_refuses_it(expression: str) -> None:
    assert bool(problems(scheduleExpression=expression)) != is_valid(expression)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("rate(2)", "write a number and minutes, hours or days"),
        ("at(tomorrow)", "write at(YYYY-MM-DDThh:mm:ss)"),
        ("cron(0 9 * * ?)", "has 5 fields; cron() needs 6: minutes, hours, day of the month, month, day of the week"),
        ("cron(0 25 * * ? *)", 'has "25" as its hours, which goes from 0 to 23'),
        ("cron(0 9 * * * *)", "needs ? as its day of the month or as its day of the week"),
        ("every day", "write cron(…), rate(…) or at(…)"),
    ],
)
def test_a_mistake_names_the_part_and_the_remedy(expression: str, words: str) -> None:
    (problem,) = problems(scheduleExpression=expression)

    assert (problem.severity, problem.path) == ("error", ("scheduleExpression",))
    assert words in problem.message


def test_an_unknown_time_zone_is_a_mistake_at_its_key() -> None:
    (problem,) = problems(scheduleExpressionTimezone="America/Tornto")

    assert problem.path == ("scheduleExpressionTimezone",)
    assert "America/Toronto" in problem.message


@pytest.mark.parametrize(
    "window", [{"mode": "FLEXIBLE"}, {"mode": "OFF", "maximumWindowInMinutes": 5}], ids=["none", "too much"]
)
def test_a_window_has_minutes_exactly_if_it_is_flexible(window: dict[str, Any]) -> None:
    (problem,) = problems(flexibleTimeWindow=window)

    assert problem.path == ("flexibleTimeWindow",)


@pytest.mark.parametrize("shape", [5, None, ["cron(0 9 * * ? *)"], {"a": "b"}])
def test_wrong_shapes_are_left_to_the_schema(shape: Any) -> None:
    declared = dict.fromkeys(("scheduleExpression", "scheduleExpressionTimezone"), shape)

    assert problems(**declared, flexibleTimeWindow=5) == []


@pytest.mark.parametrize(
    ("expression", "is_past"),
    [("at(2026-03-01T09:00:00)", True), ("at(2026-03-08T09:00:00)", False), ("rate(1 hours)", False)],
)
def test_a_time_before_yesterday_is_a_warning(expression: str, is_past: bool) -> None:
    found = list(SCHEDULE.outdated({"scheduleExpression": expression}, date(2026, 3, 9)))

    assert [problem.severity for problem in found] == (["warning"] if is_past else [])
