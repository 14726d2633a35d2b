"""Optimistic locks, by the documented scopes; which component each level compares is inferred from its name."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .calls import CONFLICT, Table, cell, keyed, make, refused

LEVELS = ["NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"]
R, S = {"k": "r"}, {"k": "s"}


def filled(client: Any, level: str) -> Table:
    """Four cells: records r and s, attributes a and b."""
    table = keyed(client, level="NONE")
    table.create(cell("a", "1", R), cell("b", "2", R), cell("a", "3", S), cell("b", "4", S))
    client.update_data_table_metadata(**table.ids, Name="T", TimeZone="UTC", ValueLockLevel=level)
    return table


def is_stale(answer: Any) -> bool:
    return any("Concurrency conflict" in item["Message"] for item in answer["Failed"])


# For each level: which cells, when another writes them, make a lock on (a, r) stale.
SCOPES = {
    "NONE": set(),
    "DATA_TABLE": {("a", "r"), ("b", "r"), ("a", "s"), ("b", "s")},
    "PRIMARY_VALUE": {("a", "r"), ("b", "r")},
    "ATTRIBUTE": {("a", "r"), ("a", "s")},
    "VALUE": {("a", "r")},
}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("written", sorted(SCOPES["DATA_TABLE"]))
@pytest.mark.parametrize("write", ["update", "delete"])
def test_a_write_is_refused_when_its_scope_changed_since_it_was_read(
    connect: Any, level: str, written: tuple[str, str], write: str
) -> None:
    """Admin guide: the scope of each level."""
    table = filled(connect, level)
    read = table.lock("a", R)
    name, key = written
    table.update(cell(name, "by another", {"k": key}, table.lock(name, {"k": key})))

    answer = getattr(table, write)(cell("a", "mine", R, read))

    assert is_stale(answer) == (written in SCOPES[level])


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("write", ["update", "delete"])
def test_a_lock_just_read_is_accepted(connect: Any, level: str, write: str) -> None:
    table = filled(connect, level)

    assert getattr(table, write)(cell("a", "mine", R, table.lock("a", R)))["Successful"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("write", ["update", "delete"])
def test_a_missing_lock_is_stale_wherever_one_is_needed(sandbox: Control, connect: Any, level: str, write: str) -> None:
    """Unknown; strict by default, lenient by switch."""
    table = filled(connect, level)

    assert is_stale(getattr(table, write)(cell("a", "mine", R))) == (level != "NONE")
    sandbox.set_faults({"switches": {"missingLock": "ignored"}})
    assert getattr(table, write)(cell("b", "mine", R))["Successful"]


@pytest.mark.parametrize(
    ("level", "for_a_new_record", "for_an_old_one"),
    [
        ("NONE", False, False),
        ("DATA_TABLE", True, True),
        ("PRIMARY_VALUE", False, True),
        ("ATTRIBUTE", True, True),
        ("VALUE", False, False),
    ],
)
def test_which_creates_need_a_lock(connect: Any, level: str, for_a_new_record: bool, for_an_old_one: bool) -> None:
    """Inferred; that a new record needs none at PRIMARY_VALUE is what programs rely on."""
    table = filled(connect, level)
    table.attribute("c")

    assert is_stale(table.create(cell("c", "1", R))) == for_an_old_one
    assert is_stale(table.create(cell("c", "1", {"k": "new"}))) == for_a_new_record


def test_a_new_records_values_are_created_in_one_batch_without_locks(connect: Any) -> None:
    """Published programs do at PRIMARY_VALUE."""
    table = keyed(connect, level="PRIMARY_VALUE")

    assert len(table.create(cell("a", "1", R), cell("b", "2", R))["Successful"]) == 2


def moved(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {component for component in before if before[component] != after[component]}


@pytest.mark.parametrize(
    ("level", "components"),
    [
        ("NONE", {"PrimaryValues", "Value"}),
        ("DATA_TABLE", {"DataTable", "PrimaryValues", "Value"}),
        ("PRIMARY_VALUE", {"PrimaryValues", "Value"}),
        ("ATTRIBUTE", {"Attribute", "PrimaryValues", "Value"}),
        ("VALUE", {"PrimaryValues", "Value"}),
    ],
)
def test_which_locks_a_value_write_moves(connect: Any, level: str, components: set[str]) -> None:
    """Value and Attribute: service model. DataTable at its level, PrimaryValues at all: inferred."""
    table = filled(connect, level)
    before = table.lock("a", R)

    table.update(cell("a", "new", R, before))

    assert moved(before, table.lock("a", R)) == components


def test_rewriting_the_same_value_moves_its_locks(connect: Any) -> None:
    """Service model: each modification."""
    table = filled(connect, "VALUE")
    before = table.lock("a", R)

    table.update(cell("a", "1", R, before))

    assert "Value" in moved(before, table.lock("a", R))


def test_structure_moves_the_tables_lock_and_an_attributes_change_its_own(connect: Any) -> None:
    """Service model."""
    table = filled(connect, "NONE")
    first = table.lock("a", R)
    table.attribute("c")
    second = table.lock("a", R)
    table.change_attribute("a", Description="new")
    third = table.lock("a", R)
    connect.update_data_table_metadata(**table.ids, Name="T2", TimeZone="UTC", ValueLockLevel="NONE")
    fourth = table.lock("a", R)

    assert moved(first, second) == {"DataTable"}
    assert moved(second, third) == {"DataTable", "Attribute"}
    assert moved(third, fourth) == {"DataTable"}


def test_versions_are_opaque_and_never_come_back(connect: Any) -> None:
    table = filled(connect, "NONE")
    seen = set()
    for turn in range(20):
        seen.add(table.update(cell("a", str(turn % 2), R))["Successful"][0]["LockVersion"]["Value"])

    assert len(seen) == 20
    assert not all(version.isdecimal() for version in seen)


@pytest.mark.parametrize("level", LEVELS)
def test_a_batch_is_compared_once_with_what_it_found_at_its_start(connect: Any, level: str) -> None:
    """Inferred from a published client's call count."""
    table = filled(connect, level)
    items = [cell(name, "new", key, table.lock(name, key)) for name in ("a", "b") for key in (R, S)]

    assert len(table.update(*items)["Successful"]) == 4


@pytest.mark.parametrize(("level", "passed"), [("DATA_TABLE", 1), ("PRIMARY_VALUE", 2), ("ATTRIBUTE", 2), ("VALUE", 4)])
def test_by_switch_each_item_is_compared_with_what_the_one_before_left(
    sandbox: Control, connect: Any, level: str, passed: int
) -> None:
    sandbox.set_faults({"switches": {"compareLocks": "item"}})
    table = filled(connect, level)
    items = [cell(name, "new", key, table.lock(name, key)) for name in ("a", "b") for key in (R, S)]

    answer = table.update(*items)

    assert len(answer["Successful"]) == passed
    assert is_stale(answer) == (passed < 4)


@pytest.mark.parametrize("level", LEVELS)
def test_the_last_successful_item_carries_the_locks_for_the_next_request(connect: Any, level: str) -> None:
    table = filled(connect, level)
    lock = table.lock("a", R)

    for value in ("one", "two", "three"):
        answer = table.update(cell("a", value, R, lock))
        lock = answer["Successful"][-1]["LockVersion"]
    assert table.create(cell("a", "4", {"k": "t"}, lock))["Successful"]

    assert lock["Value"] == table.lock("a", R)["Value"]


def test_by_switch_a_batch_moves_each_lock_once(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"switches": {"moveLocks": "request"}})
    table = filled(connect, "DATA_TABLE")

    answer = table.update(cell("a", "x", R, table.lock("a", R)), cell("a", "y", S, table.lock("a", S)))

    assert len({item["LockVersion"]["DataTable"] for item in answer["Successful"]}) == 1


def test_a_delete_answers_the_locks_that_are_left(connect: Any) -> None:
    table = filled(connect, "PRIMARY_VALUE")

    (gone,) = table.delete(cell("a", "", R, table.lock("a", R)))["Successful"]

    assert "Value" not in gone["LockVersion"]
    assert table.delete(cell("b", "", R, gone["LockVersion"]))["Successful"]


def test_the_default_record_has_a_lock_of_its_own_even_without_primaries(connect: Any) -> None:
    """Service model; PRIMARY_VALUE then equals DATA_TABLE [admin guide]."""
    table = make(connect, level="PRIMARY_VALUE")
    table.attribute("a")
    table.attribute("b")
    lock = table.create(cell("a", "1"))["Successful"][0]["LockVersion"]
    table.create(cell("b", "1", lock=lock))

    assert is_stale(table.update(cell("a", "2", lock=lock)))
    assert table.update(cell("a", "2", lock=table.lock("a")))["Successful"]


@pytest.mark.parametrize(
    ("level", "component"),
    [
        ("DATA_TABLE", "DataTable"),
        ("PRIMARY_VALUE", "PrimaryValues"),
        ("ATTRIBUTE", "PrimaryValues"),
        ("VALUE", "PrimaryValues"),
    ],
)
def test_a_key_change_is_refused_whole_when_its_lock_is_stale(connect: Any, level: str, component: str) -> None:
    """ConflictException is modelled; the component at ATTRIBUTE and VALUE is inferred."""
    table = filled(connect, level)
    lock = table.lock("a", R)

    assert refused(lambda: table.rename(R, {"k": "new"}, lock | {component: "stale"})) == CONFLICT
    assert refused(lambda: table.rename(R, {"k": "new"})) == CONFLICT
    answer = table.rename(R, {"k": "new"}, {component: lock[component]})

    assert answer["LockVersion"][component] != lock[component]
    assert answer["LockVersion"][component] == table.lock("a", {"k": "new"})[component]


def test_at_level_none_a_key_change_needs_no_lock(connect: Any) -> None:
    table = filled(connect, "NONE")

    table.rename(R, {"k": "new"})

    assert len(table.records()) == 2


def test_structural_operations_take_no_lock(connect: Any) -> None:
    """Service model: the last writer wins."""
    for operation in (
        "UpdateDataTableMetadata",
        "UpdateDataTableAttribute",
        "DeleteDataTable",
        "DeleteDataTableAttribute",
    ):
        model = connect.meta.service_model.operation_model(operation)
        assert "LockVersion" not in model.input_shape.members

    table = filled(connect, "DATA_TABLE")
    table.change_attribute("a", Description="x")
    table.change_attribute("a", Description="y")
    assert table.described_attribute("a")["Description"] == "y"
