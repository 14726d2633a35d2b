"""Change windows as a clock on the wall shows them, also on the days on which it is changed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reconciler.model.windows import DAYS, Window, common_opening

# Its clock is put forward at 01:00 on 29 March 2026, and back at 02:00 on 25 October.
LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
# Zones with changes of an hour, of half an hour and at midnight. Apia skipped 30 December 2011.
CHANGES = {
    "Europe/London": [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)],
    "America/New_York": [datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)],
    "America/Havana": [datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)],
    "America/St_Johns": [datetime(2010, 3, 14, tzinfo=UTC), datetime(2010, 11, 7, tzinfo=UTC)],
    "Pacific/Apia": [datetime(2011, 12, 30, tzinfo=UTC)],
    "Asia/Kolkata": [datetime(2026, 6, 1, tzinfo=UTC)],
}


def minutes(clock: str) -> int:
    return 60 * int(clock[:2]) + int(clock[3:])


def window(opens: str, closes: str, *days: str, zone: ZoneInfo = LONDON) -> Window:
    return Window(zone, minutes(opens), minutes(closes), days or DAYS)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def walked(one: Window, first: datetime, count: int) -> list[bool]:
    """Returns whether the window is open in each minute, for a person with a clock on the wall.

    The person opens it in the first minute of a day that shows the time or a later one. It is closed likewise.
    """
    clocks = [(first + at * MINUTE).astimezone(one.zone).replace(tzinfo=None) for at in range(count)]
    is_open = [False] * count
    day = clocks[0].replace(hour=0, minute=0)
    while day <= max(clocks):
        if DAYS[day.weekday()] in one.days:
            ends_on = day if one.closes > one.opens else day + timedelta(days=1)
            opening = first_at(clocks, day + one.opens * MINUTE)
            for at in range(opening, first_at(clocks, ends_on + one.closes * MINUTE)):
                is_open[at] = True
        day += timedelta(days=1)
    return is_open


def first_at(clocks: list[datetime], wanted: datetime) -> int:
    return next((at for at, clock in enumerate(clocks) if clock >= wanted), len(clocks))


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=pytest.mark.slow if seed >= 8 else ()) for seed in range(40)]
)
def test_a_window_is_open_in_the_minutes_of_a_clock_on_the_wall(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    name = chance.choice(sorted(CHANGES))
    opens = chance.choice([0, 30, 60, 75, 90, 120, 150, chance.randrange(1440)])
    closes = chance.choice([105, 120, 180, 1410, 1440, chance.randrange(1, 1440)])
    closes = closes if closes != opens else 1440
    days = tuple(day for day in DAYS if chance.random() < 0.7) or ("SUNDAY",)
    one = Window(ZoneInfo(name), opens, closes, days)
    first, before, after = chance.choice(CHANGES[name]), 3 * 1440, 8 * 1440

    is_open = walked(one, first - before * MINUTE, before + after)

    begin = 2 * 1440  # the walk knows nothing of windows that opened before it began
    for at in range(begin, before + 3 * 1440, 23):
        now = first + (at - before) * MINUTE
        expected = next((later for later in range(at, len(is_open)) if is_open[later]), None)
        assert one.is_open(now) is is_open[at], (name, one, now)
        if expected is not None:
            assert one.next_opening(now) == now + (expected - at) * MINUTE, (name, one, now)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-01-05 19:59", False),
        ("2026-01-05 20:00", True),
        ("2026-01-06 05:59", True),
        ("2026-01-06 06:00", False),
        ("2026-01-05 03:00", False),  # the night of Sunday
    ],
)
def test_a_window_past_midnight_belongs_to_the_day_on_which_it_opens(now: str, is_open: bool) -> None:
    assert window("20:00", "06:00", "MONDAY").is_open(utc(now)) is is_open


def test_a_window_of_whole_days_has_no_gap() -> None:
    whole = window("00:00", "24:00", "SATURDAY", "SUNDAY")

    assert whole.next_opening(utc("2026-01-09 12:00")) == utc("2026-01-10 00:00")
    assert all(whole.is_open(utc("2026-01-10 00:00") + at * MINUTE) for at in range(2 * 1440))
    assert not whole.is_open(utc("2026-01-12 00:00"))


def test_a_window_that_the_clock_skips_does_not_open_on_that_day() -> None:
    skipped = window("01:15", "01:45", "SUNDAY")

    assert skipped.next_opening(utc("2026-03-29 00:30")) == utc("2026-04-05 00:15")


def test_a_window_whose_beginning_is_skipped_opens_at_the_change() -> None:
    assert window("01:30", "03:00").next_opening(utc("2026-03-29 00:30")) == utc("2026-03-29 01:00")


def test_a_repeated_hour_opens_a_window_once() -> None:
    repeated = window("01:15", "01:45")

    assert repeated.is_open(utc("2026-10-25 00:20"))
    assert not repeated.is_open(utc("2026-10-25 01:20"))
    assert repeated.next_opening(utc("2026-10-25 00:50")) == utc("2026-10-26 01:15")


def test_a_window_across_a_repeated_hour_stays_open() -> None:
    across = window("01:30", "03:00")

    assert all(across.is_open(utc("2026-10-25 00:30") + at * MINUTE) for at in range(150))


def test_a_window_follows_daylight_saving_time() -> None:
    nightly = window("20:00", "06:00")

    assert nightly.next_opening(utc("2026-01-05 12:00")) == utc("2026-01-05 20:00")
    assert nightly.next_opening(utc("2026-07-06 12:00")) == utc("2026-07-06 19:00")


def test_the_next_opening_of_an_open_window_is_now() -> None:
    now = utc("2026-01-05 21:07")

    assert window("20:00", "06:00").next_opening(now) == now


def test_groups_open_together_at_the_first_common_moment() -> None:
    night, sunday, evening = window("20:00", "06:00"), window("00:00", "24:00", "SUNDAY"), window("18:00", "21:00")
    now = utc("2026-01-05 12:00")

    assert common_opening([[night], [sunday]], now) == utc("2026-01-11 00:00")
    assert common_opening([[night], [sunday, evening]], now) == utc("2026-01-05 20:00")
    assert common_opening([], now) == now


def test_groups_that_are_never_open_together_have_no_common_moment() -> None:
    first, second = window("01:00", "02:00"), window("02:00", "03:00")

    assert common_opening([[first], [second]], utc("2026-01-05 12:00")) is None
