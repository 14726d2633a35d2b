"""`${…}` in the text of a JSON file: references and variables have a meaning, everything else is the flow's own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.json_texts import read_json
from reconciler.desired.texts import Texts
from reconciler.errors import Source
from reconciler.model import Linked, Ref
from reconciler.model.document import parsed

KINDS = ("Queue", "ContactFlow", "ContactFlowModule", "HoursOfOperation", "Prompt")
VARIABLES = {"LINE": "Billing", "QUOTED": 'say "hello"\\', "ODD": "${Queue/X.arn}", "DOLLAR": "$", "NAME": "Grüße"}
TEXTS = Texts("prod", VARIABLES, "never")


def value_of(text: str) -> Any:
    """Returns the JSON value of a text without mistakes."""
    read = read_json(text, "main.json", TEXTS, KINDS)
    assert read.mistakes == ()
    return parsed(read.value)


def mistakes(text: str) -> list[str]:
    return [str(mistake) for mistake in read_json(text, "main.json", TEXTS, KINDS).mistakes]


def test_a_reference_is_linked_and_has_its_place() -> None:
    text = '{\n  "é": "${Queue/Billing.arn}",\n  "b": ["${ContactFlow/Main.id}"]\n}'

    read = read_json(text, "main.json", TEXTS, KINDS)

    assert isinstance(read.value, Linked)
    assert parsed(read.value) == {"é": Linked("${Queue/Billing.arn}"), "b": [Linked("${ContactFlow/Main.id}")]}
    assert [(link.ref, link.source, link.may_be_live) for link in read.links] == [
        (Ref("Queue", "Billing"), Source("main.json", 2, 9), True),
        (Ref("ContactFlow", "Main"), Source("main.json", 3, 10), True),
    ]


@pytest.mark.parametrize(
    "plain",
    [
        "$.Attributes.tier",
        "$.Queue.ARN",
        "${F:name:F}",
        "$${F:name:F}",
        "{{name}}",
        "${name}",
        "$ {Queue/Billing.arn}",
        "${queue/billing.arn}",
        "${",
        "$$",
        "costs $5 {or} ${5",
        "${secret:TOKEN}",
        "${env:HOME}",
    ],
)
def test_other_texts_stay(plain: str) -> None:
    text = json.dumps({"Text": plain})

    read = read_json(text, "main.json", TEXTS, KINDS)

    assert (read.value, read.mistakes, read.links) == (text, (), ())
    assert not isinstance(read.value, Linked)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("$${Queue/Billing.arn}", "${Queue/Billing.arn}"),
        ("$${Queue/Billing}", "${Queue/Billing}"),
        ("$${Unknown/Billing.arn}", "${Unknown/Billing.arn}"),
        ("$${var:LINE}", "${var:LINE}"),
        ("$$${Queue/Billing.arn}", "$${Queue/Billing.arn}"),
        ("$${Queue/Billing", "${Queue/Billing"),
    ],
)
@pytest.mark.parametrize("beside", ["", "${Queue/Sales.arn}"])
def test_two_dollars_are_a_plain_one(written: str, plain: str, beside: str) -> None:
    value = value_of(json.dumps({"Text": written, "QueueId": beside}))

    assert value["Text"] == plain
    assert not isinstance(value["Text"], Linked)
    assert isinstance(value["QueueId"], Linked) == bool(beside)


def test_an_escaped_dollar_of_json_is_plain() -> None:
    value = value_of(r'{"Text": "\u0024{Queue/Billing.arn}", "QueueId": "${Queue/Billing.arn}"}')

    assert (type(value["Text"]), type(value["QueueId"])) == (str, Linked)


def test_a_variable_becomes_a_text_of_json() -> None:
    text = '{"a": "Line ${var:LINE}", "b": "${var:QUOTED}", "c": "${var:NAME}"}'

    assert value_of(text) == {"a": "Line Billing", "b": 'say "hello"\\', "c": "Grüße"}


@pytest.mark.parametrize("written", ["${var:ODD}", "${var:DOLLAR}{Queue/X.arn}"])
@pytest.mark.parametrize("beside", ["", "${Queue/Sales.arn}"])
def test_the_value_of_a_variable_is_no_reference(written: str, beside: str) -> None:
    """An environment variable may set it, so that it could name any resource."""
    value = value_of(json.dumps({"Text": written, "QueueId": beside}))

    assert value["Text"] == "${Queue/X.arn}"
    assert not isinstance(value["Text"], Linked)


def test_an_unknown_variable_has_a_hint() -> None:
    assert mistakes('{\n "a": "${var:LIME}"}') == [
        'main.json:2:8: environment "prod" has no variable "LIME"; did you mean "LINE"?'
    ]


@pytest.mark.parametrize("written", ["${Queue/Billing}", "${Queue/Billing.name}", "${Queue/Billing.}"])
def test_an_incomplete_reference_is_a_mistake(written: str) -> None:
    (message,) = mistakes(json.dumps({"QueueId": written}))

    assert message.startswith(f"main.json:1:14: {written} is not a complete reference; write ")


@pytest.mark.parametrize("written", ["${Queue/Billing", "${Queue/Billing.arn", "hello ${var:LINE"])
def test_a_reference_that_is_not_closed_is_a_mistake(written: str) -> None:
    """In a manifest it is one too. Without its brace, a later one in the file would seem to close it."""
    text = json.dumps({"a": "${Queue/Sales.arn}", "b": written, "c": "x.arn}"})

    (message,) = mistakes(text)

    assert "is not closed; write } behind it, or $${ for a plain ${" in message


def test_an_unknown_kind_has_a_hint() -> None:
    (near, far) = mistakes('{"a": "${Queu/Billing.arn}", "b": "${Lexicon/Billing.arn}"}')

    assert near == 'main.json:1:8: ${Queu/Billing.arn} is not a reference: there is no kind Queu; did you mean "Queue"?'
    assert far.endswith("there is no kind Lexicon; write $${ for a plain ${")


@pytest.mark.parametrize("name", ['the "red" one', "a\\b", "Grüße", "日本 語", "a.b.arn", "a/b", "€ 5", "tab\there"])
@pytest.mark.parametrize("is_ascii", [True, False])
def test_a_name_may_have_any_character_but_a_brace(name: str, is_ascii: bool) -> None:
    text = json.dumps({"QueueId": f"${{Queue/{name}.arn}}", "Text": "${x}"}, ensure_ascii=is_ascii)

    read = read_json(text, "main.json", TEXTS, KINDS)

    assert [link.ref for link in read.links] == [Ref("Queue", name)]
    assert parsed(read.value) == {"QueueId": Linked(f"${{Queue/{name}.arn}}"), "Text": "${x}"}


def test_a_text_around_references_stays() -> None:
    value = value_of('{"a": "to ${Queue/A.arn}, else ${Queue/B.id}!"}')

    assert value == {"a": Linked("to ${Queue/A.arn}, else ${Queue/B.id}!")}


def test_a_text_that_is_not_json_stays_as_it_is() -> None:
    assert read_json('{"a": "\\x ${Queue/\\q.arn}', "main.json", TEXTS, KINDS).value.startswith('{"a"')


@given(st.dictionaries(st.text(max_size=5), st.text('${}Qx/.\\"varn:F', max_size=20), max_size=3))
def test_a_file_without_mistakes_keeps_its_json(value: dict[str, str]) -> None:
    """Every text that no reference, variable or escape is in has the same value afterwards."""
    read = read_json(json.dumps(value), "main.json", TEXTS, KINDS)
    has_token = any(word in text for text in (*value, *value.values()) for word in ("{Q", "{F", "{var:"))

    assert has_token or (read.mistakes, parsed(read.value)) == ((), value)
