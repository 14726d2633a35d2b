"""Every lock level, from a new table to its last edit. Authors never handle a lock."""

from __future__ import annotations

import pytest

from reconciler.schemas.config import config_schema
from reconciler.schemas.kind import manifest_schema
from tests.builders.tables import attribute, key, many, table
from tests.worlds.world import World

LEVELS = {"NONE": "S0-45", "DATA_TABLE": "S0-46", "PRIMARY_VALUE": "S0-47", "ATTRIBUTE": "S0-48", "VALUE": "S0-49"}
every_level = pytest.mark.parametrize("level", LEVELS)
COLUMNS = [key(), attribute("A"), attribute("B")]


@every_level
def test_every_lock_level_works_from_create_to_emptying(world: World, level: str) -> None:
    """S0-33, S0-45, S0-46, S0-47, S0-48, S0-49."""
    first = [{"K": f"k{at:02}", "A": "1", "B": "1"} for at in range(30)]
    second = [{"K": f"k{at:02}", "A": "2", "B": None if at % 3 else "1"} for at in range(1, 30)]
    third = [*second, {"K": "moved", "A": "3", "B": "3"}]

    world.run(table(COLUMNS, first, level=level, default={"A": "x"}))
    changed = world.run(table(COLUMNS, second, level=level, default={"A": "y"}))
    moved = world.run(table(COLUMNS, third, level=level, moved=[({"K": "k00"}, {"K": "moved"})]))
    nothing = table(COLUMNS, [], level=level, prune=True, default={"A": None})
    emptied = world.run(nothing, allow_delete=frozenset({"DataTable/T/values"}))

    assert [done.exit_code for done in (changed, moved, emptied)] == [0, 0, 0]
    assert [done.retries for done in (changed, moved, emptied)] == [0, 0, 0]
    assert world.cells("T") == {}


@every_level
def test_a_run_without_other_writers_never_looks_twice(world: World, level: str) -> None:
    """S0-32: each batch carries the lock of the last reply."""
    world.run(many(60, level=level, others=3))
    world.calls()

    done = world.run(many(70, level=level, others=3, changed=60))

    calls = world.calls()
    assert (calls["ListDataTableValues"], calls["ListDataTableAttributes"], done.retries) == (1, 1, 0)


@every_level
def test_a_lock_protects_a_concurrent_edit(world: World, level: str) -> None:
    world.run(many(30, level=level, others=2))
    seen = world.preview(many(30, level=level, others=2, changed=30))
    world.edit("T", {"K": "k0011"}, "A0", "77")

    done = world.apply(seen)

    kept = world.cells("T")[("k0011",), "A0"] == "77"
    assert kept is (level != "NONE")
    assert done.totals.conflict == (level != "NONE")
    assert done.totals.done == 30 - done.totals.conflict


def test_the_none_level_needs_no_more_calls(world: World) -> None:
    """S0-45."""
    counts = []
    for level in LEVELS:
        world.control.reset()
        world.run(many(60, level=level, others=2))
        world.run(many(60, level=level, others=2, changed=60))
        counts.append(sum(world.calls().values()))

    assert counts[0] == min(counts)


def test_lock_versions_are_not_configurable() -> None:
    """S0-33."""
    assert "lockversion" not in str(manifest_schema()).casefold()
    assert "lockversion" not in str(config_schema()).casefold()
