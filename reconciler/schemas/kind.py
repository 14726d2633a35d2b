"""Builds the JSON Schemas (draft-07) that editors and `validate` check manifests against.

Editors still read draft-07 best. Nothing here knows a kind by name: specs and their marks decide everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.base import Declarable, Kind
from reconciler.kinds.fields import is_local
from reconciler.kinds.registry import DECLARABLE, KINDS
from reconciler.model.spec import MARKDOWN, REMEDY, Schema, expecting
from reconciler.schemas.draft7 import DRAFT, KEYED, draft7, nullable

__all__ = ["REMOVED", "identifier", "kind_schema", "manifest_schema", "overlay_schema", "removed_schema"]

REMOVED = "Removed"
_ADDRESS = r"^[A-Z][A-Za-z0-9]*/.+$"


def identifier(name: str) -> str:
    """Returns the `$id` of a schema. The files have no public address, so it is a URN."""
    return f"urn:reconcile:schema:{name}"


def kind_schema(kind: Declarable, *, overlay: bool = False) -> Schema:
    """Returns the schema of one document of a kind: in the base, or in an overlay, which holds only differences."""
    spec = _with_links(draft7(kind.spec), kind)
    name = spec["properties"].pop("name")
    spec["required"] = [field for field in spec.get("required", ()) if field != "name"]
    metadata = _metadata(name)
    if overlay:
        # An overlay replaces `values` whole, so its rows keep the rules of the base.
        whole = {"values": nullable(spec["properties"]["values"])} if kind.cells else {}
        spec = _loosened(spec)
        spec["properties"] |= whole
        loose = _loosened(metadata)
        metadata = loose | {"required": ["name"], "properties": loose["properties"] | {"name": name}}
    needed = ["kind", "metadata", *(["spec"] if spec.get("required") else [])]
    description = spec.pop("description", "")
    words = "Settings, with the field names of the AWS API." if isinstance(kind, Kind) else "Settings."
    head = {"title": f"{spec.pop('title')} settings", "description": words}
    spec = head | _without_empty(spec)
    document = _document(kind.name, description, needed, {"metadata": metadata, "spec": spec})
    return document | {"$id": identifier(f"{kind.name}.overlay")} if overlay else document


def removed_schema() -> Schema:
    """Returns the schema of a tombstone: resources to delete even without --prune."""
    addresses = {
        "description": "Addresses of the form Kind/name. The address of an attribute is DataTable/TABLE/ATTRIBUTE.",
        "type": "array",
        "minItems": 1,
        "examples": [["Queue/Old support", "DataTable/CustomerTypes/OldTier"]],
        "items": {"type": "string", "pattern": _ADDRESS, **expecting("an address such as DataTable/CustomerTypes")},
    }
    metadata = _metadata(
        {"description": "A name for this document.", "type": "string", "minLength": 1, "examples": ["Old queues"]}
    )
    kept = {key: metadata["properties"][key] for key in ("name", "environments")}
    return _document(
        REMOVED,
        "Resources to delete after their manifests are removed.",
        ["kind", "spec"],
        {
            "metadata": _object("Metadata", "Name and settings used by reconcile.", kept),
            "spec": _object("Removed settings", "The resources to delete.", {"addresses": addresses}, ("addresses",)),
        },
    )


def manifest_schema() -> Schema:
    """Returns the schema of any document of the base, chosen by its `kind`."""
    kinds = {kind.name: kind_schema(kind) for kind in DECLARABLE.values()}
    return _by_kind("manifest", "Manifest", "A resource that the base declares, for every environment.", kinds)


def overlay_schema() -> Schema:
    """Returns the schema of any document of an environment's overlay, chosen by its `kind`."""
    kinds = {kind.name: kind_schema(kind, overlay=True) for kind in DECLARABLE.values()}
    return _by_kind("overlay", "Overlay", "The differences of a resource in one environment.", kinds)


def _document(kind: str, description: str, required: list[str], properties: Mapping[str, Schema]) -> Schema:
    known = KINDS.get(kind)
    page = _with_page(description, known, known.writing.create) if known else {}
    return {
        "$schema": DRAFT,
        "$id": identifier(kind),
        "title": kind,
        "description": description,
        **page,
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {"kind": {"description": "The kind of the document.", "const": kind}, **properties},
    }


def _metadata(name: Schema) -> Schema:
    properties: dict[str, Schema] = {
        "name": name,
        "protect": {
            "description": "Protects the resource from deletion. A tag keeps the protection when this file is gone.",
            "type": "boolean",
        },
        "environments": {
            "description": "The environments that have the resource. By default all have it.",
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "examples": [["prod"]],
            "items": {"type": "string"},
            REMEDY: "name them as in [prod], or leave environments out to declare it for all",
        },
        "renamedFrom": _without(name, MARKDOWN)
        | {
            "description": "The live name of the resource. The next apply renames it; then remove this line.",
        },
        "adopt": {
            "description": "Manages a live resource of this name while it is declared, without writing tags to it.",
            "type": "boolean",
            "default": False,
        },
        "overrides": {
            "description": "The document that stands for this resource, such as a pipeline. Only the values of this "
            "manifest differ from it.",
            "type": "string",
            "pattern": "^[A-Z][A-Za-z0-9]*/.+$",
            "examples": ["Pipeline/session-data"],
            **expecting("an address such as Pipeline/session-data"),
        },
    }
    return _object("Metadata", "Name and settings used by reconcile.", properties, ("name",))


def _object(title: str, description: str, properties: Mapping[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    return {
        "title": title,
        "description": description,
        "type": "object",
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
        "properties": dict(properties),
    }


def _by_kind(name: str, title: str, description: str, schemas: Mapping[str, Schema]) -> Schema:
    """Returns a schema with one `if` per kind, so that a message is about the kind that the author wrote."""
    every = {**schemas, REMOVED: removed_schema()}
    return {
        "$schema": DRAFT,
        "$id": identifier(name),
        "title": title,
        "description": description,
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"description": "The kind of the document.", "enum": list(every)}},
        "allOf": [
            {
                "if": {"required": ["kind"], "properties": {"kind": {"const": kind}}},
                "then": {"$ref": f"#/definitions/{kind}"},
            }
            for kind in every
        ],
        # A `$id` inside would change what the references above are relative to.
        "definitions": {kind: _without(schema, "$schema", "$id") for kind, schema in every.items()},
    }


def _with_links(spec: Schema, kind: Declarable) -> Schema:
    """Returns a copy with links to AWS's pages. AWS has no page of a composite."""
    return _linked(spec, kind) if isinstance(kind, Kind) else spec | {"properties": dict(spec["properties"])}


def _linked(spec: Schema, kind: Kind[Any]) -> Schema:
    """Adds a description with a link to AWS's page to each field, at any depth; fields of this tool have no page."""
    fields = {field.alias: name for name, field in kind.spec.model_fields.items()}
    properties = {
        key: schema if is_local(kind.spec, fields[key]) else _with_pages(schema, kind, _operation(kind, fields[key]))
        for key, schema in spec["properties"].items()
    }
    return spec | {"properties": properties}


def _operation(kind: Kind[Any], field: str) -> str:
    """Returns the operation whose page describes the field: its update, or the create where there is none."""
    by_field = dict(_written(kind))
    return by_field.get(field, kind.writing.create)


def _written(kind: Kind[Any]) -> Iterator[tuple[str, str]]:
    for update in kind.writing.updates:
        yield from ((field, update.operation) for field in update.fields)
    for members in kind.writing.sets:
        yield members.field, members.add
    if kind.parts:
        yield kind.parts.field, kind.parts.create


def _with_pages(schema: Schema, kind: Kind[Any], operation: str) -> Schema:
    linked = dict(schema)
    if "description" in schema and MARKDOWN not in schema:
        linked = _after_description(schema, _with_page(schema["description"], kind, operation))
    if "properties" in schema:
        linked["properties"] = {key: _with_pages(part, kind, operation) for key, part in schema["properties"].items()}
    if isinstance(schema.get("items"), dict):
        linked["items"] = _with_pages(schema["items"], kind, operation)
    return linked


def _after_description(schema: Schema, added: Schema) -> Schema:
    result: Schema = {}
    for word, value in schema.items():
        result[word] = value
        if word == "description":
            result |= added
    return result


def _with_page(description: str, kind: Kind[Any], operation: str) -> Schema:
    page = kind.service.page.format(operation=operation)
    return {MARKDOWN: f"{description} [AWS: {operation}]({page})"}


def _loosened(schema: Schema) -> Schema:
    """Returns the schema of a difference: nothing is required, `null` deletes a key, keyed lists merge by item."""
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
    remove = {"description": "Removes the item with this name.", "const": True}
    return loose | {
        "required": [key],
        "properties": loose["properties"] | {key: item["properties"][key], "remove": remove},
    }


def _without(schema: Schema, *words: str) -> Schema:
    return {word: value for word, value in schema.items() if word not in words}


def _without_empty(schema: Schema) -> Schema:
    return schema if schema.get("required") else _without(schema, "required")
