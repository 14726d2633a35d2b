"""A document is a JSON text with references, and equal by its meaning."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given

from reconciler.directory import AwsIds, Directory
from reconciler.model import Linked, Ref
from reconciler.model.document import Document, JsonDocument, PolicyDocument
from reconciler.model.meaning import json_meaning
from tests.builders.policies import Json, objects

ARN = "arn:aws:iam::111122223333:role/r"
POLICY = '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject"}}'


def known(name: str = "r") -> Directory:
    return Directory([(Ref("Role", name), AwsIds(name, ARN))])


def test_a_map_and_its_text_are_one_document() -> None:
    assert JsonDocument.of({"b": 1, "a": [True, None]}) == JsonDocument.of('{ "a": [true, null],\n "b": 1.0 }')


def test_the_text_is_short_and_in_the_authors_order() -> None:
    assert JsonDocument.of({"b": "é", "a": [1, None]}).text == r'{"b":"\u00e9","a":[1,null]}'


def test_documents_of_equal_meaning_have_one_hash() -> None:
    one, other = PolicyDocument.of(POLICY), PolicyDocument.of(POLICY.replace("s3:G", "S3:g"))

    assert one == other
    assert len({one, other}) == 1
    assert one != JsonDocument.of(POLICY)
    assert one != POLICY


def test_an_answer_may_be_encoded_for_urls_or_parsed() -> None:
    parsed = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject"}}

    assert PolicyDocument.from_aws(quote(POLICY)) == PolicyDocument.from_aws(parsed) == PolicyDocument.of(POLICY)


def test_a_text_that_is_no_json_is_compared_as_text() -> None:
    broken = PolicyDocument.of("{'Statement': []}")

    assert broken.written == broken.text == "{'Statement': []}"
    assert broken == PolicyDocument.of("{'Statement': []}")
    assert broken != PolicyDocument.of("{'statement': []}")
    assert broken.respelled(PolicyDocument.of(POLICY)) is broken


@pytest.mark.parametrize("text", ['"a"', "5", "[1]", "null"])
def test_json_that_is_no_map_is_written_as_a_text(text: str) -> None:
    assert JsonDocument.of(text).written == text
    assert JsonDocument.of(text) != JsonDocument.of(f" {text}x")


def test_a_number_is_not_a_document() -> None:
    with pytest.raises(ValueError, match="a map or a text"):
        JsonDocument.of(5)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('{"a": 1,\n "b" 2}', "Expecting ':' delimiter at line 2, column 6 of the text"),
        ("", "Expecting value at line 1, column 1 of the text"),
        (Linked('{"a": "${Role/r.arn}" 2}'), "Expecting ',' delimiter at line 1, column 23 of the text"),
        ('{"a": 1, "a": 2}', 'has the key "a" twice in one object'),
        ('{"a": NaN}', "has NaN, which is not JSON"),
        ('{"a": 1e999}', "has a number that is too large"),
        ("1" * 5000, "has a number that is too large"),
        ("[" * 101 + "]" * 101, "has more than 100 levels"),
        ("[" * 100_000, "has more than 100 levels"),
        ('{"a": {"b": [1]}}', ""),
    ],
)
def test_a_fault_says_what_is_wrong_and_where(text: str, wrong: str) -> None:
    assert JsonDocument.fault(text) == wrong


@given(objects)
def test_a_document_keeps_every_value(value: Json) -> None:
    document = JsonDocument.of(value)

    assert json_meaning(document.value) == json_meaning(value)
    assert json_meaning(JsonDocument.of(document.written).value) == json_meaning(value)
    assert JsonDocument.of(document.text).text == document.text


@pytest.mark.parametrize("name", ["r", 'a"b', "a\\b", "é", "a, b"])
def test_an_arn_becomes_a_reference_and_back(name: str) -> None:
    live = PolicyDocument.of({"Principal": {"AWS": ARN}, "Note": "${Role/x.arn}"})

    named = known(name).by_name_within(live)

    assert named.value == {"Principal": {"AWS": Linked(f"${{Role/{name}.arn}}")}, "Note": "${Role/x.arn}"}
    assert named == PolicyDocument.of(named.value)
    assert known(name).by_id(named.text) == live.text


def test_a_reference_differs_from_the_text_that_looks_like_it() -> None:
    assert JsonDocument.of({"a": Linked("${Role/r.arn}")}) != JsonDocument.of({"a": "${Role/r.arn}"})


def test_a_map_with_a_reference_as_key_is_written_as_a_text() -> None:
    document = known().by_name_within(JsonDocument.of({ARN: 1}))

    assert document.written == Linked('{"${Role/r.arn}":1}')
    assert JsonDocument.of(document.written) == document


def test_a_document_without_ids_stays_the_same_object() -> None:
    document = JsonDocument.of({"a": "arn:aws:s3:::shop"})

    assert known().by_name_within(document) is document
    assert isinstance(document, Document)
