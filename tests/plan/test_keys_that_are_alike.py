"""S-14: if two keys may be the same row to AWS, no row is written, and both are named."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Action, Change
from reconciler.sandbox import INSTANCE_ID
from tests.builders.tables import attribute, key, table
from tests.worlds.world import World

COLUMNS = [key(validation={"ignoreCase": True}), attribute("A")]
PAIRS = [("STRASSE", "Straße"), ("fi", "ﬁ")]
pairs = pytest.mark.parametrize(("one", "other"), PAIRS)


def created(world: World, *names: str) -> None:
    """Creates rows while the key is case-sensitive. Later it ignores case."""
    world.run(table([key(), attribute("A")]))
    values = [
        {"PrimaryValues": [{"AttributeName": "K", "Value": name}], "AttributeName": "A", "Value": name}
        for name in names
    ]
    place = {"InstanceId": INSTANCE_ID, "DataTableId": world.table_id("T")}
    assert not world.connect.batch_create_data_table_value(**place, Values=values)["Failed"]
    world.run(table(COLUMNS))


def held(changes: tuple[Change, ...]) -> str:
    (change,) = [each for each in changes if each.action is Action.BLOCKED]
    assert str(change.ref) == "DataTable/T/values"
    return change.reason


@pytest.mark.parametrize(
    ("declared", "prune"),
    [("Straße", False), ("Straße", True), ("STRASSE", False), ("STRASSE", True), ("other", True)],
)
def test_live_rows_with_the_same_key_block_all_writes(world: World, declared: str, prune: bool) -> None:
    created(world, "STRASSE", "Straße", "third")
    wanted = table(COLUMNS, [{"K": declared, "A": "mine"}], prune=prune, spec={"description": "new"})

    done = world.run(wanted)

    assert done.exit_code == 3
    assert "K=STRASSE" in held(done.plan.changes)
    assert "K=Straße" in held(done.plan.changes)
    assert world.cells("T") == {((name,), "A"): name for name in ("STRASSE", "Straße", "third")}
    assert world.preview(wanted).world.live[wanted.ref].spec.description == "new"  # type: ignore[attr-defined]


def test_undeclared_live_rows_with_the_same_key_stay(world: World) -> None:
    created(world, "STRASSE", "Straße")

    done = world.run(table(COLUMNS, [{"K": "other", "A": "mine"}]))

    assert done.exit_code == 0
    assert len(world.cells("T")) == 3
    assert ["2 live rows are not declared" in each.message for each in done.plan.findings] == [True]


@pairs
def test_a_key_that_differs_beyond_case_writes_nothing(world: World, one: str, other: str) -> None:
    created(world, one)

    done = world.run(table(COLUMNS, [{"K": other, "A": "mine"}]))

    assert (done.exit_code, world.cells("T")) == (3, {((one,), "A"): one})
    assert f"K={other} and K={one} may be the same key to AWS" in held(done.plan.changes)


@pytest.mark.parametrize(("live", "declared"), [("Gold", "GOLD"), ("straße", "STRAßE"), ("é", "É"), ("ß", "ß")])
def test_a_key_in_another_case_is_the_same_row(world: World, live: str, declared: str) -> None:
    created(world, live)

    done = world.run(table(COLUMNS, [{"K": declared, "A": "mine"}]))

    assert (done.exit_code, world.cells("T")) == (0, {((live,), "A"): "mine"})


def test_moving_a_key_away_from_its_twin_writes_nothing(world: World) -> None:
    created(world, "STRASSE")
    moved: Any = [({"K": "Straße"}, {"K": "Weg"})]

    done = world.run(table(COLUMNS, [{"K": "Weg", "A": "STRASSE"}], moved=moved))

    assert (done.exit_code, world.cells("T")) == (3, {(("STRASSE",), "A"): "STRASSE"})
