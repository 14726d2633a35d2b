"""Attributes: definition, rules, change (service model unless a test says otherwise)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .calls import CONFLICT, DUPLICATE, INVALID, MISSING, QUOTA, cell, keyed, make, refused


def test_creating_an_attribute_creates_no_values(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "1", {"k": "r"}))

    table.attribute("late")

    assert [value["AttributeName"] for value in table.values()] == ["a"]


def test_create_answers_the_trimmed_name_the_id_and_both_locks(connect: Any) -> None:
    made = make(connect).attribute("  Tier  ")

    assert made["Name"] == "Tier"
    assert made["AttributeId"]
    assert set(made["LockVersion"]) == {"DataTable", "Attribute"}


def test_attribute_names_are_unique_per_table_ignoring_case(connect: Any) -> None:
    table, other = make(connect, "one"), make(connect, "two")
    table.attribute("Tier")

    assert refused(lambda: table.attribute("tier")) == DUPLICATE
    other.attribute("Tier")


@pytest.mark.parametrize("name", ["aws:x", "Connect:x"])
def test_reserved_prefixes_are_refused(connect: Any, name: str) -> None:
    assert refused(lambda: make(connect).attribute(name)) == INVALID


def test_an_unknown_value_type_is_refused(connect: Any) -> None:
    assert refused(lambda: make(connect).attribute("a", "DATE")) == INVALID


@pytest.mark.parametrize("name", ["Kunden Tarif", "a:b=c@d'e|f", "顧客", "x.y-z_", "100"])
def test_names_travel_whole_in_the_path(connect: Any, name: str) -> None:
    table = make(connect)
    table.attribute(name)

    assert table.described_attribute(name)["Name"] == name


def test_the_101st_attribute_exceeds_the_quota(connect: Any) -> None:
    table = make(connect)
    for number in range(100):
        table.attribute(f"a{number}")

    assert refused(lambda: table.attribute("one more")) == QUOTA


def test_the_sixth_primary_attribute_exceeds_the_quota(connect: Any) -> None:
    """Admin guide: five primary attributes."""
    table = make(connect)
    for number in range(5):
        table.attribute(f"k{number}", Primary=True)
    table.attribute("a")

    assert refused(lambda: table.attribute("k5", Primary=True)) == QUOTA
    assert refused(lambda: table.change_attribute("a", Primary=True)) == QUOTA


def test_list_shows_full_definitions_and_locks(connect: Any) -> None:
    table = make(connect)
    table.attribute("n", "NUMBER", Description="d", Validation={"Minimum": 1.5, "Enum": {"Values": ["2"]}})

    (found,) = connect.list_data_table_attributes(**table.ids)["Attributes"]
    assert (found["ValueType"], found["Description"], found["Primary"]) == ("NUMBER", "d", False)
    assert found["Validation"] == {"Minimum": 1.5, "Enum": {"Values": ["2"]}}
    assert set(found["LockVersion"]) == {"DataTable", "Attribute"}
    assert found["DataTableId"] == table.id


def test_list_may_be_narrowed_to_ids(connect: Any) -> None:
    table = make(connect)
    wanted = table.attribute("b")["AttributeId"]
    table.attribute("a")

    found = connect.list_data_table_attributes(**table.ids, AttributeIds=[wanted])["Attributes"]
    assert [attribute["Name"] for attribute in found] == ["b"]


def test_an_unknown_attribute_is_not_found(connect: Any) -> None:
    table = make(connect)

    assert refused(lambda: table.described_attribute("a")) == MISSING
    assert refused(lambda: table.change_attribute("a")) == MISSING
    assert refused(lambda: connect.delete_data_table_attribute(**table.ids, AttributeName="a")) == MISSING


def test_update_replaces_everything_and_drops_what_is_left_out(connect: Any) -> None:
    table = make(connect)
    table.attribute("k", Description="d", Primary=True, Validation={"MaxLength": 5})

    table.change_attribute("k")

    found = table.described_attribute("k")
    assert found["Primary"] is False
    assert not found.get("Description")
    assert not found.get("Validation")


def test_rename_keeps_the_id_and_the_values(connect: Any) -> None:
    """Renaming is in the service model; that the id stays is inferred."""
    table = keyed(connect)
    table.create(cell("a", "1", {"k": "r"}))
    before = table.described_attribute("a")["AttributeId"]

    answer = table.change_attribute("a", " new ")

    (value,) = table.values()
    assert answer["Name"] == "new"
    assert (value["AttributeName"], value["Value"], value["AttributeId"]) == ("new", "1", before)


def test_a_primary_attribute_may_be_renamed_with_records_there(connect: Any) -> None:
    """Admin guide."""
    table = keyed(connect)
    table.create(cell("a", "1", {"k": "r"}))

    table.change_attribute("k", "key", Primary=True)

    assert table.describe_values(cell("a", "", {"key": "r"}))["Successful"]


def test_rename_onto_another_attribute_is_a_conflict(connect: Any) -> None:
    """Update does not model DuplicateResourceException; Conflict is inferred."""
    table = make(connect)
    table.attribute("a")
    table.attribute("b")

    assert refused(lambda: table.change_attribute("a", "B")) == CONFLICT
    table.change_attribute("a", "A")


def test_changing_the_type_keeps_stored_values(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "not a number", {"k": "r"}))

    table.change_attribute("a", value_type="NUMBER")

    (value,) = table.values()
    assert (value["ValueType"], value["Value"]) == ("NUMBER", "not a number")
    assert table.evaluate("a", key={"k": "r"})[0]["EvaluatedValue"] == "0"


def test_tightened_rules_are_not_applied_to_stored_values(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "too long", {"k": "r"}))

    table.change_attribute("a", Validation={"MaxLength": 3})

    assert table.values()[0]["Value"] == "too long"
    assert table.update(cell("a", "still too long", {"k": "r"}))["Failed"]


def test_deleting_an_attribute_deletes_its_values_and_answers_the_tables_lock(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "1", {"k": "r"}), cell("b", "2", {"k": "r"}))

    answer = connect.delete_data_table_attribute(**table.ids, AttributeName="a")

    assert [value["AttributeName"] for value in table.values()] == ["b"]
    assert answer["LockVersion"] == table.described()["LockVersion"]


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.attribute("k2", Primary=True),
        lambda table: table.change_attribute("a", Primary=True),
        lambda table: table.change_attribute("k", Primary=False),
        lambda table: table.client.delete_data_table_attribute(**table.ids, AttributeName="k"),
    ],
)
def test_primaries_are_neither_added_nor_removed_while_values_are_stored(connect: Any, change: Any) -> None:
    """Admin guide; the service model's text contradicts it for additions (see the switch)."""
    table = keyed(connect)
    table.create(cell("a", "1", {"k": "r"}))

    assert refused(lambda: change(table)) == CONFLICT
    table.delete(cell("a", "", {"k": "r"}))
    change(table)


def test_by_the_models_text_a_new_primary_is_empty_in_existing_records(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"switches": {"primaryOnFilledTable": "allowed"}})
    table = keyed(connect)
    table.create(cell("a", "1", {"k": "r"}))

    table.attribute("k2", "NUMBER", Primary=True)

    assert table.describe_values(cell("a", "", {"k": "r", "k2": "0"}))["Successful"]


def test_by_the_models_text_promotion_needs_unique_values(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"switches": {"primaryOnFilledTable": "allowed"}})
    table = keyed(connect)
    table.create(cell("a", "x", {"k": "r1"}), cell("a", "x", {"k": "r2"}), cell("b", "1", {"k": "r1"}))

    table.change_attribute("a", Primary=True)

    assert refused(lambda: table.change_attribute("k", Primary=False)) == CONFLICT
    assert table.describe_values(cell("b", "", {"k": "r1", "a": "x"}))["Successful"]


def test_by_the_models_text_a_demoted_primary_becomes_values(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"switches": {"primaryOnFilledTable": "allowed"}})
    table = keyed(connect)
    table.attribute("k2", Primary=True)
    table.create(cell("a", "1", {"k": "r", "k2": "s"}))

    table.change_attribute("k2")

    values = {value["AttributeName"]: value["Value"] for value in table.values()}
    assert values == {"a": "1", "k2": "s"}


@pytest.mark.parametrize(
    "rules",
    [
        {"MinLength": 3, "MaxLength": 2},
        {"MinValues": 3, "MaxValues": 2},
        {"Minimum": 2, "Maximum": 1},
        {"Minimum": 1, "ExclusiveMaximum": 1},
        {"ExclusiveMinimum": 1, "Maximum": 1},
        {"ExclusiveMinimum": 1, "ExclusiveMaximum": 1},
        {"Minimum": 1, "ExclusiveMinimum": 0},
        {"MultipleOf": 0},
        {"MultipleOf": -1},
        {"MinLength": -1},
        {"MaxLength": 1001},
        {"MaxValues": 101},
        {"Enum": {"Values": ["1", "2", "3", "4", "5", "6"]}},
        {"Enum": {"Strict": "yes"}},
        {"MinLength": 1.5},
    ],
)
def test_rules_that_contradict_themselves_or_the_services_limits_are_refused(
    connect: Any, rules: dict[str, Any]
) -> None:
    table = make(connect)

    assert refused(lambda: table.attribute("a", "NUMBER", Validation=rules)) == INVALID


def test_bounds_that_meet_are_allowed(connect: Any) -> None:
    table = make(connect)

    table.attribute("a", Validation={"MinLength": 2, "MaxLength": 2})
    table.attribute("n", "NUMBER", Validation={"Minimum": 1, "Maximum": 1})
    table.attribute("m", "NUMBER", Validation={"Maximum": 1, "ExclusiveMaximum": 1})

    assert table.described_attribute("a")["Validation"] == {"MinLength": 2, "MaxLength": 2}
    assert table.described_attribute("n")["Validation"] == {"Minimum": 1, "Maximum": 1}
    assert table.described_attribute("m")["Validation"] == {"Maximum": 1, "ExclusiveMaximum": 1}


def test_the_model_also_says_that_both_minimums_operate_independently(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"switches": {"bothMinimums": "independent"}})
    table = make(connect)

    table.attribute("n", "NUMBER", Validation={"Minimum": 1, "ExclusiveMinimum": 1})

    assert table.create(cell("n", "1"))["Failed"]
    assert table.create(cell("n", "2"))["Successful"]
