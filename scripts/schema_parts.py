"""The parts of JSON Schemas of reports. Every object is closed, and every key is described."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def counts(description: str, actions: tuple[str, ...]) -> Schema:
    return object_of(description, {action: count(f"To {action}.") for action in actions})


def document(title: str, description: str, keys: dict[str, Schema], required: list[str] | None = None) -> Schema:
    """Returns a whole schema. Without `required`, every key is required."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": title}
    return head | object_of(description, keys, required)


def object_of(description: str, keys: dict[str, Schema], required: list[str] | None = None) -> Schema:
    return {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "required": list(keys) if required is None else required,
        "properties": keys,
    }


def list_of(description: str, items: Schema) -> Schema:
    return {"description": description, "type": "array", "items": items}


def any_value(description: str) -> Schema:
    return {"description": description}


def count(description: str) -> Schema:
    return {"description": description, "type": "integer", "minimum": 0}


def enum(description: str, values: Any) -> Schema:
    return {"description": description, "enum": list(values)}


def flag(description: str) -> Schema:
    return {"description": description, "type": "boolean"}


def number(description: str) -> Schema:
    return {"description": description, "type": "number", "minimum": 0}


def optional_text(description: str) -> Schema:
    return {"description": description, "type": ["string", "null"]}


def string(description: str) -> Schema:
    return {"description": description, "type": "string"}


def time(description: str) -> Schema:
    return string(description) | {"format": "date-time"}
