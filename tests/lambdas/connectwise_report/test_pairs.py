"""The state of a pair, totals that add up, and unusual days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.connectwise_report.anomalies import find_anomalies
from reconciler.lambdas.connectwise_report.pairs import (
    CUT_OFF,
    DIED,
    STATUSES,
    PairState,
    state_of,
    totals_of,
    with_load,
)

PAIR = {"tenant_id": "harbor-dental", "table_name": "service/tickets", "mode": "incremental"}
ITEM = {"last_updated": "2026-01-05T11:00:00Z", "updated_at": "2026-01-05T11:40:00Z"}
FED = {"tickets": {"consumed": {"service/tickets": 7}, "commit": 9, "loaded_commit": 8}, "contacts": {"commit": 1}}
MONDAY = date(2026, 1, 5)


def state(result: dict[str, Any] | None) -> PairState:
    return state_of(PAIR, result, ITEM, FED)


def test_a_pair_has_its_result_its_watermark_and_its_commits() -> None:
    content = state({"status": "done", "rows": 3, "requests": 2, "canonical": []}).as_json()

    assert (content["status"], content["rows"], content["requests"], content["watermark"]) == (
        *("done", 3, 2),
        "2026-01-05T11:00:00Z",
    )
    assert content["canonical"] == [{"canonical_table": "tickets", "commit": 9, "loaded": 8}]


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (None, DIED),
        ({"status": "failed", "error": "AUTH: 401"}, "AUTH: 401"),
        ({"status": "done", "error": "RAW: lacks id"}, "RAW: lacks id"),
        ({"rows": 3}, "UNKNOWN: its result has the status None"),
        ({"status": "done", "rows": 3}, CUT_OFF),  # transform died
        ({"status": "failed", "error": "x" * 2000}, "x" * 500),
    ],
)
def test_a_pair_without_a_good_result_has_failed(result: dict[str, Any] | None, error: str) -> None:
    assert (state(result).status, state(result).error) == ("failed", error)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("behind", "BEHIND: the server wants a wait of 300 s"),
        ("quiet", "LEASED: another run works on this pair"),
        ("done", "LEASED: another run works on this pair"),
    ],
)
def test_a_pair_that_is_behind_or_in_other_hands_has_not_failed(status: str, error: str) -> None:
    found = state({"status": status, "error": error, "canonical": []})

    assert (found.status, found.error) == (status, "")


def test_a_table_that_was_not_loaded_fails_the_pairs_that_feed_it() -> None:
    refused = {("harbor-dental", "tickets"): "COPY: ProgrammingError XX000"}

    assert with_load(state({"status": "quiet", "canonical": []}), refused).error == "LOAD: COPY: ProgrammingError XX000"
    assert (
        with_load(state({"status": "quiet", "canonical": []}), {("harbor-dental", "contacts"): "x"}).status == "quiet"
    )
    assert with_load(state({"status": "failed", "error": "AUTH"}), refused).error == "AUTH"


@given(st.lists(st.sampled_from(STATUSES)))
def test_totals_add_up(statuses: list[Any]) -> None:
    totals = totals_of([PairState("t", str(number), status) for number, status in enumerate(statuses)])

    assert totals["due"] == len(statuses) == sum(totals[status] for status in STATUSES)


def test_the_age_of_a_pair_is_since_its_last_pass_or_its_failure() -> None:
    now = datetime(2026, 1, 5, 12, tzinfo=UTC)
    good = PairState("t", "x", "quiet", updated_at=now - timedelta(minutes=20))
    bad = PairState("t", "x", "failed", updated_at=now, since=now - timedelta(hours=3))

    assert (good.age(now), bad.age(now), PairState("t", "x", "behind").age(now)) == (1200, 10800, 0)


def days(*counts: int, last: date = MONDAY) -> list[dict[str, Any]]:
    first = last - timedelta(days=len(counts) - 1)
    return [{"day": (first + timedelta(days=at)).isoformat(), "rows": count} for at, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("totals", "today", "kinds"),
    [
        (days(*[60] * 10, 301), MONDAY, ["many"]),
        (days(*[60] * 10, 300), MONDAY, []),
        (days(*[40] * 10, 4000), MONDAY, []),  # too quiet to judge by
        (days(*[60] * 5, 4000), MONDAY, []),  # too few days to judge by
        (days(*[60] * 10, 11, last=MONDAY), MONDAY, []),  # the day is not over
        (days(*[60] * 10, 11, last=MONDAY), MONDAY + timedelta(days=1), ["few"]),
        (days(*[60] * 10, last=MONDAY - timedelta(days=1)), MONDAY + timedelta(days=1), ["few"]),
        (days(*[60] * 10, 11, last=MONDAY - timedelta(days=1)), MONDAY, []),  # a Sunday
        ([], MONDAY, []),
    ],
)
def test_unusual_days_are_found(totals: list[dict[str, Any]], today: date, kinds: list[str]) -> None:
    pair = PairState("t", "x", "done", totals=totals)

    assert [anomaly.kind for anomaly in find_anomalies([pair], today)] == kinds


def test_a_sweep_in_which_too_many_records_are_gone_is_an_anomaly() -> None:
    pair = PairState("t", "x", "failed", "MASS_DELETE: 500 of 800 records are gone")

    assert [anomaly.as_json() for anomaly in find_anomalies([pair], MONDAY)] == [
        {"tenant_id": "t", "table_name": "x", "kind": "mass_delete", "rows": 0, "usual": 0.0}
    ]
