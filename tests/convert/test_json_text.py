"""JSON is read with the place of every value, and invalid JSON is reported with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.convert.json_text import read_json
from reconciler.documents.nodes import place, plain

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=12,
)


@given(VALUES, st.sampled_from([None, 0, 1, "\t"]), st.booleans())
def test_the_reader_agrees_with_python(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    read = read_json(json.dumps(value, indent=indent, ensure_ascii=ascii_only), "a.json")

    assert read.node is not None
    assert plain(read.node) == value


def test_every_value_knows_its_place() -> None:
    read = read_json('{\n "a": [1,\n   {"é": true}]}', "a.json")

    assert read.node is not None
    assert str(place(read.node, ["a"])) == "a.json:2:7"
    assert str(place(read.node, ["a", 1, "é"])) == "a.json:3:10"


def test_a_number_keeps_the_text_it_was_written_as() -> None:
    node = read_json("[1.50, 1e3, 12345678901234567890]", "a.json").node

    assert [item.text for item in node.items] == ["1.50", "1e3", "12345678901234567890"]  # type: ignore[union-attr]


def test_a_duplicate_key_is_a_mistake_at_its_second_place() -> None:
    (mistake,) = read_json('{"a": 1,\n "a": 2}', "a.json").mistakes

    assert str(mistake) == 'a.json:2:2: duplicate key "a"; it is also in line 1; remove one'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.json:1:1: invalid JSON: Expecting value"),
        ('{"a": 1', "a.json:1:8: invalid JSON: Expecting ',' delimiter"),
        ("[NaN]", "a.json: invalid JSON: NaN is not a JSON number"),
        ("[" * 100 + "]" * 100, "a.json:1:66: is nested deeper than 64 levels"),
        ("[" * 100_000, "a.json: invalid JSON: maximum recursion depth exceeded"),
    ],
)
def test_invalid_json_is_reported_with_its_place(text: str, message: str) -> None:
    read = read_json(text, "a.json")

    assert read.node is None
    assert str(read.mistakes[0]).startswith(message)
