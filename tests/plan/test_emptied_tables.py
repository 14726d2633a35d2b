"""S-6: no run deletes all rows of a table without permission for exactly that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.model import Action
from tests.builders.folders import BASE, TIERS, messages, reading
from tests.builders.tables import attribute, key, table
from tests.worlds.undoing import undone
from tests.worlds.world import World

COLUMNS = [key(), attribute("A")]


def rows(*names: str, value: str = "1") -> list[dict[str, str]]:
    return [{"K": name, "A": value} for name in names]


def live(world: World) -> set[str]:
    return {name for (name,), _ in world.cells("T")}


def blocked(world: World, *manifests: Any, **selection: Any) -> dict[str, str]:
    changes = world.preview(*manifests, **selection).plan.changes
    return {str(change.ref): change.reason for change in changes if change.action is Action.BLOCKED}


@pytest.mark.parametrize("count", [1, 9, 25])
def test_deleting_all_rows_is_blocked_with_the_remedy(world: World, count: int) -> None:
    names = [f"k{at}" for at in range(count)]
    world.run(table(COLUMNS, rows(*names)))
    emptied = table(COLUMNS, prune=True)

    (reason,) = blocked(world, emptied).values()
    done = world.run(emptied)

    assert reason.endswith(
        "allow it with --allow-delete 'DataTable/T/values', or declare kind: Removed with this address"
    )
    assert (done.exit_code, live(world)) == (3, {*names})


def test_replacing_all_rows_keeps_the_live_ones(world: World) -> None:
    world.run(table(COLUMNS, rows("a", "b")))

    done = world.run(table(COLUMNS, rows("x", "y"), prune=True, spec={"description": "new"}))

    assert (done.exit_code, done.totals.failed) == (3, 0)
    assert live(world) == {"a", "b", "x", "y"}
    assert blocked(world, table(COLUMNS, rows("x", "y"), prune=True, spec={"description": "new"})) == {}


@pytest.mark.parametrize(
    "asked", [{"allow_delete": frozenset({"DataTable/T/values"})}, {"removed": ["DataTable/T/values"]}]
)
def test_all_rows_are_deleted_with_permission(world: World, asked: dict[str, Any]) -> None:
    world.run(table(COLUMNS, rows("a", "b")))

    done = world.run(table(COLUMNS, prune=True), **asked)

    assert (done.exit_code, live(world)) == (0, set())
    assert not world.plan(table(COLUMNS, prune=True)).changes


def test_permission_to_delete_a_table_does_not_empty_it(world: World) -> None:
    world.run(table(COLUMNS, rows("a", "b")))

    assert blocked(world, table(COLUMNS, prune=True), allow_delete=frozenset({"DataTable/T"}))


def test_a_used_tombstone_of_rows_is_reported(world: World) -> None:
    world.run(table(COLUMNS, rows("a")))
    removed = ["DataTable/T/values"]

    before = world.preview(table(COLUMNS, prune=True), removed=removed).plan.findings
    world.run(table(COLUMNS, prune=True), removed=removed)
    after = world.preview(table(COLUMNS, prune=True), removed=removed).plan.findings

    assert not [each for each in before if "delete the line" in each.message]
    assert [each.address for each in after if "delete the line" in each.message] == removed


def test_undo_deletes_the_first_rows(world: World) -> None:
    world.run(table(COLUMNS))
    done = world.run(table(COLUMNS, rows("a", "b")))

    assert undone(world, done).exit_code == 0
    assert live(world) == set()


PRUNE_ALONE = "prune is true but neither values.file nor values.rows is declared"


def test_prune_without_rows_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = messages(
        reading(tmp_path, {**BASE, "manifests/base/Tiers.yaml": TIERS.replace("file: Tiers.csv", "prune: true")})
    )

    assert PRUNE_ALONE in mistake


def test_an_overlay_without_prune_is_a_mistake(tmp_path: Path) -> None:
    """An overlay replaces `values` as a whole, so it drops the rows of the base."""
    overlay = "kind: DataTable\nmetadata: {name: Tiers}\nspec: {values: {prune: true}}\n"

    (mistake,) = messages(reading(tmp_path, {**BASE, "manifests/prod/it.yaml": overlay}))

    assert mistake.startswith("manifests/prod/it.yaml:3:")
    assert PRUNE_ALONE in mistake


@pytest.mark.parametrize("values", ["file: Tiers.csv", "rows: []"])
def test_prune_with_no_row_at_all_is_a_warning(tmp_path: Path, values: str) -> None:
    manifest = TIERS.replace("file: Tiers.csv", f"{values}\n    prune: true")
    files = {"manifests/base/Tiers.yaml": manifest, "manifests/base/Tiers.csv": "Customer,Tier,Score\n"}

    found = reading(tmp_path, files)

    assert messages(found) == []
    assert ["every live row would be deleted" in each.message for each in found.findings if each.severity == "warning"]
