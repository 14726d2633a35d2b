"""Differences of documents: they are shown by path, they are the whole change, and they can be taken back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.diff.documents import (
    DiffersError,
    DocumentDifference,
    applied,
    differences,
    path_steps,
    path_text,
)
from reconciler.model.document import JsonDocument
from reconciler.model.meaning import json_meaning
from tests.builders.policies import Json, edited, keys, objects


def shown(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    found = differences(JsonDocument.of(before), JsonDocument.of(after))
    return [(path_text(it.steps), it.before, it.after) for it in found]


def test_a_difference_has_the_path_of_its_value() -> None:
    before = {"Statement": [{"Sid": "A", "Action": ["x"]}, {"Sid": "B", "Effect": "Allow"}], "Id": "1"}
    after = {"Statement": [{"Sid": "A", "Action": ["x", "y"]}, {"Sid": "B", "Effect": "Deny"}], "Version": "2"}

    assert shown(before, after) == [
        ("Id", "1", None),
        ("Statement[0].Action[1]", None, "y"),
        ("Statement[1].Effect", "Allow", "Deny"),
        ("Version", None, "2"),
    ]


def test_a_removed_item_leaves_the_others_out() -> None:
    assert shown({"a": [1, 2, 3, 4]}, {"a": [1, 4]}) == [("a[1]", 2, None), ("a[2]", 3, None)]


def test_null_is_shown_with_what_holds_it() -> None:
    assert shown({"a": {"b": None, "c": 1}}, {"a": {"c": 1}}) == [("a", {"b": None, "c": 1}, {"c": 1})]
    assert shown({"a": {"b": [None]}}, {"a": {"b": [1]}}) == [("a.b", [None], [1])]
    assert shown({"a": None}, {"b": 1}) == [("", {"a": None}, {"b": 1})]


def test_a_document_that_is_no_map_is_one_difference() -> None:
    assert shown("[1, 2]", {"a": 1}) == [("", "[1,2]", {"a": 1})]
    assert shown("no json", "none") == [("", "no json", "none")]


def test_a_key_that_begins_with_underscores_is_shown() -> None:
    assert shown({"__a": 1}, {"__a": 2}) == [("__a", 1, 2)]


@pytest.mark.parametrize(("before", "after"), [([None], [False, None]), ([1, None], [1, False, None])])
def test_null_stays_behind_an_item_that_is_added_before_it(before: list[Any], after: list[Any]) -> None:
    found = differences(JsonDocument.of({"a": before}), JsonDocument.of({"a": after}))

    assert applied({"a": before}, found) == {"a": after}


@pytest.mark.slow
@given(objects, st.data())
def test_the_differences_are_the_whole_change_and_lead_back(before: Json, data: st.DataObject) -> None:
    after = data.draw(edited(before))
    one, other = JsonDocument.of(before), JsonDocument.of(after)
    found = differences(one, other)
    back = [DocumentDifference(it.steps, it.after, it.before) for it in found]

    assert (found == ()) == (one == other)
    assert json_meaning(applied(one.written, found)) == json_meaning(other.written)
    assert json_meaning(applied(other.written, back)) == json_meaning(one.written)


@given(st.lists(st.integers(0, 999) | keys, max_size=5))
def test_a_path_reads_back_as_its_steps(steps: list[Any]) -> None:
    assert path_steps(path_text(tuple(steps))) == tuple(steps)


@pytest.mark.parametrize("text", ["a b", "a[", "a[x]", '["a]', "é"])
def test_a_text_that_is_no_path_has_no_steps(text: str) -> None:
    assert path_steps(text) is None


@pytest.mark.parametrize(
    "change",
    [
        DocumentDifference(("a",), 2, 3),
        DocumentDifference(("b", "c"), 1, 2),
        DocumentDifference(("list", 5), 1, None),
        DocumentDifference(("list", 0), 2, None),
        DocumentDifference(("list", "x"), 1, 2),
        DocumentDifference(("a", "x"), 1, 2),
        DocumentDifference(("a",), None, 3),
        DocumentDifference((), {}, {"a": 2}),
    ],
)
def test_a_difference_that_is_not_there_cannot_be_taken_back(change: DocumentDifference) -> None:
    with pytest.raises(DiffersError):
        applied({"a": 1, "b": {}, "list": [1]}, [change])
