"""The valid values: types, limits, rules (service model and admin guide unless a test says otherwise)."""

from __future__ import annotations

from typing import Any

import pytest

from .calls import INVALID, cell, keyed, make, refused


def writes(client: Any, value_type: str, value: str, **rules: Any) -> bool:
    """Returns whether create and update both accept a value of this type and these rules."""
    table = make(client)
    table.attribute("a", value_type)
    table.create(cell("a", {"TEXT": "", "NUMBER": "0", "BOOLEAN": "false"}.get(value_type, "[]")))
    table.change_attribute("a", value_type=value_type, Validation=rules)
    table.attribute("b", value_type, Validation=rules)
    updated = bool(table.update(cell("a", value))["Successful"])
    created = bool(table.create(cell("b", value))["Successful"])
    assert updated == created
    return created


@pytest.mark.parametrize("value", ["0", "-1", "0.5", "168.0", "1e3", "-2.5E-3", "12345678901234567890.123"])
def test_numbers_are_decimal_text(connect: Any, value: str) -> None:
    assert writes(connect, "NUMBER", value)


@pytest.mark.parametrize(
    "value", ["", "x", "1,5", "+1", ".5", "1.", "NaN", "Infinity", "0x10", " 1", "1 ", "٣", "true"]
)
def test_other_text_is_no_number(connect: Any, value: str) -> None:
    """Spelled as in JSON [inferred]."""
    assert not writes(connect, "NUMBER", value)


@pytest.mark.parametrize(
    ("value", "accepted"), [("true", True), ("false", True), ("True", False), ("1", False), ("", False)]
)
def test_booleans_are_true_and_false(connect: Any, value: str, accepted: bool) -> None:
    """Seen in a published program; that other spellings are refused is inferred."""
    assert writes(connect, "BOOLEAN", value) == accepted


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ('["Email","SMS"]', True),
        ("[]", True),
        ('["ü", ""]', True),
        ("Email", False),
        ('"Email"', False),
        ("[1]", False),
        ('["a", 1]', False),
        ("[null]", False),
        ('{"a": 1}', False),
        ('["a"', False),
        ("=SPLIT('a')", False),
    ],
)
def test_text_lists_are_json_arrays_of_strings_and_never_expressions(connect: Any, value: str, accepted: bool) -> None:
    assert writes(connect, "TEXT_LIST", value) == accepted


@pytest.mark.parametrize(
    ("value", "accepted"),
    [("[0.25, 1.0]", True), ("[]", True), ("[1e3, -2]", True), ('["1"]', False), ("[true]", False), ("[NaN]", False)],
)
def test_number_lists_are_json_arrays_of_numbers(connect: Any, value: str, accepted: bool) -> None:
    assert writes(connect, "NUMBER_LIST", value) == accepted


def test_values_read_back_verbatim(connect: Any) -> None:
    """Inferred."""
    table = make(connect)
    table.attribute("n", "NUMBER")
    table.attribute("l", "NUMBER_LIST")

    table.create(cell("n", "168.0"), cell("l", "[0.25,  1.0]"))

    assert {value["Value"] for value in table.values()} == {"168.0", "[0.25,  1.0]"}


@pytest.mark.parametrize(("length", "accepted"), [(5000, True), (5001, False)])
def test_text_has_at_most_5000_characters(connect: Any, length: int, accepted: bool) -> None:
    assert writes(connect, "TEXT", "😀" * length) == accepted


@pytest.mark.parametrize(("length", "accepted"), [(1000, True), (1001, False)])
def test_a_primary_text_has_at_most_1000_characters(connect: Any, length: int, accepted: bool) -> None:
    table = keyed(connect)

    assert bool(table.create(cell("a", "1", {"k": "x" * length}))["Successful"]) == accepted


@pytest.mark.parametrize(("length", "accepted"), [(1000, True), (1001, False)])
def test_an_item_of_a_text_list_has_at_most_1000_characters(connect: Any, length: int, accepted: bool) -> None:
    assert writes(connect, "TEXT_LIST", f'["{"x" * length}"]') == accepted


@pytest.mark.parametrize(("count", "accepted"), [(100, True), (101, False)])
def test_a_list_has_at_most_100_values(connect: Any, count: int, accepted: bool) -> None:
    assert writes(connect, "NUMBER_LIST", f"[{','.join('1' for _ in range(count))}]") == accepted


@pytest.mark.parametrize(
    ("value", "accepted"), [("a", False), ("ab", True), ("abc", True), ("abcd", False), ("😀😀", True)]
)
def test_lengths_count_characters_of_text_and_of_list_items(connect: Any, value: str, accepted: bool) -> None:
    table = make(connect, "lists")
    table.attribute("l", "TEXT_LIST", Validation={"MinLength": 2, "MaxLength": 3})

    assert writes(connect, "TEXT", value, MinLength=2, MaxLength=3) == accepted
    assert bool(table.create(cell("l", f'["{value}"]'))["Successful"]) == accepted


@pytest.mark.parametrize(("value", "accepted"), [("[]", False), ("[1]", True), ("[1,2]", True), ("[1,2,3]", False)])
def test_min_and_max_values_count_the_list(connect: Any, value: str, accepted: bool) -> None:
    assert writes(connect, "NUMBER_LIST", value, MinValues=1, MaxValues=2) == accepted


@pytest.mark.parametrize(
    ("rule", "bound", "value", "accepted"),
    [
        ("Minimum", 1.5, "1.5", True),
        ("Minimum", 1.5, "1.4", False),
        ("Maximum", 10, "10.0", True),
        ("Maximum", 10, "10.01", False),
        ("ExclusiveMinimum", 0, "0", False),
        ("ExclusiveMinimum", 0, "0.001", True),
        ("ExclusiveMaximum", 1, "1", False),
        ("ExclusiveMaximum", 1, "0.999", True),
        ("MultipleOf", 0.1, "0.3", True),
        ("MultipleOf", 0.1, "0.35", False),
        ("MultipleOf", 5, "15", True),
        ("MultipleOf", 5, "16", False),
    ],
)
def test_ranges_apply_to_numbers_and_to_list_items(
    connect: Any, rule: str, bound: float, value: str, accepted: bool
) -> None:
    """MultipleOf in decimals: 0.3 is three times 0.1 [inferred]."""
    table = make(connect, "lists")
    table.attribute("l", "NUMBER_LIST", Validation={rule: bound})

    assert writes(connect, "NUMBER", value, **{rule: bound}) == accepted
    assert bool(table.create(cell("l", f"[{value}]"))["Successful"]) == accepted


def test_an_enumeration_refuses_nothing_unless_it_is_strict(connect: Any) -> None:
    assert writes(connect, "TEXT", "other", Enum={"Values": ["a", "b"]})


@pytest.mark.parametrize(
    ("value_type", "value", "accepted"),
    [
        ("TEXT", "1", True),
        ("TEXT", "3", False),
        ("NUMBER", "1.0", True),
        ("NUMBER", "3", False),
        ("TEXT_LIST", '["1","2"]', True),
        ("TEXT_LIST", '["1","3"]', False),
        ("NUMBER_LIST", "[2, 1]", True),
        ("NUMBER_LIST", "[3]", False),
    ],
)
def test_a_strict_enumeration_allows_its_values_alone(
    connect: Any, value_type: str, value: str, accepted: bool
) -> None:
    """That numbers are compared as numbers is inferred."""
    assert writes(connect, value_type, value, Enum={"Strict": True, "Values": ["1", "2"]}) == accepted


@pytest.mark.parametrize("value_type", ["TEXT", "NUMBER", "BOOLEAN"])
def test_expressions_are_stored_raw_whatever_the_rules(connect: Any, value_type: str) -> None:
    rules = {"MaxLength": 2, "Maximum": 1, "Enum": {"Strict": True, "Values": ["1"]}}

    assert writes(connect, value_type, "=XLOOKUP('a', T.k, T.b)", **rules)


def test_a_primary_value_is_never_an_expression(connect: Any) -> None:
    assert keyed(connect).create(cell("a", "1", {"k": "=A()"}))["Failed"]


def test_rules_of_the_key_hold_when_its_record_is_made(connect: Any) -> None:
    table = make(connect)
    table.attribute("k", "NUMBER", Primary=True, Validation={"Minimum": 10})
    table.attribute("a")

    answer = table.create(cell("a", "1", {"k": "9"}), cell("a", "1", {"k": "x"}), cell("a", "1", {"k": "10"}))

    assert len(answer["Failed"]) == 2
    assert len(answer["Successful"]) == 1


def test_a_value_must_be_a_string_whatever_its_type(connect: Any) -> None:
    table = make(connect)
    table.attribute("n", "NUMBER")

    assert refused(lambda: table.create({"AttributeName": "n", "Value": 1})) == INVALID


@pytest.mark.parametrize(("length", "accepted"), [(5000, True), (5001, False)])
def test_an_expression_is_no_longer_than_a_text(connect: Any, length: int, accepted: bool) -> None:
    """Inferred."""
    assert writes(connect, "NUMBER", "=".ljust(length, "1")) == accepted


@pytest.mark.parametrize(("value", "accepted"), [("true", True), ("false", False)])
def test_a_strict_enumeration_of_booleans(connect: Any, value: str, accepted: bool) -> None:
    assert writes(connect, "BOOLEAN", value, Enum={"Strict": True, "Values": ["true"]}) == accepted


@pytest.mark.parametrize(("ignore", "accepted"), [(True, True), (False, False)])
def test_under_ignore_case_a_strict_enumeration_of_list_items_ignores_case(
    connect: Any, ignore: bool, accepted: bool
) -> None:
    """The rule applies to text lists [service model]; what it does there is inferred."""
    rules = {"IgnoreCase": ignore, "Enum": {"Strict": True, "Values": ["Gold"]}}

    assert writes(connect, "TEXT_LIST", '["gOLD"]', **rules) == accepted
