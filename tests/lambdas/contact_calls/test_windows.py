"""Windows: wall clocks of a zone as instants, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.lambdas.contact_calls.windows import Grid, Window, is_real

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
# Two that change their clocks, one by half an hour, one that changes them at midnight.
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago")
TEN_YEARS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_windows_tile_ten_years_hour_by_hour_without_gap_or_overlap(zone: str) -> None:
    """S3-9: every hour of ten years is in one window, whose end is the start of the next."""
    grid, at = Grid(ZoneInfo(zone)), TEN_YEARS[0]
    window = grid.whole(at)
    while at < TEN_YEARS[1]:
        if at >= window.end:
            following = grid.whole(at)
            assert following.start == window.end
            window = following
        assert window.start <= at < window.end
        assert timedelta(0) < window.end - window.start <= 4 * HOUR
        at += HOUR


@pytest.mark.parametrize("zone", ZONES)
def test_labels_are_the_wall_clocks_of_the_zone(zone: str) -> None:
    """S3-9: but on days whose clocks leap over a boundary, a window begins at the hour its label says."""
    grid = Grid(ZoneInfo(zone))
    odd = 0
    for window in grid.windows(grid.last_boundary(TEN_YEARS[0]), TEN_YEARS[0] + timedelta(days=730)):
        start = window.start.astimezone(ZoneInfo(zone))
        odd += f"{start:%H}" != window.label[:2] or start.minute != 0
        assert int(window.label[3:]) == (int(window.label[:2]) + 2) % 24
    assert odd <= 2


def test_the_window_before_midnight_is_yesterdays() -> None:
    """S3-16: what the program it replaces computed as 22:00 to 00:00 with the label 22-00."""
    window = Grid(NEW_YORK).whole(datetime(2026, 1, 6, 4, 40, tzinfo=UTC))

    assert window == Window(datetime(2026, 1, 6, 3, tzinfo=UTC), datetime(2026, 1, 6, 5, tzinfo=UTC), "22-00")


def test_the_night_the_clocks_leap_is_whole_and_so_is_the_night_they_go_back() -> None:
    grid = Grid(NEW_YORK)

    spring = list(grid.windows(datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 3, 8, 10, tzinfo=UTC)))
    autumn = list(grid.windows(datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC)))

    assert [(each.label, each.end - each.start) for each in spring] == [
        ("00-02", 2 * HOUR),
        ("02-04", HOUR),
        ("04-06", 2 * HOUR),
    ]
    assert [(each.label, each.end - each.start) for each in autumn] == [("00-02", 3 * HOUR), ("02-04", 2 * HOUR)]


@settings(max_examples=50)
@given(
    st.sampled_from(ZONES),
    st.sampled_from([15, 30, 60, 120, 180, 240, 720, 1440]),
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)),
    st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
)
def test_any_span_is_cut_into_windows_that_touch_each_other(
    zone: str, minutes: int, wall: datetime, length: timedelta
) -> None:
    """S3-27: whatever the interval. `test_continuity` shows that the runs ask for all spans."""
    start = wall.replace(tzinfo=UTC)

    windows = list(Grid(ZoneInfo(zone), minutes).windows(start, start + length))

    assert (windows[0].start, windows[-1].end) == (start, start + length)
    assert all(one.end == other.start for one, other in pairwise(windows))


def test_a_span_that_begins_and_ends_within_windows_is_cut_at_their_boundaries() -> None:
    grid, start = Grid(ZoneInfo("UTC")), datetime(2026, 1, 5, 1, 30, tzinfo=UTC)

    found = list(grid.windows(start, start + 2 * HOUR))

    assert [(each.start.hour, each.end.hour, each.label) for each in found] == [(1, 2, "00-02"), (2, 3, "02-04")]


def test_intervals_below_an_hour_have_labels_with_minutes() -> None:
    window = Grid(ZoneInfo("Asia/Kolkata"), 30).whole(datetime(2026, 1, 5, 0, 10, tzinfo=UTC))

    assert window.label == "0530-0600"


@pytest.mark.parametrize("minutes", [0, -60, 7, 100, 2880])
def test_an_interval_must_divide_a_day(minutes: int) -> None:
    with pytest.raises(ValueError, match="divide a day"):
        Grid(NEW_YORK, minutes)


def test_a_window_must_end_after_it_starts() -> None:
    with pytest.raises(ValueError, match="must end after"):
        Window(TEN_YEARS[0], TEN_YEARS[0], "00-00")


@pytest.mark.parametrize(
    ("wall", "expected"),
    [("2026-03-08T02:30", False), ("2026-11-01T01:30", False), ("2026-03-08T03:00", True), ("2026-11-01T02:00", True)],
)
def test_a_wall_clock_is_real_where_it_occurs_once(wall: str, expected: bool) -> None:
    assert is_real(datetime.fromisoformat(wall).replace(tzinfo=NEW_YORK)) is expected
