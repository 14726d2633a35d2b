"""The rules that a wire text breaks."""

from decimal import Decimal

import pytest

from reconciler.model import Linked
from tests.builders.declared_tables import array, broken

# Texts


@pytest.mark.parametrize(("length", "expected"), [(2, ["minLength"]), (3, []), (4, [])])
def test_a_text_has_at_least_min_length_characters_s0_40(length, expected):
    assert broken("TEXT", "x" * length, minLength=3) == expected


@pytest.mark.parametrize(("length", "expected"), [(4, []), (5, []), (6, ["maxLength"])])
def test_a_text_has_at_most_max_length_characters_s0_40(length, expected):
    assert broken("TEXT", "x" * length, maxLength=5) == expected


@pytest.mark.parametrize("text", ["ééééé", "日本語日本", "🙂🙂🙂🙂🙂"])
def test_length_counts_characters_and_not_bytes_s0_40(text):
    assert broken("TEXT", text, minLength=5, maxLength=5) == []


def test_the_empty_text_is_a_text():
    assert broken("TEXT", "") == []


def test_a_max_length_of_zero_allows_only_the_empty_text():
    assert broken("TEXT", "", maxLength=0) == []
    assert broken("TEXT", "a", maxLength=0) == ["maxLength"]


@pytest.mark.parametrize(("length", "expected"), [(4999, []), (5000, []), (5001, ["at"])])
def test_the_service_takes_5000_characters_of_a_text(length, expected):
    assert broken("TEXT", "x" * length) == expected


@pytest.mark.parametrize(("length", "expected"), [(999, []), (1000, []), (1001, ["at"])])
def test_the_service_takes_1000_characters_of_a_key(length, expected):
    assert broken("TEXT", "x" * length, primary=True) == expected


@pytest.mark.parametrize(("length", "expected"), [(999, []), (1000, []), (1001, ["at"])])
def test_the_service_takes_1000_characters_of_a_lists_item(length, expected):
    assert broken("TEXT_LIST", array("ok", "x" * length)) == expected


def test_a_text_with_references_has_no_length_yet():
    text = Linked("${Queue/billing.arn}")

    assert broken("TEXT", text, maxLength=3) == []


def test_a_list_with_references_has_no_lengths_yet():
    assert broken("TEXT_LIST", Linked(array("${Queue/billing.arn}")), maxLength=3) == []


def test_references_do_not_excuse_from_other_rules():
    assert broken("TEXT_LIST", Linked(array("${Queue/billing.arn}", "b")), maxValues=1) == ["maxValues"]


# Numbers


@pytest.mark.parametrize(("text", "expected"), [("0.9", ["minimum"]), ("1", []), ("1.0", []), ("1.1", [])])
def test_minimum_is_inclusive_s0_41(text, expected):
    assert broken("NUMBER", text, minimum=1) == expected


@pytest.mark.parametrize(("text", "expected"), [("9.9", []), ("10", []), ("10.0", []), ("10.1", ["maximum"])])
def test_maximum_is_inclusive_s0_41(text, expected):
    assert broken("NUMBER", text, maximum=10) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("0.9", ["exclusiveMinimum"]), ("1", ["exclusiveMinimum"]), ("1.1", [])]
)
def test_exclusive_minimum_leaves_the_limit_out_s0_41(text, expected):
    assert broken("NUMBER", text, exclusiveMinimum=1) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("9.9", []), ("10", ["exclusiveMaximum"]), ("10.1", ["exclusiveMaximum"])]
)
def test_exclusive_maximum_leaves_the_limit_out_s0_41(text, expected):
    assert broken("NUMBER", text, exclusiveMaximum=10) == expected


@pytest.mark.parametrize("tenths", range(-30, 31))
def test_every_tenth_is_a_multiple_of_a_tenth_s0_41(tenths):
    assert broken("NUMBER", str(Decimal(tenths) / 10), multipleOf=0.1) == []


@pytest.mark.parametrize("text", ["0.05", "0.15", "0.1000000001", "1e-300", "-0.35"])
def test_a_number_between_tenths_is_not_a_multiple_s0_41(text):
    assert broken("NUMBER", text, multipleOf=0.1) == ["multipleOf"]


@pytest.mark.parametrize(("text", "expected"), [("2", ["multipleOf"]), ("3", []), ("4", ["multipleOf"]), ("0", [])])
def test_a_multiple_is_met_exactly_s0_41(text, expected):
    assert broken("NUMBER", text, multipleOf=3) == expected


def test_a_huge_number_is_a_multiple_of_a_tiny_step():
    assert broken("NUMBER", "1e300", multipleOf=1e-10) == []


def test_a_limit_is_the_decimal_that_was_written():
    assert broken("NUMBER", "0.1", minimum=0.1, maximum=0.1) == []


@pytest.mark.parametrize("text", ["", "abc", "1,5", "NaN", "Infinity", "0x10", "1 2", "true", "1e999"])
def test_a_text_that_is_not_a_number_breaks_the_type(text):
    assert broken("NUMBER", text, minimum=5, multipleOf=2) == ["valueType"]


# Booleans


@pytest.mark.parametrize("text", ["true", "false", "TRUE", "False"])
def test_true_and_false_are_booleans_in_any_case_s0_42(text):
    assert broken("BOOLEAN", text) == []


@pytest.mark.parametrize("text", ["yes", "no", "1", "0", "", "on", "t"])
def test_nothing_else_is_a_boolean_s0_42(text):
    assert broken("BOOLEAN", text) == ["valueType"]


# Lists


@pytest.mark.parametrize(("count", "expected"), [(1, ["minValues"]), (2, []), (3, [])])
def test_a_list_has_at_least_min_values_items_s0_43(count, expected):
    assert broken("TEXT_LIST", array(*["a"] * count), minValues=2) == expected


@pytest.mark.parametrize(("count", "expected"), [(1, []), (2, []), (3, ["maxValues"])])
def test_a_list_has_at_most_max_values_items_s0_43(count, expected):
    assert broken("NUMBER_LIST", array(*[1] * count), maxValues=2) == expected


@pytest.mark.parametrize(("count", "expected"), [(99, []), (100, []), (101, ["at"])])
def test_the_service_takes_100_items(count, expected):
    assert broken("TEXT_LIST", array(*["a"] * count)) == expected


@pytest.mark.parametrize(("length", "expected"), [(1, ["minLength"]), (2, []), (3, []), (4, ["maxLength"])])
def test_lengths_hold_for_each_item_of_a_text_list(length, expected):
    assert broken("TEXT_LIST", array("ab", "x" * length), minLength=2, maxLength=3) == expected


def test_a_strict_enum_holds_for_each_item_s0_43():
    assert broken("TEXT_LIST", array("Email", "Fax"), enum={"strict": True, "values": ["Email", "SMS"]}) == ["enum"]


@pytest.mark.parametrize(("item", "expected"), [(-1, ["minimum"]), (0, []), (10, []), (11, ["maximum"])])
def test_ranges_hold_for_each_item_of_a_number_list_s0_44(item, expected):
    assert broken("NUMBER_LIST", array(5, item), minimum=0, maximum=10) == expected


def test_an_empty_list_breaks_no_rule_of_items():
    assert broken("NUMBER_LIST", "[]", minimum=5, enum={"strict": True, "values": ["6"]}) == []


@pytest.mark.parametrize("text", ["a, b", "", "[1]", '["a"', '{"a": 1}', '["a", null]', "[[]]", '"a"'])
def test_a_text_that_is_not_a_text_list_breaks_the_type_s0_58(text):
    assert broken("TEXT_LIST", text) == ["valueType"]


@pytest.mark.parametrize("text", ["1, 2", '["1"]', "[NaN]", "[true]", "[1", "[[1]]"])
def test_a_text_that_is_not_a_number_list_breaks_the_type_s0_58(text):
    assert broken("NUMBER_LIST", text) == ["valueType"]


# Enums


@pytest.mark.parametrize(
    ("value_type", "values", "text"),
    [
        ("TEXT", ["Gold", "Silver"], "Gold"),
        ("NUMBER", ["1", "2.50"], "2.5"),
        ("NUMBER", ["1"], "1.0"),
        ("BOOLEAN", ["TRUE"], "true"),
        ("NUMBER_LIST", ["0.5", "1"], "[0.50, 1.0]"),
    ],
)
def test_a_strict_enum_compares_values_and_not_texts(value_type, values, text):
    assert broken(value_type, text, enum={"strict": True, "values": values}) == []


@pytest.mark.parametrize(
    ("value_type", "values", "text"),
    [("TEXT", ["1"], "1.0"), ("NUMBER", ["1"], "1.01"), ("BOOLEAN", ["true"], "false"), ("TEXT", ["Gold"], "gold")],
)
def test_a_strict_enum_refuses_other_values(value_type, values, text):
    assert broken(value_type, text, enum={"strict": True, "values": values}) == ["enum"]


def test_an_enum_that_is_not_strict_refuses_nothing():
    assert broken("TEXT", "Bronze", enum={"values": ["Gold"]}) == []


@pytest.mark.parametrize(("value_type", "primary"), [("TEXT", True), ("TEXT_LIST", False)])
def test_ignore_case_holds_for_enums_of_keys_and_text_lists(value_type, primary):
    text = array("GOLD") if value_type == "TEXT_LIST" else "GOLD"

    enum = {"strict": True, "values": ["Gold"]}

    assert broken(value_type, text, primary=primary, ignoreCase=True, enum=enum) == []


def test_ignore_case_has_no_effect_on_texts_outside_keys():
    assert broken("TEXT", "GOLD", ignoreCase=True, enum={"strict": True, "values": ["Gold"]}) == ["enum"]


# Expressions


@pytest.mark.parametrize("value_type", ["TEXT", "NUMBER", "BOOLEAN"])
def test_an_expression_breaks_nothing(value_type):
    rules = {"minLength": 900} if value_type == "TEXT" else {}

    assert broken(value_type, "=IF(1, 2, 3)", enum={"strict": True, "values": []}, **rules) == []


@pytest.mark.parametrize("value_type", ["TEXT_LIST", "NUMBER_LIST"])
def test_a_list_is_never_an_expression(value_type):
    assert broken(value_type, "=LIST(1)") == ["valueType"]


def test_a_key_is_never_an_expression():
    assert broken("NUMBER", "=1", primary=True) == ["valueType"]


@pytest.mark.parametrize("text", ["1e309", "-1e309", "1.8e308", "1e399", "1e999999999", "1e-400", "-1e-399"])
@pytest.mark.parametrize("value_type", ["NUMBER", "NUMBER_LIST"])
def test_a_number_that_a_double_cannot_hold_is_a_mistake(value_type, text):
    """S-18: the service keeps numbers as doubles."""
    assert broken(value_type, f"[{text}]" if value_type == "NUMBER_LIST" else text) == ["valueType"]


@pytest.mark.parametrize("text", ["1e308", "-1.7976931348623157e308", "1e-300", "0e999", "0"])
def test_a_number_at_the_end_of_a_doubles_range_is_fine(text):
    assert broken("NUMBER", text) == []
