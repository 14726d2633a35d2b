"""The JSON Schema of a mapping of ConnectWise. `validate` finds more: unknown columns, wrong types, denied fields."""

from __future__ import annotations

from typing import Any

from reconciler.lambdas.connectwise.mapping import HISTORIES, SYSTEM
from reconciler.lambdas.connectwise.tables import TABLES, read_table
from reconciler.schemas.draft7 import DRAFT

_NAME = r"^[a-z][a-z0-9_]{0,126}$"
_TYPES = ("bigint", "boolean", "decimal(18,4)", "json", "text", "timestamp")


def mapping_schema() -> dict[str, Any]:
    """Returns the schema. Editors complete the columns that ConnectWise returns."""
    return {
        "$schema": DRAFT,
        "$id": "urn:reconcile:schema:mapping",
        "title": "Mapping",
        "description": "The columns of one canonical table, and the columns of ConnectWise that fill them.",
        "type": "object",
        "additionalProperties": False,
        "required": ["canonicalTable", "sources"],
        "properties": {
            "canonicalTable": {
                "description": "The name of the table in the lake and in the warehouse.",
                "type": "string",
                "pattern": "^[a-z][a-z0-9_]{0,62}$",
                "examples": ["tickets"],
            },
            "history": {
                "description": "Which versions readers get. Type2: all. Type1: the open one.",
                "enum": [*HISTORIES],
                "default": "type2",
            },
            "sources": _sources(),
            "types": {
                "description": "Types of columns, where the vendor's are not wanted.",
                "type": "object",
                "propertyNames": {"pattern": _NAME},
                "additionalProperties": {"type": "string", "anyOf": [{"enum": [*_TYPES]}, {"pattern": r"^decimal\("}]},
            },
        },
    }


def _sources() -> dict[str, Any]:
    return {
        "description": "The sources of the table.",
        "type": "object",
        "additionalProperties": False,
        "required": [SYSTEM],
        "properties": {
            SYSTEM: {
                "description": "Tables of ConnectWise.",
                "type": "object",
                "additionalProperties": False,
                "minProperties": 1,
                "properties": {table: _source(table) for table in TABLES},
            }
        },
    }


def _source(table: str) -> dict[str, Any]:
    known = [field.column for field in read_table(table).fields if field.is_returned]
    column = {"description": "A column of ConnectWise; null if it is always null.", "enum": [*known, None]}
    return {
        "description": f"The columns that come from {table}.",
        "type": "object",
        "additionalProperties": False,
        "required": ["key", "columns"],
        "properties": {
            "key": {"description": "The id of a record.", "const": read_table(table).key},
            "columns": {
                "description": "The columns of the canonical table, each with its source.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": _NAME},
                "additionalProperties": column,
            },
        },
    }
