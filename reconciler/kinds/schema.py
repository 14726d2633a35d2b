"""Specs → JSON Schema draft-07: what editors, and `validate`, hold manifests against.

Editors still read draft-07 best. Nothing here knows a kind by name: all of it follows from the specs and their marks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.draft7 import DRAFT, KEYED, REMEDY, Schema, draft7, expecting, nullable
from reconciler.kinds.registry import KINDS

__all__ = ["REMOVED", "kind_schema", "manifest_schema", "overlay_schema", "removed_schema"]

REMOVED = "Removed"
_ADDRESS = r"^[A-Z][A-Za-z0-9]*/.+$"


def kind_schema(kind: Kind[Any], *, overlay: bool = False) -> Schema:
    """One document of a kind: in the base, or in an environment's overlay, which says only what differs there."""
    spec = draft7(kind.spec)
    name = _without(spec["properties"].pop("name"), "description")
    spec["required"] = [field for field in spec.get("required", ()) if field != "name"]
    metadata = _metadata(name)
    if overlay:
        # An overlay's values replace whole: what a row leaves out is then left out.
        whole = {"values": nullable(spec["properties"]["values"])} if kind.cells else {}
        spec = _loosened(spec)
        spec["properties"] |= whole
        loose = _loosened(metadata)
        metadata = loose | {"required": ["name"], "properties": loose["properties"] | {"name": name}}
    needed = ["kind", "metadata", *(["spec"] if spec.get("required") else [])]
    description = spec.pop("description", "")
    spec = {"description": "What it shall be, in AWS's own words."} | _without_empty(spec)
    return _document(kind.name, description, needed, {"metadata": metadata, "spec": spec})


def removed_schema() -> Schema:
    """A tombstone: what shall be deleted although nobody may prune."""
    addresses = {
        "description": "`Kind/name` of each; an attribute is `DataTable/TABLE/ATTRIBUTE`.",
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "pattern": _ADDRESS, **expecting("an address such as DataTable/CustomerTypes")},
    }
    metadata = _metadata({"type": "string", "minLength": 1})
    kept = {key: metadata["properties"][key] for key in ("name", "environments")}
    return _document(
        REMOVED,
        "Resources that shall be deleted, once their manifests are gone.",
        ["kind", "spec"],
        {
            "metadata": {
                "description": "What the reconciler must know of it.",
                "type": "object",
                "additionalProperties": False,
                "properties": kept,
            },
            "spec": {
                "description": "What shall go.",
                "type": "object",
                "additionalProperties": False,
                "required": ["addresses"],
                "properties": {"addresses": addresses},
            },
        },
    )


def manifest_schema() -> Schema:
    """Any document of the base, by its `kind`."""
    return _by_kind({kind.name: kind_schema(kind) for kind in KINDS.values()})


def overlay_schema() -> Schema:
    """Any document of an environment's overlay, by its `kind`."""
    return _by_kind({kind.name: kind_schema(kind, overlay=True) for kind in KINDS.values()})


def _document(kind: str, description: str, required: list[str], properties: Mapping[str, Schema]) -> Schema:
    return {
        "$schema": DRAFT,
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {"kind": {"description": "What this document declares.", "const": kind}, **properties},
    }


def _metadata(name: Schema) -> Schema:
    properties: dict[str, Schema] = {
        "name": {"description": "The resource's name, unique among its kind."} | name,
        "protect": {
            "description": "Whether it must not be deleted; also written as a tag, so it outlives this file.",
            "type": "boolean",
        },
        "environments": {
            "description": "The environments it is for, where it is not for all.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string"},
            REMEDY: "name them as in [prod], or leave environments out: it is then for all",
        },
        "renamedFrom": {"description": "The name it bears live until this is applied."} | name,
        "adopt": {
            "description": "Manage the live resource without tags while it is declared: a reviewed way to adopt it.",
            "type": "boolean",
            "default": False,
        },
    }
    return {
        "description": "What the reconciler must know of it.",
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": properties,
    }


def _by_kind(schemas: Mapping[str, Schema]) -> Schema:
    """One `if` per kind, so that an author is told what is wrong with the kind he wrote."""
    every = {**schemas, REMOVED: removed_schema()}
    return {
        "$schema": DRAFT,
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"description": "What this document declares.", "enum": list(every)}},
        "allOf": [
            {
                "if": {"required": ["kind"], "properties": {"kind": {"const": name}}},
                "then": {"$ref": f"#/definitions/{name}"},
            }
            for name in every
        ],
        "definitions": {name: _without(schema, "$schema") for name, schema in every.items()},
    }


def _loosened(schema: Schema) -> Schema:
    """The schema of a difference: nothing is required, `null` deletes a key, keyed lists go item by item."""
    loose = _without(schema, "required", "default")
    if isinstance(schema.get("additionalProperties"), dict):
        loose["additionalProperties"] = nullable(_loosened(schema["additionalProperties"]))
    if "properties" in schema:
        loose["properties"] = {key: nullable(_loosened(value)) for key, value in schema["properties"].items()}
    if key := schema.get(KEYED):
        loose["items"] = _loosened_item(schema["items"], key)
    return loose


def _loosened_item(item: Schema, key: str) -> Schema:
    loose = _loosened(item)
    remove = {"description": "Takes the item of this name out.", "const": True}
    return loose | {
        "required": [key],
        "properties": loose["properties"] | {key: item["properties"][key], "remove": remove},
    }


def _without(schema: Schema, *words: str) -> Schema:
    return {word: value for word, value in schema.items() if word not in words}


def _without_empty(schema: Schema) -> Schema:
    return schema if schema.get("required") else _without(schema, "required")
