"""Token-bucket arithmetic: as fast as the rate allows, and never faster."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.aws.pacer import Pacer
from reconciler.pacing import CONNECT_DEFAULT, FIRST_TRIP, Bucket, Rate, Rates, drained, full, take

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


# One token.

TWO = Rate(2.0, 5)


@pytest.mark.parametrize(
    ("bucket", "now", "after", "wait"),
    [
        (Bucket(5.0, 0.0), 10.0, Bucket(4.0, 10.0 + FIRST_TRIP), 0.0),
        (Bucket(4.0, 10.0), 10.0, Bucket(3.0, 10.0), 0.0),
        (Bucket(0.0, 10.0), 10.0, Bucket(-1.0, 10.0), 0.5),
        (Bucket(0.0, 10.0), 10.25, Bucket(-0.5, 10.25), 0.25),
        (Bucket(0.0, 10.0), 10.5, Bucket(0.0, 10.5), 0.0),
        (Bucket(-3.0, 10.0), 10.0, Bucket(-4.0, 10.0), 2.0),
        (Bucket(0.0, 10.0), 99.0, Bucket(4.0, 99.0 + FIRST_TRIP), 0.0),
        (Bucket(3.0, 10.0), 9.0, Bucket(2.0, 10.0), 0.0),
    ],
    ids=["full", "some", "none", "half of one", "one", "promised", "long pause", "clock of an earlier moment"],
)
def test_a_call_takes_one_token_and_waits_for_it(bucket: Bucket, now: float, after: Bucket, wait: float) -> None:
    assert take(TWO, bucket, now) == (after, wait)


def test_a_full_bucket_has_a_whole_burst() -> None:
    assert full(TWO, 7.0) == Bucket(5.0, 7.0)


@pytest.mark.parametrize(("tokens", "left"), [(5.0, 0.0), (0.0, 0.0), (-2.0, -2.0)])
def test_a_throttled_bucket_is_empty_and_keeps_its_promises(tokens: float, left: float) -> None:
    assert drained(Bucket(tokens, 1.0), 9.0) == Bucket(left, 9.0)


def test_amazon_connect_has_the_default_rate() -> None:
    assert Rates().of("connect:CreateQueue") == CONNECT_DEFAULT == Rate(2.0, 5)


def test_a_service_may_be_unlimited() -> None:
    assert Rates(services={"s3": None}).of("s3:PutObject") is None
    assert Rates(services={"s3": None}).of("s3control:PutObject") == CONNECT_DEFAULT
