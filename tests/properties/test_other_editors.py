"""Another writer edits between any two calls of a run: no edit is overwritten, and no conflict is false."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.model import Item, Status
from reconciler.model.environment import Retries
from reconciler.model.events import Event, StepEnded
from reconciler.pacing import Rates
from tests.builders.tables import attribute, key, many, table
from tests.worlds.simulated import timed
from tests.worlds.world import World

ROWS, OTHERS = 30, 2
GUARDED = ["DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"]
edits = st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(0, OTHERS - 1)), min_size=1, max_size=4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(GUARDED), edits, st.booleans(), st.booleans())
def test_no_edit_is_lost_and_no_conflict_is_false(
    world: World, level: str, chosen: list[tuple[int, int]], first: bool, item_by_item: bool
) -> None:
    world.control.reset()
    world = world.with_settings(retries=Retries(attempts=6, conflicts=40))
    world.run(many(ROWS, level=level, others=OTHERS))
    seen = world.preview(many(ROWS + 25, level=level, others=OTHERS, changed=ROWS))
    world.control.set_faults({"switches": {"compareLocks": "item" if item_by_item else "request"}})
    (change,) = seen.plan.changes
    waiting = list(chosen)
    done: set[tuple[str, str]] = set()
    edited: dict[tuple[str, str], str] = {}

    def edit() -> None:
        row, other = waiting.pop(0)
        place = (f"k{row:04}", f"A{other}")
        if place not in done and place not in edited:
            edited[place] = f"-{len(edited) + 1}"
            world.edit("T", {"K": place[0]}, place[1], edited[place])

    def hear(event: Event) -> None:
        if isinstance(event, StepEnded):
            step = change.steps[event.step]
            done.update((change.table.cells[at].key["K"], change.table.cells[at].attribute) for at in step.cells)
            if waiting:
                edit()

    if first:
        edit()
    run, _ = timed(world, seen, Rates(default=None), tell=hear)

    live = world.cells("T")
    wanted = {(cell.key["K"], cell.attribute): at for at, cell in enumerate(change.table.cells)}
    for place, value in edited.items():
        assert live[(place[0],), place[1]] == value
        if place in wanted:
            assert run.results[Item(0, "cell", wanted[place])].status is Status.CONFLICT
    for place, at in wanted.items():
        if place not in edited:
            assert run.results[Item(0, "cell", at)].status is Status.DONE


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(GUARDED), edits, st.booleans())
def test_an_edit_before_an_unlocked_call_is_kept(
    world: World, level: str, chosen: list[tuple[int, int]], first: bool
) -> None:
    """An attribute's update returns a lock that covers unread edits too, so the rows are read again."""
    world.control.reset()
    world = world.with_settings(retries=Retries(attempts=6, conflicts=40))
    rows = [{"K": f"k{row:04}", "A0": "1", "A1": "1"} for row in range(ROWS)]
    columns = [key(), attribute("A0"), attribute("A1")]
    described = [key(), attribute("A0", description="x"), attribute("A1", description="y")]
    world.run(table(columns, rows, level=level))
    changed = [{**row, "A0": "2", "A1": "2"} for row in rows]
    seen = world.preview(table(described, changed, level=level, spec={"description": "z"}))
    edited = {(f"k{row:04}", f"A{other}") for row, other in chosen}

    def edit() -> None:
        for name, column in sorted(edited):
            world.edit("T", {"K": name}, column, "theirs")

    def hear(event: Event) -> None:
        if isinstance(event, StepEnded) and event.step == 0 and not first:
            edit()

    if first:
        edit()
    run, _ = timed(world, seen, Rates(default=None), tell=hear)

    live = world.cells("T")
    assert {place for place in edited if live[(place[0],), place[1]] == "theirs"} == edited
    assert {result.status for result in run.results.values()} == {Status.DONE, Status.CONFLICT}
    assert sum(result.status is Status.CONFLICT for result in run.results.values()) == len(edited)
