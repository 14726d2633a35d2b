"""Every fault at every lock level, in simulated time: nothing is lost or duplicated, and the next run converges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.apply import Run
from reconciler.model import AS_WANTED, Manifest, Status, items
from reconciler.model.environment import Retries
from reconciler.pacing import Rates
from reconciler.sandbox import Control, in_process
from tests.builders.tables import attribute, key, table
from tests.tiers import with_chance
from tests.worlds.simulated import Time, timed
from tests.worlds.world import World

pytestmark = pytest.mark.slow

LEVELS = ["NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"]
WRITES = ["BatchCreateDataTableValue", "BatchUpdateDataTableValue", "BatchDeleteDataTableValue"]
# Faults after which every item is done.
PASSING: dict[str, dict[str, Any]] = {
    "throttling in bursts": {"error": {"every": 5, "burst": 2, "code": "ThrottlingException"}},
    "an internal error every fourth call": {"error": {"every": 4}},
    "an error of the platform": {"error": {"every": 5, "code": "ServiceUnavailable"}},
    "every third reply lost": {"lostReply": {"every": 3}},
    "every third write dropped before it began": {"dropBefore": {"every": 3}},
    "every seventh item refused": {"itemFailure": {"every": 7}},
    "another writer moves locks": {"otherWriter": {"every": 3, "mode": "bump"}},
    "three items a page": {"pageCap": 3, "itemFailure": {"every": 50}},
    "empty pages with a token": {"emptyPage": {"every": 2}, "itemFailure": {"every": 50}},
    "lists in any order": {"shuffle": True, "itemFailure": {"every": 30}},
    "a rate below ours": {"rate": {"perSecond": 1.5, "burst": 2}},
    "whole requests in conflict": {"switches": {"staleLock": "request"}, "otherWriter": {"every": 3, "mode": "bump"}},
    "locks compared item by item": {"switches": {"compareLocks": "item", "moveLocks": "request"}, "latencyMs": 1},
    "locks ignored where they are missing": {"switches": {"missingLock": "ignored"}, "lostReply": {"every": 4}},
    "missing cells fail the request": {"switches": {"existingOrMissingCell": "request"}, "lostReply": {"every": 3}},
}
# Faults that are edits of another writer: those edits stay, the rest is done.
EDITING = {
    f"another writer {mode}s": {"otherWriter": {"every": 3, "mode": mode}} for mode in ("change", "delete", "create")
}
every_level = pytest.mark.parametrize("level", LEVELS)
COLUMNS = [key(), attribute("A"), attribute("B"), attribute("N", "NUMBER")]


@pytest.fixture
def time() -> Time:
    return Time(1_800_000_000.0)


@pytest.fixture
def control(time: Time) -> Iterator[Control]:
    """Gives the service and the run the same clock."""
    with in_process(clock=time.clock, sleep=time.sleep) as control:
        yield control


def before(level: str) -> Manifest:
    return table(COLUMNS, [_row(at, "1") for at in range(40)], level=level, default={"A": "d"})


def after(level: str) -> Manifest:
    changed = [_row(at, "2" if at % 2 else "1") for at in range(8, 40)]
    new = [_row(at, "3") for at in range(40, 60)]
    return table(COLUMNS, [*changed, *new], level=level, default={"A": "e"}, prune=True)


def _row(at: int, value: str) -> dict[str, str]:
    return {"K": f"k{at:03}", "A": value, "B": value, "N": value}


def attempt(world: World, time: Time, level: str, fault: dict[str, Any]) -> Run:
    """Makes one run under the fault, checks that the fault was served, and removes it."""
    world = world.with_settings(retries=Retries(attempts=10, conflicts=30))
    assert world.run(before(level)).exit_code == 0
    seen = world.preview(after(level))
    world.control.reset_stats()
    world.control.set_faults(fault)
    run, _ = timed(world, seen, Rates(), time)
    stats = world.control.stats()
    world.control.set_faults({})
    served = sum(stats["faults"].values()) + sum(stats["throttled"].values())
    if fault.get("switches", {}).get("compareLocks"):
        # The sandbox does not count this switch. It matters if values of one request share a lock.
        assert (run.retries > 0) is (level in ("DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE"))
    else:
        assert served > 0
    assert set(run.results) == set(items(seen.plan))
    return run


def check(world: World, time: Time, level: str, name: str, *, seed: int = 1) -> None:
    if name in PASSING:
        run = attempt(world, time, level, {**PASSING[name], "seed": seed})
        assert {result.status for result in run.results.values()} == {Status.DONE}
        assert not world.plan(after(level)).changes
        return
    run = attempt(world, time, level, {**EDITING[name], "seed": seed})
    assert {result.status for result in run.results.values()} <= {*AS_WANTED, Status.CONFLICT}
    assert all(result.looked for result in run.results.values() if result.status is Status.CONFLICT)
    assert world.run(after(level)).exit_code == 0
    assert not world.plan(after(level)).changes


@every_level
@pytest.mark.parametrize("name", [*PASSING, *EDITING])
def test_a_run_under_a_fault(world: World, time: Time, level: str, name: str) -> None:
    """S0-6, S0-30, S0-46."""
    check(world, time, level, name)


@every_level
@pytest.mark.parametrize("name", with_chance(PASSING | EDITING))
@pytest.mark.parametrize("seed", [2, 3])
def test_a_run_under_a_fault_with_other_seeds(world: World, time: Time, level: str, name: str, seed: int) -> None:
    check(world, time, level, name, seed=seed)


@every_level
@pytest.mark.parametrize("name", [name for name in PASSING if name != "three items a page"])
def test_a_new_table_is_created_once_under_a_fault(world: World, time: Time, level: str, name: str) -> None:
    world = world.with_settings(retries=Retries(attempts=10, conflicts=30))
    it = table(COLUMNS, [_row(at, "1") for at in range(40)], level=level)
    seen = world.preview(it)
    world.control.set_faults(PASSING[name])

    run, _ = timed(world, seen, Rates(), time)

    world.control.set_faults({})
    assert {result.status for result in run.results.values()} == {Status.DONE}
    assert len(world.connect.list_data_tables(InstanceId=world.control.instance)["DataTableSummaryList"]) == 1
    assert not world.plan(it).changes


def test_a_lagging_search_does_not_duplicate_a_table(world: World) -> None:
    world.control.set_faults({"searchLag": {"calls": 1000}})
    it = table(COLUMNS, [_row(0, "1")])
    world.run(it)

    again = world.run(it)

    world.control.set_faults({})
    tables = world.connect.list_data_tables(InstanceId=world.control.instance)["DataTableSummaryList"]
    assert [each["Name"] for each in tables] == ["T"]
    assert (again.exit_code, again.totals.failed) == (0, 0)
    assert world.cells("T") == {(("k000",), name): "1" for name in "ABN"}


@pytest.mark.parametrize("level", LEVELS[1:])
def test_item_by_item_locks_cost_at_most_a_call_per_value(world: World, time: Time, level: str) -> None:
    """After the first such refusal, a request carries one value of each lock scope."""
    world.run(before(level))
    seen = world.preview(after(level))
    world.control.set_faults({"switches": {"compareLocks": "item"}})
    world.calls()

    run, _ = timed(world, seen, Rates(default=None), time)

    calls = world.calls()
    assert {result.status for result in run.results.values()} == {Status.DONE}
    assert calls.get("ListDataTableValues", 0) <= 3
    cells = sum(1 for result in run.results.values())
    assert sum(calls[name] for name in WRITES) <= cells
