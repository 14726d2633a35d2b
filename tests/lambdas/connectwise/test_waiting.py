"""Quiet pairs wait longer and longer, and never longer than the freshness of their tenant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.lambdas.connectwise.clock import iso
from reconciler.lambdas.connectwise.waiting import after_pass, is_waiting, may_wait

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SLOT = timedelta(minutes=15)


def polled(freshness: int, slots: int = 24) -> list[int]:
    """Returns the minutes at which a pair that stays quiet is polled."""
    item: dict[str, Any] = {}
    minutes = []
    for number in range(slots):
        slot = NOON + number * SLOT
        if not is_waiting(item, freshness, slot):
            minutes.append(number * 15)
            item |= after_pass(item, is_quiet=True, slot=iso(slot))
    return minutes


@pytest.mark.parametrize(
    ("freshness", "minutes"),
    [
        (15, [*range(0, 360, 15)]),
        (30, [0, *range(15, 360, 30)]),
        (60, [0, 15, 45, 105, 165, 225, 285, 345]),
        (720, [0, 15, 45, 105, 165, 225, 285, 345]),
    ],
)
def test_a_quiet_pair_is_polled_after_15_then_30_then_60_minutes(freshness: int, minutes: list[int]) -> None:
    assert polled(freshness) == minutes


def test_a_change_ends_the_waiting() -> None:
    item: dict[str, Any] = {"quiet": 5, "quiet_at": iso(NOON)}

    assert is_waiting(item, 60, NOON + SLOT)
    assert not is_waiting({**item, **after_pass(item, is_quiet=False, slot=iso(NOON))}, 60, NOON + SLOT)


def test_a_slot_before_the_last_pass_and_a_pair_without_a_pass_do_not_wait() -> None:
    assert not is_waiting({"quiet": 5, "quiet_at": iso(NOON)}, 60, NOON - SLOT)
    assert not is_waiting({}, 60, NOON)
    assert not is_waiting({"quiet": 5}, 60, NOON)


def test_only_a_freshness_above_a_quarter_of_an_hour_lets_pairs_wait() -> None:
    assert (may_wait(15), may_wait(16)) == (False, True)
