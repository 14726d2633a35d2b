"""Records: their keys, the default record, what lists show and what a value resolves to."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .calls import CONFLICT, INVALID, MISSING, Table, cell, keyed, make, pairs, refused

R = {"k": "r"}


def test_the_first_value_under_new_primary_values_makes_the_record(connect: Any) -> None:
    """Published programs create records with a single non-primary value and no lock."""
    table = keyed(connect)

    answer = table.create(cell("a", "1", R))

    (made,) = answer["Successful"]
    assert answer["Failed"] == []
    assert [(key["RecordId"], key["PrimaryValues"][0]["Value"]) for key in table.records()] == [(made["RecordId"], "r")]


def test_create_success_carries_key_name_record_id_and_all_four_locks(connect: Any) -> None:
    """Service model."""
    (made,) = keyed(connect).create(cell("a", "1", R))["Successful"]

    assert set(made) == {"PrimaryValues", "AttributeName", "RecordId", "LockVersion"}
    assert made["PrimaryValues"] == pairs(R)
    assert set(made["LockVersion"]) == {"DataTable", "Attribute", "PrimaryValues", "Value"}


@pytest.mark.parametrize(
    "key",
    [{}, {"k": "r"}, {"k": "r", "a": "x"}, {"k": "r", "k2": "s", "k3": "t"}, {"nope": "r", "k2": "s"}],
)
def test_a_key_names_all_primary_attributes_and_nothing_else(connect: Any, key: dict[str, str]) -> None:
    """Service model; no key at all means the default record."""
    table = keyed(connect)
    table.attribute("k2", Primary=True)

    answer = table.create(cell("a", "1", key))

    assert bool(answer["Failed"]) == bool(key)


def test_composite_keys_are_maps_not_lists(connect: Any) -> None:
    table = keyed(connect)
    table.attribute("k2", Primary=True)
    table.create(cell("a", "1", {"k": "x", "k2": "y"}))

    assert table.create(cell("b", "2", {"k2": "y", "k": "x"}))["Successful"]
    assert table.create(cell("a", "3", {"k": "y", "k2": "x"}))["Successful"]
    assert len(table.records()) == 2


def test_ignore_case_makes_keys_equal_and_lookups_insensitive(connect: Any) -> None:
    """Service model."""
    table = make(connect)
    table.attribute("k", Primary=True, Validation={"IgnoreCase": True})
    table.attribute("a")
    table.create(cell("a", "1", {"k": "Gold"}))

    assert table.create(cell("a", "2", {"k": "gOLD"}))["Failed"]
    assert table.update(cell("a", "2", {"k": "GOLD"}))["Successful"]
    assert table.values()[0]["PrimaryValues"][0]["Value"] == "Gold"


def test_keys_respect_case_unless_a_rule_ignores_it(connect: Any) -> None:
    table = keyed(connect)

    answer = table.create(cell("a", "1", {"k": "Gold"}), cell("a", "2", {"k": "gold"}))

    assert len(answer["Successful"]) == 2


def test_number_keys_are_compared_as_numbers(connect: Any) -> None:
    """Inferred: a number has no spelling."""
    table = make(connect)
    table.attribute("k", "NUMBER", Primary=True)
    table.attribute("a")
    table.create(cell("a", "1", {"k": "10"}))

    assert table.create(cell("a", "2", {"k": "10.0"}))["Failed"]
    assert table.create(cell("a", "2", {"k": "1e1"}))["Failed"]


def test_items_without_primary_values_are_the_default_record(connect: Any) -> None:
    """Seen: listed with null primary values and a UUID, not among the primary values."""
    table = keyed(connect)

    table.create(cell("a", "x"), cell("b", "y"))

    values = table.values()
    assert [value.get("PrimaryValues") for value in values] == [None, None]
    assert len({value["RecordId"] for value in values}) == 1
    assert table.records() == []


def test_a_table_without_primaries_has_its_default_record_only(connect: Any) -> None:
    """Admin guide."""
    table = make(connect)
    table.attribute("a")

    assert table.create(cell("a", "1", {"a": "1"}))["Failed"]
    assert table.create(cell("a", "1"))["Successful"]


def test_list_shows_raw_values_types_ids_and_all_locks(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "=UPPER('x')", R))

    (value,) = table.values()
    assert (value["Value"], value["ValueType"]) == ("=UPPER('x')", "TEXT")
    assert set(value["LockVersion"]) == {"DataTable", "Attribute", "PrimaryValues", "Value"}
    assert set(value["PrimaryValues"][0]) == {"AttributeName", "AttributeId", "Value"}


def test_values_come_by_primary_values_then_by_attribute(connect: Any) -> None:
    """Admin guide, of the console's records."""
    table = keyed(connect)
    table.create(cell("b", "1", {"k": "2"}), cell("a", "1", {"k": "2"}), cell("b", "1", {"k": "1"}), cell("b", "0"))

    order = [((v.get("PrimaryValues") or [{}])[0].get("Value"), v["AttributeName"]) for v in table.values()]
    assert order == [(None, "b"), ("1", "b"), ("2", "a"), ("2", "b")]


def test_list_may_be_narrowed_to_records_and_to_primary_values(connect: Any) -> None:
    table = keyed(connect)
    made = table.create(*(cell("a", "1", {"k": key}) for key in "xyz"))["Successful"]
    some = [{"AttributeName": "k", "Values": ["x", "z"]}]

    by_id = table.values(RecordIds=[made[1]["RecordId"]])
    by_key = table.values(PrimaryAttributeValues=some)

    assert [value["PrimaryValues"][0]["Value"] for value in by_id] == ["y"]
    assert [value["PrimaryValues"][0]["Value"] for value in by_key] == ["x", "z"]
    assert [key["PrimaryValues"][0]["Value"] for key in table.records(PrimaryAttributeValues=some)] == ["x", "z"]


def test_a_filter_on_what_is_no_primary_attribute_is_refused(connect: Any) -> None:
    table = keyed(connect)

    assert refused(lambda: table.values(PrimaryAttributeValues=[{"AttributeName": "a", "Values": ["x"]}])) == INVALID


def test_list_of_primary_values_shows_no_locks(connect: Any) -> None:
    """Service model."""
    table = keyed(connect)
    table.create(cell("a", "1", R))

    (key,) = table.records()
    assert set(key) == {"RecordId", "PrimaryValues", "LastModifiedTime", "LastModifiedRegion"}


def test_a_row_of_keys_alone_is_written_under_a_primary_attributes_name(connect: Any) -> None:
    """Inferred from what the flow block counts."""
    table = keyed(connect)

    assert table.create(cell("k", "other", R))["Failed"]
    assert table.create(cell("k", "r", R))["Successful"]

    assert len(table.records()) == 1
    assert table.values() == []
    table.delete(cell("k", "", R))
    assert table.records() == []


def test_a_key_change_keeps_values_and_record_id(connect: Any) -> None:
    """All values of the record move [service model]; that its id stays is inferred."""
    table = keyed(connect)
    before = table.create(cell("a", "1", R), cell("b", "2", R))["Successful"][0]["RecordId"]

    table.rename(R, {"k": "new"})

    assert [(v["PrimaryValues"][0]["Value"], v["Value"], v["RecordId"]) for v in table.values()] == [
        ("new", "1", before),
        ("new", "2", before),
    ]
    assert table.describe_values(cell("a", "", R))["Failed"]


def test_a_key_change_needs_every_primary_a_known_record_and_a_free_key(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "1", R), cell("a", "1", {"k": "s"}))

    assert refused(lambda: table.rename({}, {"k": "t"})) == INVALID
    assert refused(lambda: table.rename(R, {})) == INVALID
    assert refused(lambda: table.rename({"k": "nobody"}, {"k": "t"})) == MISSING
    assert refused(lambda: table.rename(R, {"k": "s"})) == CONFLICT
    assert refused(lambda: table.rename(R, {"k": "=EXPR()"})) == INVALID


def test_a_value_resolves_to_its_own_then_the_defaults_then_the_types(connect: Any) -> None:
    """Admin guide; that a matching record's missing cell falls through too is inferred."""
    table = keyed(connect)
    table.create(cell("a", "own", R), cell("a", "default"))

    assert [(v["EvaluatedValue"], v["Found"]) for v in table.evaluate("a", key=R)] == [("own", True)]
    assert [(v["EvaluatedValue"], v["Found"]) for v in table.evaluate("a", key={"k": "x"})] == [("default", False)]
    assert [(v["EvaluatedValue"], v["Found"]) for v in table.evaluate("b", key=R)] == [("", False)]


@pytest.mark.parametrize(
    ("value_type", "empty"),
    [("TEXT", ""), ("NUMBER", "0"), ("BOOLEAN", "false"), ("TEXT_LIST", "[]"), ("NUMBER_LIST", "[]")],
)
def test_each_type_has_its_built_in_default(connect: Any, value_type: str, empty: str) -> None:
    """Admin guide."""
    table = make(connect)
    table.attribute("a", value_type)

    (value,) = table.evaluate("a")
    assert (value["EvaluatedValue"], value["Found"], value["Error"]) == (empty, False, False)


def test_expressions_are_not_computed_and_say_so(connect: Any) -> None:
    """The sandbox's limit, not the service's."""
    table = keyed(connect)
    table.create(cell("a", "=NOW()", R))

    (value,) = table.evaluate("a", key=R)
    assert (value["EvaluatedValue"], value["Error"]) == ("", True)


def test_evaluating_an_unknown_attribute_is_refused(connect: Any) -> None:
    table = keyed(connect)

    assert refused(lambda: table.evaluate("nope")) == INVALID


def test_a_primary_attribute_evaluates_to_the_records_key(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("a", "1", R))

    (value,) = table.evaluate("k", key=R)
    assert (value["EvaluatedValue"], value["Found"]) == ("r", True)
    assert refused(lambda: table.evaluate("a", key={"a": "1"})) == INVALID


def test_a_primary_value_is_given_once_and_is_not_updated_as_a_value(connect: Any) -> None:
    table = keyed(connect)
    table.create(cell("k", "r", R))
    twice = cell("a", "1", R)
    twice["PrimaryValues"] = pairs(R) + pairs(R)

    assert table.create(twice)["Failed"]
    assert table.update(cell("k", "s", R))["Failed"]


def test_a_row_of_keys_alone_changes_its_key_as_a_whole(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"switches": {"primaryValuesAsItems": True}})
    table = keyed(connect)
    before = table.create(cell("k", "r", R))["Successful"][0]["LockVersion"]

    table.rename(R, {"k": "s"})

    (value,) = table.values()
    assert (value["AttributeName"], value["Value"]) == ("k", "s")
    assert value["LockVersion"]["Value"] != before["Value"]


@pytest.mark.parametrize("alias", ["", ":$LATEST", ":$SAVED"])
def test_attributes_are_made_and_keys_changed_under_both_managed_aliases(connect: Any, alias: str) -> None:
    """Service model."""
    table = keyed(connect)
    table.create(cell("a", "1", R))
    aliased = Table(connect, table.id + alias)

    aliased.attribute("late")
    aliased.rename(R, {"k": "s"})

    assert refused(lambda: Table(connect, f"{table.id}:v1").attribute("later")) == INVALID
    assert table.records()[0]["PrimaryValues"][0]["Value"] == "s"
