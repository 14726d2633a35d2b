"""Mistakes and findings in the rules of one attribute."""

import pytest

from tests.builders.declared_tables import column, findings, key, mistakes, problems, table


def rules(value_type="TEXT", **validation):
    """A table whose one attribute, apart from its key, has these rules."""
    return table(key(), column("X", value_type, validation=validation))


@pytest.mark.parametrize(
    ("value_type", "rule", "limit"),
    [
        ("NUMBER", "minLength", 1),
        ("BOOLEAN", "maxLength", 5),
        ("NUMBER_LIST", "maxLength", 5),
        ("TEXT", "minimum", 1),
        ("TEXT_LIST", "maximum", 1),
        ("BOOLEAN", "exclusiveMinimum", 1),
        ("TEXT", "exclusiveMaximum", 1),
        ("BOOLEAN", "multipleOf", 2),
        ("TEXT", "minValues", 1),
        ("NUMBER", "maxValues", 1),
        ("NUMBER", "ignoreCase", True),
    ],
)
def test_a_rule_fits_its_type_s0_23(value_type, rule, limit):
    (problem,) = problems(rules(value_type, **{rule: limit}))

    assert problem.severity == "error"
    assert problem.path == ("attributes", 1, "validation", rule)
    assert f"not for {value_type}" in problem.message


@pytest.mark.parametrize(
    ("value_type", "rule", "limit"),
    [
        ("TEXT", "minLength", 1),
        ("TEXT_LIST", "maxLength", 5),
        ("TEXT_LIST", "minValues", 1),
        ("NUMBER_LIST", "maxValues", 1),
        ("NUMBER", "minimum", 1),
        ("NUMBER_LIST", "multipleOf", 1),
        ("TEXT_LIST", "ignoreCase", True),
        ("BOOLEAN", "ignoreCase", False),
    ],
)
def test_a_rule_that_fits_is_fine(value_type, rule, limit):
    assert problems(rules(value_type, **{rule: limit})) == []


def test_ignore_case_on_a_text_outside_keys_is_a_finding():
    assert "has no effect" in findings(rules("TEXT", ignoreCase=True))[0]


@pytest.mark.parametrize(
    ("value_type", "low", "high"),
    [
        ("TEXT", {"minLength": 5}, {"maxLength": 4}),
        ("TEXT_LIST", {"minValues": 2}, {"maxValues": 1}),
        ("NUMBER", {"minimum": 0.2}, {"maximum": 0.1}),
        ("NUMBER", {"minimum": 1}, {"exclusiveMaximum": 1}),
        ("NUMBER", {"exclusiveMinimum": 1}, {"maximum": 1}),
        ("NUMBER_LIST", {"exclusiveMinimum": 1}, {"exclusiveMaximum": 1.0}),
    ],
)
def test_rules_leave_room_for_a_value_s0_23(value_type, low, high):
    (message,) = mistakes(rules(value_type, **low, **high))

    assert "no value is valid" in message


@pytest.mark.parametrize(
    ("low", "message"),
    [
        (2, "minimum 2 is greater than exclusiveMaximum 1, so no value is valid; change one"),
        (1, "minimum 1 equals exclusiveMaximum 1, so no value is valid; change one"),
    ],
)
def test_a_contradiction_names_both_limits(low, message):
    assert mistakes(rules("NUMBER", minimum=low, exclusiveMaximum=1.0)) == [message]


@pytest.mark.parametrize(
    ("value_type", "limits"),
    [
        ("TEXT", {"minLength": 5, "maxLength": 5}),
        ("TEXT_LIST", {"minValues": 1, "maxValues": 1}),
        ("NUMBER", {"minimum": 1, "maximum": 1}),
        ("NUMBER", {"minimum": 1, "exclusiveMaximum": 1.1}),
        ("NUMBER", {"exclusiveMinimum": 1, "exclusiveMaximum": 2}),
    ],
)
def test_rules_may_meet_in_one_value(value_type, limits):
    assert mistakes(rules(value_type, **limits)) == []


@pytest.mark.parametrize("limits", [{"minimum": 1, "exclusiveMinimum": 0}, {"maximum": 1, "exclusiveMaximum": 2}])
def test_a_limit_is_inclusive_or_exclusive(limits):
    assert "cannot be used together" in mistakes(rules("NUMBER", **limits))[0]


# Enums


def enum(value_type, *values, strict=True, **more):
    return rules(value_type, enum={"strict": strict, "values": list(values)}, **more)


def test_a_strict_enum_names_values():
    assert "allows nothing" in mistakes(enum("TEXT"))[0]


def test_an_enum_that_is_not_strict_may_be_empty():
    assert problems(enum("TEXT", strict=False)) == []


@pytest.mark.parametrize(
    ("value_type", "value"), [("NUMBER", "high"), ("BOOLEAN", "yes"), ("NUMBER_LIST", "[1]"), ("NUMBER", "1,5")]
)
def test_the_values_of_an_enum_are_of_the_type(value_type, value):
    (problem,) = problems(enum(value_type, value))

    assert problem.path == ("attributes", 1, "validation", "enum", "values", 0)
    assert problem.message.startswith("valueType")


@pytest.mark.parametrize(
    ("value_type", "value", "limits"),
    [("TEXT", "abc", {"maxLength": 2}), ("NUMBER", "3", {"maximum": 2}), ("NUMBER_LIST", "0.3", {"multipleOf": 0.2})],
)
def test_the_values_of_an_enum_keep_the_other_rules(value_type, value, limits):
    assert "own rules refuse it" in mistakes(enum(value_type, value, **limits))[0]


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (enum("TEXT", "a", "a"), '"a" is in the enum twice; remove one'),
        (enum("NUMBER", "1", "1.0"), '"1.0" is in the enum twice, also as "1"; remove one'),
        (enum("BOOLEAN", "true", "TRUE"), '"TRUE" is in the enum twice, also as "true"; remove one'),
        (enum("TEXT_LIST", "a", "A", ignoreCase=True), '"A" is in the enum twice, also as "a"; remove one'),
    ],
)
def test_an_enum_names_a_value_once(declared, message):
    assert mistakes(declared) == [message]


def test_an_enum_may_hold_texts_that_differ_in_case():
    assert mistakes(enum("TEXT", "a", "A")) == []


def test_an_enum_holds_no_expressions():
    assert "would be an expression" in mistakes(enum("TEXT", "=A"))[0]


@pytest.mark.parametrize(("count", "expected"), [(5, 0), (6, 1)])
def test_more_enum_values_than_documented_are_a_finding(count, expected):
    assert len(findings(enum("TEXT", *map(str, range(count))), severity="info")) == expected


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"minimum": 3, "maximum": 3}, "no multiple of 2 is within minimum 3 and maximum 3"),
        ({"minimum": 2.5, "exclusiveMaximum": 4}, "no multiple of 2 is within minimum 2.5 and exclusiveMaximum 4"),
        ({"exclusiveMinimum": -2, "exclusiveMaximum": 0}, "exclusiveMinimum -2 and exclusiveMaximum 0"),
        ({"exclusiveMinimum": -4, "maximum": -3}, "exclusiveMinimum -4 and maximum -3"),
    ],
)
def test_limits_without_a_multiple_between_them_are_a_mistake(limits, expected):
    (message,) = mistakes(rules("NUMBER", multipleOf=2, **limits))

    assert expected in message
    assert message.endswith("so no value is valid; change one")


@pytest.mark.parametrize(
    "limits",
    [
        {"minimum": -1, "maximum": 1},
        {"minimum": 2, "maximum": 2},
        {"exclusiveMinimum": -3, "maximum": -2},
        {"minimum": 3},
    ],
)
def test_limits_with_a_multiple_between_them_are_fine(limits):
    assert mistakes(rules("NUMBER", multipleOf=2, **limits)) == []


def test_multiples_are_exact_and_reach_as_far_as_numbers():
    assert mistakes(rules("NUMBER", multipleOf=0.1, minimum=0.3, maximum=0.3)) == []
    assert mistakes(rules("NUMBER", multipleOf=1e-300, minimum=1e300, maximum=1e300)) == []
