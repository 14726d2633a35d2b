"""A naive second version of the rules for cells, which must agree with the fast one."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds.connect.data_table.cells import violations
from tests.builders.declared_tables import array, attribute, broken

TENTHS = st.integers(-40, 40).map(lambda tenths: tenths / 10)
WORDS = st.text("aAbß", max_size=4)
NUMBERS = st.integers(-400, 400).map(lambda hundredths: f"{hundredths / 100:.2f}")


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


VALIDATIONS = st.fixed_dictionaries(
    {
        "minLength": maybe(st.integers(0, 4)),
        "maxLength": maybe(st.integers(0, 4)),
        "minValues": maybe(st.integers(0, 3)),
        "maxValues": maybe(st.integers(0, 3)),
        "minimum": maybe(TENTHS),
        "maximum": maybe(TENTHS),
        "exclusiveMinimum": maybe(TENTHS),
        "exclusiveMaximum": maybe(TENTHS),
        "multipleOf": maybe(st.sampled_from([0.1, 0.25, 0.3, 1.0, 3.0])),
        "ignoreCase": st.booleans(),
        "enum": maybe(
            st.fixed_dictionaries(
                {"strict": st.booleans(), "values": st.lists(WORDS | NUMBERS | st.sampled_from(["true", "false"]))}
            )
        ),
    }
)


def reference(value_type: str, primary: bool, rules: dict[str, Any], value: Any) -> set[str]:
    """`value`: a str, a Fraction, a bool, or a list of one of the first two."""
    items = value if isinstance(value, list) else [value]
    found = set()
    for item in items:
        if isinstance(item, str):
            found |= {"minLength"} if rules["minLength"] is not None and len(item) < rules["minLength"] else set()
            found |= {"maxLength"} if rules["maxLength"] is not None and len(item) > rules["maxLength"] else set()
        elif isinstance(item, Fraction):
            limits = {key: Fraction(repr(rules[key])) for key in NUMERIC if rules[key] is not None}
            found |= {key for key, limit in limits.items() if not NUMERIC[key](item, limit)}
        if rules["enum"] and rules["enum"]["strict"]:
            ignores_case = rules["ignoreCase"] and (value_type == "TEXT_LIST" or primary)
            found |= set() if any(equal(item, text, ignores_case) for text in rules["enum"]["values"]) else {"enum"}
    if isinstance(value, list):
        found |= {"minValues"} if rules["minValues"] is not None and len(value) < rules["minValues"] else set()
        found |= {"maxValues"} if rules["maxValues"] is not None and len(value) > rules["maxValues"] else set()
    return found


NUMERIC = {
    "minimum": lambda item, limit: item >= limit,
    "maximum": lambda item, limit: item <= limit,
    "exclusiveMinimum": lambda item, limit: item > limit,
    "exclusiveMaximum": lambda item, limit: item < limit,
    "multipleOf": lambda item, limit: (item / limit).denominator == 1,
}


def equal(item: Any, text: str, ignores_case: bool) -> bool:
    match item:
        case str():
            return item.casefold() == text.casefold() if ignores_case else item == text
        case bool():
            return text.lower() == str(item).lower()
        case _:
            return text.replace("-", "").replace(".", "").isdigit() and Fraction(text) == item


@given(VALIDATIONS, WORDS, st.booleans())
def test_texts_agree_with_the_naive_reference(rules, text, primary):
    assert set(broken("TEXT", text, primary=primary, **rules)) == reference("TEXT", primary, rules, text)


@given(VALIDATIONS, NUMBERS)
def test_numbers_agree_with_the_naive_reference(rules, text):
    assert set(broken("NUMBER", text, **rules)) == reference("NUMBER", False, rules, Fraction(text))


@given(VALIDATIONS, st.booleans())
def test_booleans_agree_with_the_naive_reference(rules, value):
    assert set(broken("BOOLEAN", str(value).lower(), **rules)) == reference("BOOLEAN", False, rules, value)


@pytest.mark.slow
@given(VALIDATIONS, st.lists(WORDS, max_size=4))
def test_text_lists_agree_with_the_naive_reference(rules, texts):
    assert set(broken("TEXT_LIST", array(*texts), **rules)) == reference("TEXT_LIST", False, rules, texts)


@given(VALIDATIONS, st.lists(NUMBERS, max_size=4))
def test_number_lists_agree_with_the_naive_reference(rules, texts):
    wire = f"[{', '.join(texts)}]"

    expected = reference("NUMBER_LIST", False, rules, [Fraction(text) for text in texts])

    assert set(broken("NUMBER_LIST", wire, **rules)) == expected


@given(st.sampled_from(["TEXT", "NUMBER", "BOOLEAN", "TEXT_LIST", "NUMBER_LIST"]), VALIDATIONS, st.text())
def test_no_text_makes_a_checker_raise(value_type, rules, text):
    assert all(isinstance(message, str) for message in violations(attribute(value_type, **rules), text))
