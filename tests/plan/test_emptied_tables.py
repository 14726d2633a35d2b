"""S-6: no run takes all rows of a table unless somebody asks for just that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.model import Action
from tests.shapes import attribute, key, table
from tests.stages.folders import BASE, TIERS, reading, said
from tests.undo.ways_back import undone
from tests.world import World

COLUMNS = [key(), attribute("A")]


def rows(*names: str, value: str = "1") -> list[dict[str, str]]:
    return [{"K": name, "A": value} for name in names]


def live(world: World) -> set[str]:
    return {name for (name,), _ in world.cells("T")}


def blocked(world: World, *manifests: Any, **selection: Any) -> dict[str, str]:
    changes = world.preview(*manifests, **selection).plan.changes
    return {str(change.ref): change.reason for change in changes if change.action is Action.BLOCKED}


@pytest.mark.parametrize("count", [1, 9, 25])
def test_all_rows_stay_and_the_plan_says_what_it_takes(world: World, count: int) -> None:
    names = [f"k{at}" for at in range(count)]
    world.run(table(COLUMNS, rows(*names)))
    emptied = table(COLUMNS, prune=True)

    (reason,) = blocked(world, emptied).values()
    done = world.run(emptied)

    assert reason.endswith(
        "allow it with --allow-delete 'DataTable/T/values', or declare kind: Removed with this address"
    )
    assert (done.exit_code, live(world)) == (3, {*names})


def test_rows_that_would_all_be_replaced_stay_and_the_rest_is_applied(world: World) -> None:
    world.run(table(COLUMNS, rows("a", "b")))

    done = world.run(table(COLUMNS, rows("x", "y"), prune=True, spec={"description": "new"}))

    assert (done.exit_code, done.totals.failed) == (3, 0)
    assert live(world) == {"a", "b", "x", "y"}
    assert blocked(world, table(COLUMNS, rows("x", "y"), prune=True, spec={"description": "new"})) == {}


@pytest.mark.parametrize(
    "asked", [{"allow_delete": frozenset({"DataTable/T/values"})}, {"removed": ["DataTable/T/values"]}]
)
def test_all_rows_go_where_that_is_asked_for(world: World, asked: dict[str, Any]) -> None:
    world.run(table(COLUMNS, rows("a", "b")))

    done = world.run(table(COLUMNS, prune=True), **asked)

    assert (done.exit_code, live(world)) == (0, set())
    assert not world.plan(table(COLUMNS, prune=True)).changes


def test_the_permission_to_delete_the_table_is_none_to_empty_it(world: World) -> None:
    world.run(table(COLUMNS, rows("a", "b")))

    assert blocked(world, table(COLUMNS, prune=True), allow_delete=frozenset({"DataTable/T"}))


def test_a_tombstone_of_rows_is_told_of_once_they_are_gone(world: World) -> None:
    world.run(table(COLUMNS, rows("a")))
    removed = ["DataTable/T/values"]

    before = world.preview(table(COLUMNS, prune=True), removed=removed).plan.findings
    world.run(table(COLUMNS, prune=True), removed=removed)
    after = world.preview(table(COLUMNS, prune=True), removed=removed).plan.findings

    assert not [each for each in before if "the line can go" in each.message]
    assert [each.address for each in after if "the line can go" in each.message] == removed


def test_undo_of_the_first_rows_takes_them_all_back(world: World) -> None:
    world.run(table(COLUMNS))
    done = world.run(table(COLUMNS, rows("a", "b")))

    assert undone(world, done).exit_code == 0
    assert live(world) == set()


PRUNE_ALONE = "prune is true but neither values.file nor values.rows is declared"


def test_prune_without_rows_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = said(
        reading(tmp_path, {**BASE, "manifests/base/Tiers.yaml": TIERS.replace("file: Tiers.csv", "prune: true")})
    )

    assert PRUNE_ALONE in mistake


def test_an_overlay_that_leaves_prune_alone_is_a_mistake(tmp_path: Path) -> None:
    """An overlay replaces `values` whole, so the rows of the base are gone."""
    overlay = "kind: DataTable\nmetadata: {name: Tiers}\nspec: {values: {prune: true}}\n"

    (mistake,) = said(reading(tmp_path, {**BASE, "manifests/prod/it.yaml": overlay}))

    assert mistake.startswith("manifests/prod/it.yaml:3:")
    assert PRUNE_ALONE in mistake


@pytest.mark.parametrize("values", ["file: Tiers.csv", "rows: []"])
def test_no_row_at_all_with_prune_is_a_warning(tmp_path: Path, values: str) -> None:
    manifest = TIERS.replace("file: Tiers.csv", f"{values}\n    prune: true")
    files = {"manifests/base/Tiers.yaml": manifest, "manifests/base/Tiers.csv": "Customer,Tier,Score\n"}

    found = reading(tmp_path, files)

    assert said(found) == []
    assert ["every live row would be deleted" in each.message for each in found.findings if each.severity == "warning"]
