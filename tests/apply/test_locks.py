"""Locks: no call trusts or sends one that would overwrite an edit which the plan has not seen."""

from __future__ import annotations

import pytest

from reconciler.model import Status
from tests.builders.tables import attribute, key, many, table
from tests.worlds.world import World

GUARDED = ["DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"]
every_guarded_level = pytest.mark.parametrize("level", GUARDED)
COLUMNS = [key(), attribute("A"), attribute("N", "NUMBER")]


@pytest.mark.slow
@every_guarded_level
def test_a_listing_by_one_batch_does_not_let_others_overwrite(world: World, level: str) -> None:
    rows = [{"K": f"k{at:03}", "A": "0", "N": "0"} for at in range(150)]
    world.run(table(COLUMNS, rows, level=level))
    seen = world.preview(table(COLUMNS, [{**row, "A": "1", "N": "1"} for row in rows], level=level))
    for name in ("k000", "k075", "k149"):
        world.edit("T", {"K": name}, "A", "theirs")

    done = world.apply(seen)

    assert {world.cells("T")[(name,), "A"] for name in ("k000", "k075", "k149")} == {"theirs"}
    assert (done.totals.conflict, done.totals.failed) == (3, 0)


@pytest.mark.parametrize("level", ["DATA_TABLE", "ATTRIBUTE"])
@pytest.mark.parametrize(
    "after",
    [
        {"spec": {"description": "new"}},
        {"attributes": [key(), attribute("A", description="new"), attribute("N", "NUMBER")]},
        {"attributes": [*COLUMNS, attribute("Z")]},
    ],
    ids=["table", "attribute", "new attribute"],
)
def test_a_lock_of_an_unchecked_call_is_not_trusted(world: World, level: str, after: dict[str, object]) -> None:
    world.run(table(COLUMNS, [{"K": "a", "A": "0"}], level=level))
    columns = after.get("attributes", COLUMNS)
    seen = world.preview(table(columns, [{"K": "a", "A": "1"}], level=level, spec=after.get("spec")))  # type: ignore[arg-type]
    world.edit("T", {"K": "a"}, "A", "theirs")

    done = world.apply(seen)

    assert world.cells("T")[("a",), "A"] == "theirs"
    assert done.totals.conflict == 1


@pytest.mark.parametrize("every", [2, 3, 4])
@every_guarded_level
def test_an_edit_between_two_pages_of_one_listing_is_kept(world: World, level: str, every: int) -> None:
    rows = [{"K": name, "A": "0", "N": "0"} for name in "abcdef"]
    world.run(table(COLUMNS, rows, level=level))
    before = world.cells("T")
    writer = {"every": every, "mode": "change", "operations": ["ListDataTableValues"]}
    world.control.set_faults({"pageCap": 1, "otherWriter": writer})
    seen = world.preview(table(COLUMNS, [{**row, "A": "9", "N": "9"} for row in rows], level=level))
    world.control.set_faults({})
    edited = {place: value for place, value in world.cells("T").items() if value != before[place]}

    world.apply(seen)

    planned = {
        ((cell.key["K"],), cell.attribute): cell.before for change in seen.plan.changes for cell in change.table.cells
    }
    unseen = {place: value for place, value in edited.items() if planned.get(place) == before[place]}
    assert {place: world.cells("T")[place] for place in unseen} == unseen


@every_guarded_level
def test_a_renamed_key_and_a_moved_row_go_in_one_run(world: World, level: str) -> None:
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "0"}, {"K": "b", "A": "0"}], level=level))
    renamed = [key("Q", renamedFrom="K"), attribute("A")]

    done = world.run(
        table(renamed, [{"Q": "c", "A": "1"}, {"Q": "b", "A": "0"}], level=level, moved=[({"Q": "a"}, {"Q": "c"})])
    )

    assert (done.exit_code, done.retries) == (0, 0)
    assert world.cells("T") == {(("c",), "A"): "1", (("b",), "A"): "0"}


@every_guarded_level
def test_a_move_continues_with_a_fresh_lock(world: World, level: str) -> None:
    world.run(table([key(), attribute("A")], [{"K": "a", "A": "0"}], level=level))
    seen = world.preview(
        table([key(), attribute("A")], [{"K": "b", "A": "0"}], level=level, moved=[({"K": "a"}, {"K": "b"})])
    )
    world.edit("T", {"K": "a"}, "A", "0")

    assert world.apply(seen).exit_code == 0
    assert world.cells("T") == {(("b",), "A"): "0"}


def test_values_wait_for_the_lock_level_that_they_were_packed_for(world: World) -> None:
    world.run(many(60, level="DATA_TABLE", others=2))
    world.control.set_faults(
        {"error": {"every": 1, "code": "AccessDeniedException", "operations": ["UpdateDataTableMetadata"]}}
    )

    done = world.run(many(60, level="NONE", others=2, changed=60))

    assert {result.status for result in done.results.values()} == {Status.FAILED, Status.SKIPPED}
    assert done.totals.failed == 1
