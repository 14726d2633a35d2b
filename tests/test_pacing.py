"""Token-bucket arithmetic: as fast as the rate allows, and never faster."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.aws.pacer import Pacer
from reconciler.pacing import FIRST_TRIP, Rate, Rates, full, take

rates = st.builds(Rate, st.floats(0.1, 50), st.integers(1, 20))
pauses = st.lists(st.floats(0, 3), min_size=1, max_size=60)


def starts(rate: Rate, waits: list[float]) -> list[float]:
    """Returns the start times of calls that wait one after another, with these pauses between."""
    now, bucket, found = 0.0, full(rate, 0.0), []
    for pause in waits:
        now += pause
        bucket, wait = take(rate, bucket, now)
        found.append(now + wait)
    return found


@pytest.mark.parametrize(("calls", "seconds"), [(5, 0.0), (6, 0.5), (40, 17.5), (100, 47.5)])
def test_calls_at_once_wait_for_the_default_rate(calls: int, seconds: float) -> None:
    assert starts(Rate(2.0, 5), [0.0] * calls)[-1] == pytest.approx(seconds, abs=FIRST_TRIP + 1e-9)


@given(rates, pauses)
def test_no_interval_has_more_calls_than_the_rate_allows(rate: Rate, waits: list[float]) -> None:
    found = sorted(starts(rate, waits))

    for first in range(len(found)):
        for last in range(first, len(found)):
            calls, stretch = last - first + 1, found[last] - found[first]
            assert calls <= rate.burst + stretch * rate.per_second + 1e-6


@given(rates, st.integers(1, 60))
def test_a_pause_fills_the_bucket_only_to_its_burst(rate: Rate, calls: int) -> None:
    used = starts(rate, [0.0] * calls)

    rested = starts(rate, [0.0] * calls + [1e6] + [0.0] * (rate.burst - 1))

    assert rested[:calls] == used
    assert len({round(at, 6) for at in rested[calls:]}) == 1


def test_a_throttled_call_waits_for_the_next_token() -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pacer = Pacer(Rates(Rate(2.0, 5)), lambda: now[0], sleep)
    pacer.wait("connect:CreateDataTable")
    pacer.throttled("connect:CreateDataTable")

    pacer.wait("connect:CreateDataTable")

    assert now[0] == pytest.approx(0.5)
    assert pacer.attempts() == {"connect:CreateDataTable": 2}


def test_an_unlimited_operation_never_waits() -> None:
    pacer = Pacer(Rates(default=None), lambda: 0.0, lambda seconds: pytest.fail("it waited"))

    for _ in range(100):
        pacer.wait("connect:ListDataTables")

    assert pacer.delay("connect:ListDataTables") == 0.0


def test_operations_of_two_services_with_one_name_have_buckets_of_their_own() -> None:
    pacer = Pacer(Rates(Rate(1.0, 1)), lambda: 0.0, lambda seconds: pytest.fail("it waited"))

    pacer.wait("connect:TagResource")
    pacer.wait("logs:TagResource")

    assert pacer.delay("logs:TagResource") == 1.0
    assert pacer.delay("scheduler:TagResource") == 0.0


def test_a_rate_is_the_operations_else_its_services_else_the_default() -> None:
    rates = Rates(Rate(2.0, 5), {"logs:CreateLogGroup": None}, {"logs": Rate(5.0, 5)})

    assert rates.of("logs:CreateLogGroup") is None
    assert rates.of("logs:PutRetentionPolicy") == Rate(5.0, 5)
    assert rates.of("connect:CreateLogGroup") == Rate(2.0, 5)
