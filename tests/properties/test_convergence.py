"""Any live state becomes any desired state in one run: the next plan is empty."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from reconciler.model import AS_WANTED, Manifest, Outcome
from reconciler.review.digest import digest
from tests.builders.random_tables import EVERYTHING, pairs
from tests.worlds.world import World

ordinary = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
thorough = settings(ordinary, max_examples=25)


def converges(world: World, pair: tuple[Manifest, Manifest, bool]) -> None:
    live, wanted, canonical = pair
    world.control.reset()
    world.control.set_faults({"switches": {"valuesReadBack": "canonical" if canonical else "verbatim"}})
    first = world.run(live)
    assert first.exit_code == 0, _troubles(first)

    done = world.run(wanted, prune=True, allow_delete=EVERYTHING)
    again = world.plan(wanted, prune=True, allow_delete=EVERYTHING)

    assert done.exit_code == 0, _troubles(done)
    assert again.changes == ()
    _adds_up(done)


def _troubles(outcome: Outcome) -> list[object]:
    return [
        (outcome.plan.changes[item.change].reason, item, result)
        for item, result in outcome.results.items()
        if result.status not in AS_WANTED
    ]


def _adds_up(done: Outcome) -> None:
    totals = done.totals
    assert totals.asked == totals.done + totals.unchanged + totals.skipped + totals.failed + totals.conflict


@ordinary
@given(pairs)
def test_any_table_becomes_any_other_in_one_run(world: World, pair: tuple[Manifest, Manifest, bool]) -> None:
    converges(world, pair)


@pytest.mark.slow
@thorough
@given(pairs)
def test_any_table_becomes_any_other_in_one_run_tried_at_length(
    world: World, pair: tuple[Manifest, Manifest, bool]
) -> None:
    converges(world, pair)


@pytest.mark.slow
@ordinary
@given(pairs)
def test_equal_work_has_an_equal_digest(world: World, pair: tuple[Manifest, Manifest, bool]) -> None:
    live, wanted, _ = pair
    world.control.reset()
    world.run(live)

    one, other = world.plan(wanted), world.plan(wanted)

    assert one == other
    assert digest(one) == digest(other)


@pytest.mark.slow
def test_the_digest_does_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    program = (
        "import tempfile, pathlib\n"
        "from reconciler.sandbox import in_process\n"
        "from reconciler.review.digest import digest\n"
        "from tests.builders.examples import example\n"
        "from tests.worlds.world import World\n"
        "with in_process() as control:\n"
        "    world = World(control, pathlib.Path(tempfile.mkdtemp()))\n"
        "    print(digest(world.plan(example('DataTable'), example('DataTable', 'second', 'other'))))\n"
        "    world.run(example('DataTable'))\n"
        "    print(digest(world.plan(example('DataTable', 'second'))))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(outputs) == 1
    assert all(len(line) == 64 for line in next(iter(outputs)).split())
