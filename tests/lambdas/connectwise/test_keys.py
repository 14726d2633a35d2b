"""Keys, names of runs, and the clock of a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from reconciler.lambdas.connectwise import keys
from reconciler.lambdas.connectwise.clock import RunClock, file_stamp, iso, read_instant, run_name, slot_of

AT = datetime(2026, 11, 28, 19, 40, 3, 123456, tzinfo=UTC)


def test_keys_are_those_of_the_layout() -> None:
    """S2-19, S2-20: the tenant is first in every key of a tenant."""
    assert keys.raw_key("t", "service/tickets", AT) == (
        "t/raw/connectwise/service/tickets/2026-11-28T194003.123456Z.parquet"
    )
    assert keys.canonical_key("t", "tickets", AT) == "t/canonical/tickets/2026-11-28T194003.123456Z.parquet"
    assert keys.state_key("t", "tickets", 7) == "t/canonical/tickets/_state/7.json"
    assert keys.base_key("t", "tickets", 7) == "t/canonical/tickets/_state/base-7.parquet"
    assert keys.rejected_key("t", "time/entries", AT) == (
        "t/_rejected/connectwise/time/entries/2026-11-28T194003.123456Z.json"
    )
    assert keys.result_key("t", "r", "service/tickets") == "t/runs/r/service.tickets.json"
    assert keys.mapping_keys("t", "tickets") == ("t/mappings/tickets.json", "mappings/tickets.json")
    assert (keys.lanes_key("r"), keys.report_key("r")) == ("runs/r/lanes.json", "runs/r/report.json")
    assert keys.load_key("r", "tickets") == "loads/r/tickets.json"
    assert keys.tagging("raw") == "layer=raw"


@pytest.mark.parametrize("stamp", ["2026-11-28T194003.123456Z", "2026-11-28T19:40:03.123456Z"])
def test_the_time_of_a_key_is_read_also_in_the_form_of_the_seed(stamp: str) -> None:
    """S2-19."""
    assert keys.stamp_of(f"t/raw/connectwise/service/tickets/{stamp}.parquet") == AT


def test_a_key_without_a_time_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not end with a time"):
        keys.stamp_of("t/raw/x.parquet")


def test_stamps_of_files_sort_as_times_do() -> None:
    times = [AT, AT + timedelta(microseconds=1), AT.replace(microsecond=0), AT + timedelta(days=40)]

    assert sorted(map(file_stamp, times)) == [file_stamp(at) for at in sorted(times)]


def test_a_run_is_named_by_its_slot() -> None:
    assert run_name(AT) == "20261128T194003Z"
    assert run_name(AT, "0badcafe") == "20261128T194003Z-0badcafe"
    assert slot_of("20261128T194003Z-0badcafe") == AT.replace(microsecond=0)
    with pytest.raises(ValueError, match="is not the name of a run"):
        slot_of("yesterday")


def test_instants_are_read_with_an_offset_only() -> None:
    assert read_instant("2026-11-28T20:40:03.123456+01:00") == AT
    with pytest.raises(ValueError, match="has no offset"):
        read_instant("2026-11-28T19:40:03")


def test_instants_are_written_in_utc() -> None:
    assert iso(AT.astimezone(timezone(timedelta(hours=1)))) == "2026-11-28T19:40:03.123456Z"
    assert iso(AT.replace(microsecond=0)) == "2026-11-28T19:40:03Z"


def test_the_clock_of_a_run_is_its_slot_plus_the_time_that_passed() -> None:
    passed = [10.0]
    clock = RunClock.at(AT, lambda: passed[0])
    passed[0] = 11.5

    assert clock.now() == AT + timedelta(seconds=1.5)
    assert clock.seconds() == int(AT.timestamp()) + 1
