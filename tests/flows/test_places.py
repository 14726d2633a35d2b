"""Places of values in the text of a JSON file, and the blocks and lines of AWS's problems."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.flows.places import TextPlace, place_of
from reconciler.flows.problems import with_blocks
from reconciler.model.content import TextFile

TEXT = """\
{
  "Version": "2019-10-30",
  "a\\"b": {"é": [1, {"x": "}]"}, [true, null]]},
  "Actions": [
    {"Identifier": "Hello", "Type": "MessageParticipant", "Parameters": {}},
    { "Identifier" : "b" }
  ],
  "twice": {"k": 1, "k": 2}
}
"""


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        ((), (1, 1)),
        (("Version",), (2, 14)),
        (('a"b',), (3, 11)),
        (('a"b', "é"), (3, 17)),
        (('a"b', "é", 0), (3, 18)),
        (('a"b', "é", 1, "x"), (3, 27)),
        (('a"b', "é", 2, 1), (3, 41)),
        (("Actions", 0), (5, 5)),
        (("Actions", 0, "Parameters"), (5, 73)),
        (("Actions", 1, "Identifier"), (6, 22)),
    ],
)
def test_a_value_has_its_place(steps: tuple[str | int, ...], place: tuple[int, int]) -> None:
    assert place_of(TEXT, steps) == TextPlace(*place)


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        (("Missing",), (1, 1)),
        (("Actions", 7), (4, 14)),
        (("Actions", 2), (4, 14)),
        (("Actions", "Identifier"), (4, 14)),
        (("Version", "deeper"), (2, 14)),
        (("Version", 0), (2, 14)),
        ((0,), (1, 1)),
        (("Actions", 0, "Transitions", "NextAction"), (5, 5)),
    ],
)
def test_a_value_that_is_not_there_has_the_place_around_it(
    steps: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    assert place_of(TEXT, steps) == TextPlace(*place)


@pytest.mark.parametrize("text", ["", "{", '{"a"', '{"a":', '{"a": [1,', '{"a": oops}', "[", "\n\n"])
def test_a_text_that_is_not_json_has_a_place_too(text: str) -> None:
    assert place_of(text, ("a", 0, "b")).line >= 1


def test_a_name_with_a_quote_in_a_reference_ends_the_search_there() -> None:
    text = '{"a": {"b": "${Queue/the "red" one.arn}",\n "c": 1}}'

    assert place_of(text, ("a", "c")) == TextPlace(1, 7)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(_values, st.sampled_from([None, 0, 2]), st.booleans())
def test_every_value_of_a_text_is_found(value: Any, indent: int | None, is_ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    lines = text.split("\n")

    for steps, inner in _every((), value):
        place = place_of(text, steps)
        rest = "\n".join([lines[place.line - 1][place.column - 1 :], *lines[place.line :]])
        assert json.JSONDecoder().raw_decode(rest)[0] == inner


def _every(steps: tuple[str | int, ...], value: Any) -> list[tuple[tuple[str | int, ...], Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [(steps, value)]
    for key, item in pairs:
        found += _every((*steps, key), item)
    return found


# Problems.


def flow(*names: str) -> dict[str, Any]:
    actions = [{"Identifier": it, "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}} for it in names]
    return {"Version": "2019-10-30", "StartAction": names[0], "Actions": actions}


def file_of(value: Any) -> TextFile:
    return TextFile("flows/main.json", json.dumps(value, indent=1))


@pytest.mark.parametrize(
    "problem",
    [
        "Invalid Action property value. Path: Actions[1].Parameters.Text",
        "Action is missing required property. Path: Actions[1]",
        "Something is wrong. Path: 1.Parameters",
    ],
)
def test_a_problem_names_its_block(problem: str) -> None:
    assert with_blocks(problem, flow("Hello", "Bye"), None) == f'{problem} (block "Bye")'


def test_a_problem_names_the_line_of_the_file_whatever_its_order() -> None:
    sent, written = flow("Hello", "Bye"), flow("Bye", "Hello")

    message = with_blocks("a. Path: Actions[0]; b. Path: Actions[1]", sent, file_of(written))

    assert message == (
        'a. Path: Actions[0] (block "Hello", flows/main.json:12); b. Path: Actions[1] (block "Bye", flows/main.json:6)'
    )


@pytest.mark.parametrize("message", ["", "The flow is wrong", "Path: Actions[7]", "Path: Actions[]", "Actions[-1]"])
def test_a_message_without_a_block_stays(message: str) -> None:
    assert with_blocks(message, flow("Hello"), file_of(flow("Hello"))) == message


@pytest.mark.parametrize("text", ["{", "[]", "", '{"modules": []}', '{"ContactFlow": {"Content": "{}"}}', "7"])
def test_a_file_that_changed_since_gives_no_lines(text: str) -> None:
    message = with_blocks("Path: Actions[0]", flow("Hello"), TextFile("main.json", text))

    assert message == 'Path: Actions[0] (block "Hello")'


def test_a_block_without_a_readable_name_has_its_title() -> None:
    message = with_blocks("Path: Actions[0]", flow("12345678-0000-4000-8000-000000000000"), None)

    assert message == 'Path: Actions[0] (block "Disconnect")'
