"""A plan's estimate is right: the calls are exact, the seconds are within a tenth."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.model import Manifest, Status
from reconciler.model.events import Event, StepBegan, StepEnded
from reconciler.pacing import Rate, Rates
from reconciler.steps.estimate import Forecast
from reconciler.steps.order import Node
from tests.builders.manifests import manifest
from tests.builders.random_tables import EVERYTHING, pairs
from tests.builders.resources import XMAS, hours
from tests.builders.tables import attribute, key, many, table
from tests.worlds.simulated import Time, timed
from tests.worlds.world import World

REAL = Rates()
BOUND = 17.5  # seconds of 40 batches at 2 a second after a burst of 5
LEVELS = ["NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"]
every_level = pytest.mark.parametrize("level", LEVELS)
ordinary = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
thorough = settings(ordinary, max_examples=40)
rates = st.sampled_from([REAL, Rates(Rate(5.0, 2)), Rates(Rate(1.0, 10))])
# At most 700 cells, because a table beyond its quota is blocked.
sizes = st.tuples(
    st.integers(1, 80), st.integers(1, 5), st.integers(0, 60), st.integers(0, 60), st.sampled_from(LEVELS)
)
tables = st.lists(sizes, min_size=1, max_size=3)
Shape = tuple[int, int, int, int, str]


def grown(rows: int, others: int, changed: int, new: int, level: str) -> tuple[Manifest, Manifest]:
    return many(rows, others=others, level=level), many(
        rows + new, others=others, level=level, changed=min(changed, rows)
    )


@pytest.mark.slow
@ordinary
@given(tables, rates)
def test_estimated_seconds_are_within_a_tenth(world: World, shapes: list[Shape], rates: Rates) -> None:
    check_seconds(world, shapes, rates)


@pytest.mark.slow
@thorough
@given(tables, rates)
def test_estimated_seconds_are_within_a_tenth_in_many_examples(world: World, shapes: list[Shape], rates: Rates) -> None:
    check_seconds(world, shapes, rates)


def check_seconds(world: World, shapes: list[Shape], rates: Rates) -> None:
    world.control.reset()
    world = world.with_settings(rates=rates)
    before, after = [], []
    for at, shape in enumerate(shapes):
        first, second = grown(*shape)
        before.append(_named(first, f"T{at}"))
        after.append(_named(second, f"T{at}"))
    world.with_settings(rates=Rates(default=None)).run(*before)
    seen = world.preview(*after)

    run, seconds = timed(world, seen, rates)

    assert all(result.status is Status.DONE for result in run.results.values())
    assert seen.plan.estimate.seconds == pytest.approx(seconds, rel=0.1, abs=0.05)


@ordinary
@given(pairs)
def test_estimated_calls_are_exact(world: World, pair: tuple[Manifest, Manifest, bool]) -> None:
    check_calls(world, pair)


@pytest.mark.slow
@thorough
@given(pairs)
def test_estimated_calls_are_exact_in_many_examples(world: World, pair: tuple[Manifest, Manifest, bool]) -> None:
    check_calls(world, pair)


def check_calls(world: World, pair: tuple[Manifest, Manifest, bool]) -> None:
    live, wanted, _ = pair
    world.control.reset()
    world.run(live)
    seen = world.preview(wanted, prune=True, allow_delete=EVERYTHING)
    world.calls()

    world.apply(seen)

    estimated = {name.removeprefix("connect:"): count for name, count in seen.plan.estimate.operations.items()}
    assert world.calls() == estimated


@pytest.mark.slow
@every_level
def test_a_thousand_cells_are_within_a_twentieth_of_the_bound(world: World, level: str) -> None:
    seen = world.with_settings(rates=REAL).preview(many(250, level=level))

    _, seconds = timed(world, seen, REAL)

    assert seconds <= 1.05 * BOUND


@pytest.mark.slow
@every_level
def test_the_remaining_time_is_right_throughout(world: World, level: str) -> None:
    """After each step, the estimate is within a tenth of the remaining time, or within half a second."""
    world.run(many(120, level=level, others=2))
    seen = world.with_settings(rates=REAL).preview(many(400, level=level, others=2, changed=120))
    time, forecast = Time(), Forecast(seen.plan.changes, REAL)
    heard: list[tuple[float, bool, Node]] = []

    def hear(event: Event) -> None:
        if isinstance(event, StepBegan | StepEnded):
            heard.append((time.now, isinstance(event, StepEnded), Node(event.change, event.step)))

    _, seconds = timed(world, seen, REAL, time, hear)
    forecasts: list[tuple[float, float]] = []
    for at, ended, node in sorted(heard):
        if ended:
            forecast.ended(node)
            forecasts.append((at, forecast.remaining(at)))
        else:
            forecast.begun(node, at)

    assert len(forecasts) > 20
    assert all(left == pytest.approx(seconds - at, rel=0.1, abs=0.5) for at, left in forecasts)


@pytest.mark.slow
@pytest.mark.parametrize("level", ["NONE", "ATTRIBUTE", "VALUE"])
def test_values_are_written_as_soon_as_their_columns_exist(world: World, level: str) -> None:
    """100 attributes take 47.5 seconds, and the 40 batches of values do not wait for the last attribute."""
    seen = world.with_settings(rates=REAL).preview(many(10, others=99, level=level))

    run, seconds = timed(world, seen, REAL)

    assert all(result.status is Status.DONE for result in run.results.values())
    assert seconds <= 1.05 * 47.5


@pytest.mark.slow
def test_twice_the_rate_takes_half_the_time(world: World) -> None:
    seen = world.preview(many(250))
    _, once = timed(world, seen, REAL)
    world.control.reset()
    seen = world.preview(many(250))

    _, twice = timed(world, seen, Rates(Rate(4.0, 5)))

    assert twice <= 0.53 * once


@pytest.mark.slow
def test_creates_updates_and_deletes_use_their_buckets_at_once(world: World) -> None:
    columns = [key(), attribute("A")]
    live = [{"K": f"k{at:03}", "A": "1"} for at in range(400)]
    wanted = [{"K": f"k{at:03}", "A": "2"} for at in range(200)] + [{"K": f"n{at:03}", "A": "1"} for at in range(200)]
    for level in ("NONE", "DATA_TABLE"):
        world.control.reset()
        world.run(table(columns, live, level=level))
        seen = world.preview(table(columns, wanted, level=level, prune=True))

        _, seconds = timed(world, seen, REAL)

        # 8 batches each: (8 − 5) / 2 = 1.5 s side by side, 4.5 s one kind after the other.
        assert [step.call.operation for step in seen.plan.changes[0].steps].count("BatchDeleteDataTableValue") == 8
        assert seconds < 2.5


def test_the_operation_with_a_token_goes_first(world: World) -> None:
    """One call at a time is in flight on the table. It never has to wait for a token."""
    columns = [key(), attribute("A")]
    world.run(table(columns, [{"K": f"k{at:03}", "A": "1"} for at in range(250)], level="DATA_TABLE"))
    rows = [{"K": f"k{at:03}", "A": "2"} for at in range(250)] + [{"K": f"n{at:03}", "A": "1"} for at in range(250)]
    slow = Rates(Rate(100.0, 100), {"connect:BatchCreateDataTableValue": Rate(1.0, 1)})
    seen = world.with_settings(rates=slow).preview(table(columns, rows, level="DATA_TABLE"))

    _, seconds = timed(world, seen, slow)

    assert seconds < 9.6
    assert seen.plan.estimate.seconds == pytest.approx(seconds, rel=0.1)


def test_tables_are_written_side_by_side(world: World) -> None:
    tables = [many(50, others=1, level="DATA_TABLE", name=f"T{at}") for at in range(2)]
    fast = Rates(Rate(1000.0, 1000))
    _, one = timed(world, world.preview(tables[0]), fast)
    world.control.reset()

    _, both = timed(world, world.preview(*tables), fast)

    assert both == pytest.approx(one)


def _named(it: Manifest, name: str) -> Manifest:
    from dataclasses import replace

    return replace(it, spec=it.spec.model_copy(update={"name": name}))


def test_the_estimate_includes_rechecks_before_deletes(world: World) -> None:
    world.run(hours(overrides=[XMAS]), manifest("SecurityProfile", "agents", {}), table([key(), attribute("A")]))
    seen = world.preview(prune=True, allow_delete=frozenset({"DataTable/T"}))
    world.calls()

    world.apply(seen)

    assert world.calls() == {name.partition(":")[2]: count for name, count in seen.plan.estimate.operations.items()}
