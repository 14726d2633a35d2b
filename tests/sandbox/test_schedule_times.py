"""EventBridge Scheduler: at which moments a schedule fires."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.sandbox.scheduler.times import next_time

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONE = "America/New_York"  # its clock goes forward on 8 March 2026 at 02:00, and back on 1 November 2026 at 02:00


def times(expression: str, days: float, begin: datetime = NEW_YEAR, zone: str = "UTC", **members: Any) -> list[str]:
    """Returns the moments after `begin` and within so many days, as `08 06:40`: day, hour and minute in UTC."""
    schedule = {
        "ScheduleExpression": expression,
        "ScheduleExpressionTimezone": zone,
        "LastModificationDate": begin.timestamp(),
        **members,
    }
    found, end = [], begin + timedelta(days=days)
    moment = next_time(schedule, begin)
    while moment is not None and moment <= end:
        found.append(f"{moment:%d %H:%M}")
        moment = next_time(schedule, moment)
    return found


@pytest.mark.parametrize(
    ("expression", "days", "expected"),
    [
        ("cron(30 10 * * ? *)", 2, ["01 10:30", "02 10:30"]),
        ("cron(0/20 9-10 * * ? *)", 1, ["01 09:00", "01 09:20", "01 09:40", "01 10:00", "01 10:20", "01 10:40"]),
        ("cron(5,50 */12 * * ? *)", 1, ["01 00:05", "01 00:50", "01 12:05", "01 12:50"]),
        ("cron(0 0 ? * MON-FRI *)", 8, ["02 00:00", "05 00:00", "06 00:00", "07 00:00", "08 00:00", "09 00:00"]),
        ("cron(0 0 ? * 2,sun *)", 8, ["04 00:00", "05 00:00"]),
        ("cron(0 0 ? * L *)", 14, ["03 00:00", "10 00:00"]),
        ("cron(0 8 L * ? *)", 60, ["31 08:00", "28 08:00"]),
        ("cron(0 0 ? * 6L *)", 60, ["30 00:00", "27 00:00"]),
        ("cron(0 0 ? * 3#2 *)", 60, ["13 00:00", "10 00:00"]),
        ("cron(0 0 3W * ? *)", 60, ["02 00:00", "03 00:00"]),
        ("cron(0 0 1W 8 ? *)", 365, ["03 00:00"]),
        ("cron(0 0 31W 5 ? *)", 365, ["29 00:00"]),
        ("cron(0 0 29 2 ? *)", 1200, ["29 00:00"]),
        ("cron(0 0 1 7 ? 2027-2028)", 1200, ["01 00:00", "01 00:00"]),
        ("cron(0 0 31 2 ? *)", 1200, []),
        ("at(2026-01-02T03:04:05)", 3, ["02 03:04"]),
        ("at(2025-01-02T03:04:05)", 3, []),
        ("rate(8 hours)", 1, ["01 08:00", "01 16:00", "02 00:00"]),
        ("rate(1 day)", 2, ["02 00:00", "03 00:00"]),
    ],
)
def test_an_expression_fires_when_the_user_guide_says(expression: str, days: float, expected: list[str]) -> None:
    assert times(expression, days) == expected


def test_the_spring_gap_is_skipped() -> None:
    begin = datetime(2026, 3, 7, 5, tzinfo=UTC)

    assert times("cron(30 2 * * ? *)", 3, begin, ZONE) == ["07 07:30", "09 06:30"]
    assert times("cron(40 */2 * * ? *)", 1.1, begin, ZONE)[11:] == ["08 03:40", "08 05:40"]
    assert len(times("cron(40 */2 * * ? *)", 2.95, begin, ZONE)) == 35


def test_the_hour_that_comes_twice_in_autumn_fires_once() -> None:
    begin = datetime(2026, 11, 1, 0, tzinfo=UTC)

    assert times("cron(30 1 * * ? *)", 1, begin, ZONE) == ["01 05:30"]
    assert times("cron(0,30 0-3 * * ? *)", 0.4, begin, ZONE) == [
        *("01 04:00", "01 04:30", "01 05:00", "01 05:30", "01 07:00", "01 07:30", "01 08:00", "01 08:30"),
    ]


def test_a_rate_of_days_has_24_hours_across_the_change_of_the_clock() -> None:
    begin = datetime(2026, 3, 7, 5, tzinfo=UTC)

    assert times("rate(1 day)", 3, begin, ZONE) == ["08 05:00", "09 05:00", "10 05:00"]


def test_a_time_that_shifts_by_half_an_hour_is_known() -> None:
    """Lord Howe Island goes from +10:30 to +11:00 on 4 October 2026 at 02:00."""
    begin = datetime(2026, 10, 2, 15, tzinfo=UTC)

    assert times("cron(15 2 * * ? *)", 3, begin, "Australia/Lord_Howe") == ["02 15:45", "04 15:15"]


def test_start_and_end_bound_every_expression() -> None:
    dates = {"StartDate": NEW_YEAR.timestamp() + 86_400, "EndDate": NEW_YEAR.timestamp() + 2 * 86_400}

    assert times("rate(12 hours)", 9, **dates) == ["02 00:00", "02 12:00", "03 00:00"]
    assert times("cron(0 */12 * * ? *)", 9, **dates) == ["02 00:00", "02 12:00", "03 00:00"]
    assert times("at(2026-01-05T00:00:00)", 9, **dates) == []
