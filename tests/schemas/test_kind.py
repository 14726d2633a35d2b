"""The JSON Schemas: the documents that they accept and refuse, in a form that editors can read."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from jsonschema import Draft7Validator
from pydantic import Field, TypeAdapter, ValidationError

from reconciler.kinds.connect.data_table.spec import Name
from reconciler.kinds.registry import KINDS
from reconciler.model import Spec
from reconciler.schemas.config import config_schema
from reconciler.schemas.draft7 import DRAFT, draft7
from reconciler.schemas.kind import kind_schema, manifest_schema, overlay_schema, removed_schema

KIND = KINDS["DataTable"]
EVERY = {
    **{name: kind_schema(kind) for name, kind in KINDS.items()},
    **{f"{name} overlay": kind_schema(kind, overlay=True) for name, kind in KINDS.items()},
    "removed": removed_schema(),
    "manifest": manifest_schema(),
    "overlay": overlay_schema(),
    "reconcile": config_schema(),
}


def refused(schema: dict[str, Any], document: Any) -> bool:
    return not Draft7Validator(schema).is_valid(document)


def manifest(spec: Any = None, **metadata: Any) -> dict[str, Any]:
    return {
        "kind": "DataTable",
        "metadata": {"name": "Tiers", **metadata},
        "spec": {"timeZone": "UTC"} if spec is None else spec,
    }


def with_attribute(**more: Any) -> dict[str, Any]:
    return manifest({"timeZone": "UTC", "attributes": [{"name": "A", "valueType": "TEXT", **more}]})


def words(schema: Any) -> Iterator[str]:
    """Yields the keywords of a schema, without the names of its fields."""
    match schema:
        case dict():
            for word, value in schema.items():
                yield word
                if word in ("properties", "patternProperties", "definitions"):
                    for part in value.values():
                        yield from words(part)
                elif word not in ("default", "const", "enum", "examples"):
                    yield from words(value)
        case list():
            for part in schema:
                yield from words(part)


@pytest.mark.parametrize("name", EVERY)
def test_a_schema_is_draft_07(name):
    Draft7Validator.check_schema(EVERY[name])

    assert EVERY[name]["$schema"] == DRAFT


@pytest.mark.parametrize("name", EVERY)
def test_a_schema_has_no_newer_keywords(name):
    assert not {"$defs", "prefixItems", "unevaluatedProperties", "dependentRequired"} & set(words(EVERY[name]))


# A manifest of a kind


def test_required_fields_suffice():
    assert not refused(kind_schema(KIND), manifest())


@pytest.mark.parametrize("missing", ["kind", "metadata", "spec"])
def test_a_document_has_kind_metadata_and_spec(missing):
    document = {key: value for key, value in manifest().items() if key != missing}

    assert refused(kind_schema(KIND), document)


@pytest.mark.parametrize(
    "document",
    [
        {**manifest(), "apiVersion": "v1"},
        manifest(label="x"),
        manifest({"timeZone": "UTC", "zone": "UTC"}),
        with_attribute(type="TEXT"),
        with_attribute(validation={"pattern": "a"}),
        with_attribute(validation={"enum": {"values": ["a"], "strikt": True}}),
        manifest({"timeZone": "UTC", "values": {"csv": "a.csv"}}),
        manifest({"timeZone": "UTC", "moved": [{"from": {}, "to": {}, "why": "x"}]}),
    ],
)
def test_unknown_keys_are_refused_at_every_depth_s0_2(document):
    assert refused(kind_schema(KIND), document)


def test_the_name_is_only_in_the_metadata():
    assert refused(kind_schema(KIND), manifest({"timeZone": "UTC", "name": "Tiers"}))


def test_python_names_of_fields_are_refused():
    assert refused(kind_schema(KIND), manifest({"time_zone": "UTC"}))


@pytest.mark.parametrize(
    "document",
    [
        manifest({"timeZone": None}),
        manifest({"timeZone": "UTC", "description": None}),
        with_attribute(validation={"minLength": None}),
        with_attribute(primary=None),
    ],
)
def test_null_is_refused_in_the_base(document):
    assert refused(kind_schema(KIND), document)


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [("minLength", 0, 1000), ("maxLength", 0, 1000), ("minValues", 0, 100), ("maxValues", 0, 100)],
)
def test_counts_keep_the_limits_of_the_service(field, least, most):
    limits = (-1, 0, most, most + 1)

    taken = [limit for limit in limits if not refused(kind_schema(KIND), with_attribute(validation={field: limit}))]

    assert taken == [0, most]


@pytest.mark.parametrize(("step", "expected"), [(0, True), (-1, True), (0.1, False)])
def test_a_step_is_greater_than_zero(step, expected):
    assert refused(kind_schema(KIND), with_attribute(validation={"multipleOf": step})) is expected


@pytest.mark.parametrize("cell", ["a", 1, 2.5, True, None, ["a", 1], []])
@pytest.mark.parametrize("place", ["rows", "default"])
def test_a_cell_is_a_scalar_a_list_or_absent(cell, place):
    row = {"A": cell}

    assert not refused(
        kind_schema(KIND), manifest({"timeZone": "UTC", "values": {place: [row] if place == "rows" else row}})
    )


@pytest.mark.parametrize("cell", [{"a": 1}, [["a"]], [None]])
def test_a_cell_has_no_maps_and_no_lists_of_lists(cell):
    assert refused(kind_schema(KIND), manifest({"timeZone": "UTC", "values": {"rows": [{"A": cell}]}}))


def test_a_move_has_both_sides():
    assert refused(kind_schema(KIND), manifest({"timeZone": "UTC", "moved": [{"from": {"ID": 1}}]}))


def test_defaults_are_shown():
    attribute = kind_schema(KIND)["properties"]["spec"]["properties"]["attributes"]["items"]["properties"]

    assert {name: part["default"] for name, part in attribute.items() if "default" in part} == {
        "description": "",
        "primary": False,
        "validation": {},
        "ownership": "managed",
    }


@pytest.mark.parametrize("letter", [chr(code) for code in range(32, 127)])
def test_schema_and_spec_allow_the_same_ascii_in_a_name(letter):
    in_schema = not refused(kind_schema(KIND), manifest(name=f"a{letter}b"))

    try:
        TypeAdapter(Name).validate_python(f"a{letter}b")
    except ValidationError:
        assert not in_schema
    else:
        assert in_schema


def test_names_of_any_script_are_left_to_the_rules():
    assert not refused(kind_schema(KIND), manifest(name="顧客 Größe"))


def test_patterns_mean_the_same_to_javascript():
    patterns = re.findall(r"'pattern': '([^']*)'", str(manifest_schema()))

    assert patterns
    assert not [pattern for pattern in patterns if r"\w" in pattern]


# An overlay


def overlay(spec: Any, **metadata: Any) -> dict[str, Any]:
    return manifest(spec, **metadata)


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "DataTable", "metadata": {"name": "Tiers"}},
        overlay({}),
        overlay({"description": None, "timeZone": None, "tags": {"Team": None}}),
        overlay({"attributes": [{"name": "A"}]}),
        overlay({"attributes": [{"name": "A", "remove": True}]}),
        overlay({"attributes": [{"name": "A", "validation": {"maxLength": None, "enum": None}}]}),
        overlay({"attributes": [{"name": "A", "validation": {"enum": {"strict": True}}}]}),
        overlay({"values": None, "attributes": None}),
        overlay({"valueLockLevel": None}, protect=None, environments=None),
    ],
)
def test_an_overlay_declares_only_differences(document):
    assert not refused(kind_schema(KIND, overlay=True), document)


@pytest.mark.parametrize(
    "document",
    [
        {"kind": "DataTable", "metadata": {}},
        {"metadata": {"name": "Tiers"}},
        overlay({}, name=None),
        overlay({"zone": "UTC"}),
        overlay({"valueLockLevel": "SOME"}),
        overlay({"attributes": [{"valueType": "TEXT"}]}),
        overlay({"attributes": [{"name": None}]}),
        overlay({"attributes": [{"name": "A", "remove": False}]}),
        overlay({"attributes": [None]}),
        overlay({"moved": [{"from": {"ID": "a"}}]}),
        overlay({"values": {"file": None}}),
    ],
)
def test_an_overlay_is_checked_as_far_as_it_goes(document):
    assert refused(kind_schema(KIND, overlay=True), document)


def test_an_overlay_shows_no_defaults():
    assert "default" not in set(
        words(kind_schema(KIND, overlay=True)["properties"]["spec"]["properties"]["attributes"])
    )


# Any document


@pytest.mark.parametrize("schema", [manifest_schema(), overlay_schema()], ids=["manifest", "overlay"])
def test_a_document_is_checked_by_its_kind(schema):
    assert not refused(schema, manifest())
    assert refused(schema, manifest({"timeZone": 5}))
    assert refused(schema, {**manifest(), "kind": "Table"})
    assert refused(schema, {"metadata": {"name": "Tiers"}})


def test_a_tombstone_names_addresses():
    assert not refused(manifest_schema(), {"kind": "Removed", "spec": {"addresses": ["DataTable/Tiers/Old"]}})


@pytest.mark.parametrize("addresses", [[], ["Tiers"], ["DataTable/"], [5], "DataTable/Tiers"])
def test_a_tombstone_without_addresses_is_refused(addresses):
    assert refused(manifest_schema(), {"kind": "Removed", "spec": {"addresses": addresses}})


# From pydantic


class Pair(Spec):
    """Two things."""

    title: str = Field("", description="Its title.")
    both: tuple[int, str] = Field(description="In this order.")
    either: Annotated[int | str | None, Field(description="One or the other.")] = None


def test_prefix_items_of_2020_12_become_items():
    both = draft7(Pair)["properties"]["both"]

    assert [item["type"] for item in both["items"]] == ["integer", "string"]
    Draft7Validator.check_schema(draft7(Pair))


def test_a_field_with_the_name_title_stays():
    assert draft7(Pair)["properties"]["title"]["description"] == "Its title."


def test_alternatives_stay_without_null():
    assert draft7(Pair)["properties"]["either"]["anyOf"] == [{"type": "integer"}, {"type": "string"}]
