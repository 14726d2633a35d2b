"""Compiled mappings and manifests: broken ones are refused with what is wrong."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from reconciler.lambdas.connectwise_transform.columns import Column
from reconciler.lambdas.connectwise_transform.mapping import WrongMapping, mapping_of, read_mapping
from reconciler.lambdas.connectwise_transform.state import LogFile, Manifest, Schema, from_json, to_json
from tests.lambdas.connectwise_transform.world import SOURCE, compiled

TICKETS = compiled([("content", "text", "content"), ("hours", "decimal(10,2)", None)])


def changed(path: list[Any], value: Any) -> Any:
    content = copy.deepcopy(TICKETS)
    at = content
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return content


COLUMNS = ["sources", "connectwise", SOURCE, "columns"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "it lacks"),
        ({}, "it lacks 'sources'"),
        (changed(["sources"], {"zendesk": {}}), "sources must be connectwise alone, and are zendesk"),
        (changed(["sources", "connectwise"], {}), "it has no columns"),
        (changed([*COLUMNS, 0, "name"], "Content"), "'Content' cannot be the name of a column"),
        (changed([*COLUMNS, 0, "name"], 'x" from y --'), "cannot be the name of a column"),
        (changed([*COLUMNS, 0, "name"], "row_hash"), "'row_hash' cannot be the name of a column"),
        (changed([*COLUMNS, 0, "name"], "hours"), "column hours is there twice"),
        (changed([*COLUMNS, 0, "type"], "float"), "column content has the unknown type float"),
        (changed(["schema_version"], "x"), "invalid literal"),
        (
            changed(["sources", "connectwise", "time/entries"], {"key": "id", "columns": []}),
            "the columns of service/tickets and time/entries differ",
        ),
    ],
)
def test_a_broken_mapping_is_refused_with_what_is_wrong(content: Any, message: str) -> None:
    with pytest.raises(WrongMapping, match=message):
        read_mapping(content)


def test_a_mapping_is_read_and_its_content_gives_it_again() -> None:
    mapping = read_mapping(TICKETS)

    assert mapping.columns == (Column("content", "text"), Column("hours", "decimal(10,2)"))
    assert [column.sql for column in mapping.columns] == ["VARCHAR", "DECIMAL(10,2)"]
    assert mapping_of("tickets", mapping.schema_version, mapping.content()) == mapping


def test_the_fingerprint_follows_the_content_alone() -> None:
    first = read_mapping(TICKETS)

    assert read_mapping({**TICKETS, "schema_version": 99}).fingerprint == first.fingerprint
    assert read_mapping(changed([*COLUMNS, 1, "source"], "hours")).fingerprint != first.fingerprint


def test_a_manifest_of_another_format_is_refused() -> None:
    content = to_json(Manifest("a", "tickets")).replace(b'"format": 1', b'"format": 2')

    with pytest.raises(ValueError, match="another format"):
        from_json(content)


def test_a_manifest_of_a_newer_release_is_read_without_the_members_that_only_that_one_knows() -> None:
    """So a release may add a member such as the length of the longest text, and be taken back."""
    file, column = LogFile("key", 1, 1, 5, 100, 1, longest=7), Column("content", "text")
    own = Manifest("a", "tickets", 1, "at", (column,), (Schema(1, "f", {}),), (file,), file, ("old",), {SOURCE: 3})
    content = json.loads(to_json(own))
    for part in (content, content["base"], content["files"][0], content["schemas"][0], content["columns"][0]):
        part["fromANewerRelease"] = {"any": "thing"}

    assert from_json(json.dumps(content).encode()) == own


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 1}', b'{"format": 1, "base": 1}'])
def test_an_object_that_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="it is not readable"):
        from_json(content)
