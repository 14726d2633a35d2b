"""Counts the API calls of a run, at every lock level and for three shapes of table."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from pathlib import Path

from reconciler.sandbox import in_process
from tests.builders.tables import many
from tests.worlds.world import World

LEVELS = ("NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE")
SHAPES = {"long": (250, 4), "square": (32, 31), "wide": (10, 99)}  # rows, other attributes


def figures(folder: Path) -> Iterator[str]:
    for level in LEVELS:
        for shape, (rows, others) in SHAPES.items():
            run_counts, same, ten = _runs(folder, level, rows, others)
            floor = 1 + 1 + (others + 1) + ceil(rows * others / 25)
            texts = f"{level:13} {shape:6} {rows * others:5} cells"
            yield f"{texts}: new {run_counts} (floor {floor}), unchanged {same} (3), 10 changed {ten} (4)"
    yield f"in addition, for orphans: {_elsewhere(folder)} calls, for each other taggable kind and the tag index"


def _elsewhere(folder: Path) -> int:
    """Returns the calls that any plan makes for other kinds than tables."""
    with in_process() as control:
        world = World(control, folder)
        world.plan()
        return sum(count for name, count in world.every_call().items() if "DataTable" not in name)


def _runs(folder: Path, level: str, rows: int, others: int) -> tuple[int, int, int]:
    with in_process() as control:
        world = World(control, folder)
        counts = []
        for changed in (0, 0, min(10, rows)):
            world.table_calls()
            done = world.run(many(rows, level=level, others=others, changed=changed))
            if done.exit_code:
                raise SystemExit(f"the run failed: {done.message}")
            counts.append(sum(world.table_calls().values()))
        return counts[0], counts[1], counts[2]
