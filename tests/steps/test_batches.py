"""Batches are full, and only neighbouring batches share a lock."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Action, CellChange
from reconciler.steps.batches import pack, scope
from tests.builders.tables import attribute, key, table
from tests.worlds.world import World

LEVELS = ["NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"]
ACTIONS = [Action.CREATE, Action.UPDATE, Action.DELETE]
places = st.tuples(st.integers(0, 40), st.integers(0, 6))
changes = st.dictionaries(places, st.sampled_from(ACTIONS), max_size=120).map(
    lambda found: [
        CellChange(action, {"K": str(row)}, f"A{other}", None, "x", "TEXT", (f"{row:03}",))
        for (row, other), action in sorted(found.items())
    ]
)


@given(changes, st.sampled_from(LEVELS), st.integers(1, 25), st.booleans())
def test_every_cell_is_in_one_batch_of_its_action_and_all_but_the_last_are_full(
    cells: list[CellChange], level: str, most: int, deletes_first: bool
) -> None:
    batches = pack(cells, level, most, deletes_first=deletes_first)

    assert Counter(at for batch in batches for at in batch.cells) == Counter(range(len(cells)))
    assert all(cells[at].action is batch.action for batch in batches for at in batch.cells)
    for action in ACTIONS:
        sizes = [len(batch.cells) for batch in batches if batch.action is action]
        assert len(sizes) == ceil(sum(sizes) / most)


@given(changes, st.sampled_from(["PRIMARY_VALUE", "ATTRIBUTE"]), st.integers(1, 25))
def test_batches_that_share_a_lock_wait_for_one_another(cells: list[CellChange], level: str, most: int) -> None:
    batches = pack(cells, level, most)
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, batch in enumerate(batches):
        for each in {scope(cells[at], level) for at in batch.cells}:
            holders[each].append(number)

    for numbers in holders.values():
        assert all(one in batches[other].needs for one, other in pairwise(numbers))


@given(changes, st.sampled_from(["PRIMARY_VALUE", "ATTRIBUTE"]), st.integers(1, 25))
def test_only_neighbouring_batches_share_a_lock(cells: list[CellChange], level: str, most: int) -> None:
    for action in ACTIONS:
        batches = [batch for batch in pack(cells, level, most) if batch.action is action]
        holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for number, batch in enumerate(batches):
            for each in {scope(cells[at], level) for at in batch.cells}:
                holders[each].append(number)
        assert all(numbers == list(range(numbers[0], numbers[-1] + 1)) for numbers in holders.values())


@given(changes, st.sampled_from(["NONE", "VALUE", "DATA_TABLE"]))
def test_table_locks_are_lanes_and_others_do_not_wait(cells: list[CellChange], level: str) -> None:
    batches = pack(cells, level, 25)

    assert all(batch.needs == () for batch in batches)
    assert {batch.lane for batch in batches} <= ({"DATA_TABLE"} if level == "DATA_TABLE" else {""})


@pytest.mark.slow
@pytest.mark.parametrize("before", LEVELS)
@pytest.mark.parametrize("after", LEVELS)
def test_the_lock_level_may_change_in_the_same_plan_as_the_values(world: World, before: str, after: str) -> None:
    columns = [key(), attribute("A"), attribute("B")]
    world.run(table(columns, [{"K": f"k{at:02}", "A": "1", "B": "1"} for at in range(40)], level=before))
    rows = [{"K": f"k{at:02}", "A": "2", "B": None} for at in range(40)] + [{"K": "new", "A": "1", "B": "1"}]

    done = world.run(table(columns, rows, level=after))

    assert done.exit_code == 0
    assert not world.plan(table(columns, rows, level=after)).changes
