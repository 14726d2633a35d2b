"""Changes and rates in, the calls and seconds of an apply out, without an apply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Change, Does, Estimate, Reach, Read, Replacement, Resource
from reconciler.pacing import FIRST_TRIP, Rate, Rates
from reconciler.steps.estimate import Forecast, calls_of, estimate
from reconciler.steps.order import Node
from tests.builders.works import change, step

FREE = Rates(default=None)
TRIP = 1.0
LISTING = Read("connect", "ListThings", "Things", (), Reach.ONE)
DETAIL = Read("connect", "DescribeThing", "Thing", (), Reach.ONE)
SPEC = Resource(name="x")


def seconds(*changes: Change, rates: Rates = FREE) -> float:
    return estimate(changes, rates, round_trip=TRIP).seconds


# Calls.


def test_a_step_counts_its_reads_before_its_write() -> None:
    replaced = step(operation="UpdateThing", replaces=Replacement(SPEC, SPEC, (DETAIL, LISTING)))
    rechecked = step(Does.CELLS, operation="WriteCells", rechecks=LISTING)

    assert calls_of(replaced) == ("connect:DescribeThing", "connect:ListThings", "connect:UpdateThing")
    assert calls_of(rechecked) == ("connect:ListThings", "connect:WriteCells")
    assert calls_of(step(operation="Write")) == ("connect:Write",)


def test_a_recheck_of_fields_takes_the_place_of_one_of_values() -> None:
    both = step(operation="Write", replaces=Replacement(SPEC, SPEC, ()), rechecks=LISTING)

    assert calls_of(both) == ("connect:Write",)


def test_calls_are_counted_by_operation_in_their_order() -> None:
    steps = [step(operation=name) for name in ("B", "A", "B")]

    found = estimate([change("Queue/q", *steps), change("Queue/r", step(operation="B"))], FREE)

    assert (list(found.operations.items()), found.calls) == ([("connect:A", 1), ("connect:B", 3)], 4)


def test_no_changes_cost_nothing() -> None:
    assert estimate([], Rates()) == Estimate(0.0, {})


# Seconds.


def test_independent_steps_run_side_by_side() -> None:
    assert seconds(*(change(f"Queue/{at}", step()) for at in range(9))) == TRIP


def test_steps_that_wait_follow_one_another() -> None:
    assert seconds(change("Queue/q", step(), step(needs=(0,)), step(needs=(1,)))) == 3 * TRIP


def test_steps_of_one_lane_take_turns() -> None:
    assert seconds(change("DataTable/T", *(step(lane="T") for _ in range(3)))) == 3 * TRIP
    assert seconds(change("DataTable/T", step(lane="T")), change("DataTable/U", step(lane="T"))) == TRIP


def test_the_calls_of_one_step_follow_one_another() -> None:
    assert seconds(change("Queue/q", step(replaces=Replacement(SPEC, SPEC, (DETAIL, LISTING))))) == 3 * TRIP


def test_calls_beyond_the_burst_wait_for_their_rate() -> None:
    rates = Rates(Rate(2.0, 5))

    found = seconds(*(change(f"Queue/{at}", step()) for at in range(9)), rates=rates)

    assert found == pytest.approx(4 / 2.0 + TRIP, abs=FIRST_TRIP + 1e-9)


def test_operations_have_rates_of_their_own() -> None:
    one = Rates(Rate(1.0, 1))
    same, different = (
        [change(f"Queue/{at}", step(operation=name)) for at, name in enumerate(names)] for names in ("AAA", "ABC")
    )

    assert seconds(*different, rates=one) == TRIP
    assert seconds(*same, rates=one) > 2 * TRIP


def test_a_lane_begins_with_the_step_whose_operation_may_be_called_first() -> None:
    slow = Rates(Rate(0.1, 1), {"connect:B": None})
    first, *lane = step(operation="A"), step(operation="A", lane="T"), step(operation="B", lane="T")

    # B runs while A waits for its next token. The other order would need one trip more.
    found = seconds(change("Queue/q", first), change("DataTable/T", *lane), rates=slow)

    assert found == pytest.approx(10 + TRIP, abs=FIRST_TRIP + 1e-9)


def test_steps_in_a_circle_cost_no_time() -> None:
    assert seconds(change("Queue/q", step(needs=(1,)), step(needs=(0,)))) == 0.0


# Forecasts.

steps = st.lists(
    st.builds(step, operation=st.sampled_from("AB"), lane=st.sampled_from(["", "T"])), min_size=1, max_size=4
)
plans = st.lists(steps, min_size=1, max_size=3).map(
    lambda found: [change(f"DataTable/{at}", *each) for at, each in enumerate(found)]
)
rates = st.sampled_from([FREE, Rates(), Rates(Rate(1.0, 1)), Rates(Rate(0.5, 2))])


@given(plans, rates)
def test_a_forecast_begins_with_the_estimate(changes: list[Change], limits: Rates) -> None:
    assert Forecast(changes, limits).remaining(0.0) == estimate(changes, limits).seconds


@given(st.integers(1, 9), rates)
def test_a_step_that_has_ended_makes_no_forecast_longer(count: int, limits: Rates) -> None:
    changes = [change(f"Queue/{at}", step()) for at in range(count)]
    forecast, left = Forecast(changes, limits), []

    for at in range(count):
        left.append(forecast.remaining(0.0))
        forecast.ended(Node(at, 0))

    assert left == sorted(left, reverse=True)
    assert left[0] > 0.0


@given(plans, rates)
def test_nothing_remains_once_every_step_has_ended(changes: list[Change], limits: Rates) -> None:
    forecast = Forecast(changes, limits)

    for at, each in enumerate(changes):
        for number in range(len(each.steps)):
            forecast.ended(Node(at, number))

    assert forecast.remaining(7.0) == 0.0


def test_a_step_in_flight_ends_a_trip_after_it_began() -> None:
    forecast = Forecast([change("Queue/q", step(), step(needs=(0,)))], FREE, round_trip=TRIP)

    forecast.begun(Node(0, 0), 10.0)

    assert forecast.remaining(10.25) == pytest.approx(1.75)


def test_a_step_that_has_ended_is_no_longer_in_flight() -> None:
    forecast = Forecast([change("Queue/q", step())], FREE, round_trip=TRIP)

    forecast.begun(Node(0, 0), 0.0)
    forecast.ended(Node(0, 0))

    assert forecast.remaining(0.25) == 0.0


def test_a_step_that_takes_longer_than_expected_may_end_at_any_moment() -> None:
    forecast = Forecast([change("Queue/q", step(), step(needs=(0,)))], FREE, round_trip=TRIP)

    forecast.begun(Node(0, 0), 0.0)

    assert forecast.remaining(60.0) == TRIP


def test_a_forecast_can_be_asked_twice() -> None:
    forecast = Forecast([change(f"Queue/{at}", step()) for at in range(9)], Rates(), round_trip=TRIP)

    assert forecast.remaining(0.0) == forecast.remaining(0.0)


def test_a_step_of_a_lane_that_has_begun_out_of_turn_is_in_flight() -> None:
    forecast = Forecast([change("DataTable/T", step(lane="T"), step(lane="T"))], FREE, round_trip=TRIP)

    forecast.begun(Node(0, 1), 0.0)

    assert forecast.remaining(0.5) == pytest.approx(1.5)
