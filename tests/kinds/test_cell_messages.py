"""The messages about broken rules."""

import pytest

from reconciler.kinds.connect.data_table.cells import checker, violations
from reconciler.kinds.registry import KINDS
from tests.builders.declared_tables import array, attribute, broken


@pytest.mark.parametrize(
    ("value_type", "text", "rules", "message"),
    [
        ("TEXT", "ab", {"minLength": 3}, 'minLength 3: "ab" has 2 characters'),
        ("TEXT", "abcd", {"maxLength": 3}, 'maxLength 3: "abcd" has 4 characters'),
        ("NUMBER", "0.3", {"minimum": 0.5}, "minimum 0.5: 0.3 is less"),
        ("NUMBER", "0.35", {"multipleOf": 0.1}, "multipleOf 0.1: 0.35 is not a multiple of it"),
        ("NUMBER", "5", {"exclusiveMaximum": 5.0}, "exclusiveMaximum 5: 5 is not less"),
        ("BOOLEAN", "yes", {}, 'valueType BOOLEAN: "yes" is neither true nor false'),
        ("NUMBER_LIST", "[1]", {"minValues": 2}, "minValues 2: [1] has 1 item"),
    ],
)
def test_a_message_names_rule_limit_and_value_s0_31_s0_57(value_type, text, rules, message):
    assert violations(attribute(value_type, **rules), text) == (message,)


def test_a_strict_enum_lists_its_values_and_suggests_one():
    enum = {"strict": True, "values": ["Premium", "Basic"]}

    (message,) = violations(attribute("TEXT", enum=enum), "Premum")

    assert message == 'enum [Basic, Premium]: "Premum" is not in the list; did you mean "Premium"?'


def test_a_long_value_is_shortened():
    (message,) = violations(attribute("TEXT", maxLength=10), "start" + "x" * 900 + "end")

    assert len(message) < 110
    assert "start" in message
    assert "end" in message


def test_every_broken_rule_is_reported_s0_31():
    enum = {"strict": True, "values": ["1"]}

    assert broken("NUMBER", "7.5", maximum=5, multipleOf=2, enum=enum) == ["maximum", "multipleOf", "enum"]


def test_the_kind_checks_values_of_its_attributes():
    kind = KINDS["DataTable"]

    assert kind.violations(attribute("NUMBER", maximum=1), "2") == ("maximum 1: 2 is greater",)


def test_a_checker_is_made_once_for_equal_attributes():
    assert checker(attribute("NUMBER", maximum=1)) is checker(attribute("NUMBER", maximum=1.0))


def test_a_rule_that_many_items_break_is_reported_once():
    message = violations(attribute("NUMBER_LIST", maximum=1), array(5, 1, 6, 7))

    assert message == ("maximum 1: 5 is greater (and 2 more)",)


def test_a_rule_that_one_item_breaks_mentions_no_others():
    assert violations(attribute("NUMBER_LIST", maximum=1), array(5, 1)) == ("maximum 1: 5 is greater",)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("12.50", "12.5"), ("1e3", "1000"), ("0.000001", "0.000001"), ("1e300", "1E+300"), ("1e-7", "1E-7"), ("0.0", "0")],
)
def test_a_number_is_shown_as_people_write_it(text, shown):
    (message,) = violations(attribute("NUMBER", enum={"strict": True, "values": []}), text)

    assert message == f"enum []: {shown} is not in the list"


@pytest.mark.parametrize(("length", "is_short"), [(57, False), (58, False), (59, True)])
def test_a_value_of_60_characters_is_shown_whole(length, is_short):
    (message,) = violations(attribute("TEXT", maxLength=1), "x" * length)

    assert ("…" in message) is is_short
