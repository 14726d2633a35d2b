"""The words of the schemas, which editors show: titles, descriptions, links, examples and completions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from botocore.session import get_session
from jsonschema import Draft7Validator

from reconciler.kinds.connect.permissions import PERMISSIONS
from reconciler.kinds.registry import KINDS
from reconciler.kinds.time_zones import read_zones
from reconciler.schemas import files
from reconciler.schemas.config import config_schema
from reconciler.schemas.draft7 import titled
from reconciler.schemas.kind import kind_schema, manifest_schema, overlay_schema, removed_schema
from tests.schemas.plain_sentences import plain_sentence_faults

EVERY = {
    **{name: kind_schema(kind) for name, kind in KINDS.items()},
    **{f"{name} overlay": kind_schema(kind, overlay=True) for name, kind in KINDS.items()},
    "Removed": removed_schema(),
    "reconcile.yaml": config_schema(),
}
DATA_TABLE = EVERY["DataTable"]["properties"]["spec"]["properties"]


class Place(NamedTuple):
    path: str
    schema: dict[str, Any]
    is_field: bool


def places(schema: dict[str, Any], path: str, *, is_field: bool = False) -> Iterator[Place]:
    """Yields each schema below a schema, and whether it is that of a field."""
    yield Place(path, schema, is_field)
    for word in ("properties", "patternProperties"):
        for key, part in schema.get(word, {}).items():
            yield from places(part, f"{path}.{key}", is_field=True)
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield from places(schema[word], f"{path}.{word}")
    for number, part in enumerate(schema.get("anyOf", ())):
        yield from places(part, f"{path}.anyOf{number}")


ALL = [place for name, schema in EVERY.items() for place in places(schema, name)]
FIELDS = [place for place in ALL if place.is_field]


def types(schema: dict[str, Any]) -> set[str]:
    declared = schema.get("type", [])
    return {declared} if isinstance(declared, str) else set(declared)


def test_every_field_has_a_description_in_plain_sentences() -> None:
    faults = {place.path: plain_sentence_faults(place.schema.get("description", "")) for place in FIELDS}

    assert len(faults) > 400
    assert {path: fault for path, fault in faults.items() if fault} == {}


def test_every_schema_has_a_description_in_plain_sentences() -> None:
    tops = {**EVERY, "manifest": manifest_schema(), "overlay": overlay_schema()}

    assert {name: fault for name, top in tops.items() if (fault := plain_sentence_faults(top["description"]))} == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "it is empty"),
        ("no capital.", "it does not begin with a capital"),
        ("No full stop", "it does not end with a full stop"),
        ("`code` is markup.", "it has markup"),
        ("It shall be.", "it has the word shall"),
        (" ".join(["Word"] * 21) + ".", "it has a sentence of 21 words"),
        ("The name of the queue.", ""),
    ],
)
def test_a_description_that_is_not_plain_is_a_fault(text: str, fault: str) -> None:
    assert plain_sentence_faults(text) == fault


def test_every_object_has_a_title() -> None:
    objects = [place for place in ALL if "object" in types(place.schema)]

    assert len(objects) > 100
    assert [place.path for place in objects if not place.schema.get("title")] == []


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("MediaConcurrency", "Media concurrency"),
        ("AIAgent", "AI agent"),
        ("S3Config", "S3 config"),
        ("Allowed Access Control Tags", "Allowed access control tags"),
    ],
)
def test_a_title_is_the_name_in_words(name: str, title: str) -> None:
    assert titled(name) == title


def test_every_file_has_an_id_of_its_own() -> None:
    ids = [re.findall(r'"\$id": "([^"]*)"', text) for text in files.texts().values()]

    assert all(len(found) == 1 for found in ids)
    assert len({found[0] for found in ids}) == len(ids)


def test_every_text_without_an_enum_has_an_example() -> None:
    texts = [place for place in FIELDS if "string" in types(place.schema)]
    texts = [place for place in texts if not {"enum", "const"} & place.schema.keys()]

    assert len(texts) > 60
    assert [place.path for place in texts if not place.schema.get("examples")] == []


def test_every_example_is_valid() -> None:
    examples = [(place.path, place.schema, value) for place in ALL for value in place.schema.get("examples", ())]

    assert len(examples) > 100
    assert [path for path, schema, value in examples if not Draft7Validator(schema).is_valid(value)] == []


def test_every_described_enum_describes_each_value() -> None:
    described = [place for place in ALL if "enumDescriptions" in place.schema]

    assert len(described) > 10
    for place in described:
        assert len(place.schema["enumDescriptions"]) == len(place.schema["enum"]), place.path
        assert [text for text in place.schema["enumDescriptions"] if plain_sentence_faults(text)] == [], place.path


def test_every_link_leads_to_an_operation_of_aws() -> None:
    services = {kind.service for kind in KINDS.values()}
    pages = {
        service.page.format(operation=name)
        for service in services
        for name in get_session().get_service_model(service.name).operation_names
    }
    linked = [place.schema for place in ALL if "markdownDescription" in place.schema]
    # AWS has no page about files of the manifests.
    linked = [schema for schema in linked if schema["markdownDescription"] != schema["description"]]

    assert len(linked) > 150
    for schema in linked:
        page = re.fullmatch(r"(.*) \[AWS: (\w+)\]\((https://\S+)\)", schema["markdownDescription"])
        assert page
        assert page[1] == schema["description"]
        assert page[3] in pages
        assert page[3].endswith(f"/API_{page[2]}.html")


def test_a_field_links_to_the_operation_that_sets_it() -> None:
    queue = EVERY["Queue"]["properties"]["spec"]["properties"]

    assert "API_UpdateQueueStatus.html" in queue["status"]["markdownDescription"]
    assert "API_AssociateQueueQuickConnects.html" in queue["quickConnects"]["markdownDescription"]
    assert (
        "API_CreateDataTableAttribute.html"
        in DATA_TABLE["attributes"]["items"]["properties"]["name"]["markdownDescription"]
    )


def test_a_field_that_aws_does_not_know_has_no_link() -> None:
    assert "markdownDescription" not in DATA_TABLE["values"]
    assert "markdownDescription" not in EVERY["Queue"]["properties"]["metadata"]["properties"]["renamedFrom"]


@pytest.mark.parametrize("kind", ["DataTable", "HoursOfOperation"])
def test_editors_complete_time_zones_and_allow_new_ones(kind: str) -> None:
    zone = EVERY[kind]["properties"]["spec"]["properties"]["timeZone"]

    assert zone["anyOf"] == [{"enum": sorted(read_zones().current)}, {}]
    assert {"America/Toronto", "UTC"} <= set(zone["anyOf"][0]["enum"])
    assert Draft7Validator(zone).is_valid("Mars/Olympus_Mons")
    assert not Draft7Validator(zone).is_valid(5)


def test_an_overlay_may_remove_a_time_zone() -> None:
    zone = EVERY["DataTable overlay"]["properties"]["spec"]["properties"]["timeZone"]

    assert Draft7Validator(zone).is_valid(None)
    assert not Draft7Validator(zone).is_valid(5)


def test_editors_complete_permissions_and_allow_new_ones() -> None:
    items = EVERY["SecurityProfile"]["properties"]["spec"]["properties"]["permissions"]["items"]

    assert items["anyOf"] == [{"enum": list(PERMISSIONS)}, {}]
    assert Draft7Validator(items).is_valid("New.View")
