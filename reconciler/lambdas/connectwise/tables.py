"""The source tables of ConnectWise: their fields, types and columns, from the generated files in `tables/`.

A file has {"table", "schema", "source", "fields": [{"path", "type", "returned", "class"}]}. `path` has the names from
the record inwards. `returned` is false if the vendor accepts the field and never returns it.
`scripts/connectwise_tables.py` writes the files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

TABLES = ("service/tickets", "time/entries", "company/companies", "company/contacts")
FieldType = Literal["bigint", "decimal", "boolean", "timestamp", "text", "json"]
PrivacyClass = Literal["", "secret", "personal", "contact"]
SEPARATOR = "__"


@dataclass(frozen=True)
class Field:
    """`column` is the path, joined with two underscores: the name in a raw file."""

    path: tuple[str, ...]
    type: FieldType
    is_returned: bool
    privacy: PrivacyClass

    @property
    def column(self) -> str:
        return SEPARATOR.join(self.path)


@dataclass(frozen=True)
class SourceTable:
    """Fields in the order of the vendor's document. `key` is the column of the record's id."""

    name: str
    fields: tuple[Field, ...]
    key: str = "id"

    def field(self, column: str) -> Field | None:
        """Returns the field of a column, or None."""
        return next((field for field in self.fields if field.column == column), None)


class Collision(ValueError):  # noqa: N818 - the name says what is wrong
    """Two paths give one column, or columns that differ by case alone: the warehouse would mix them up."""


@cache
def read_table(name: str) -> SourceTable:
    """Reads a source table. Raises `KeyError` for an unknown name, `Collision` for columns that collide."""
    if name not in TABLES:
        raise KeyError(name)
    path = Path(__file__).parent / "tables" / f"{name.replace('/', '.')}.json"
    return parse_table(json.loads(path.read_text(encoding="utf-8")))


def parse_table(content: dict[str, Any]) -> SourceTable:
    """Returns the table of a file's content. Raises `Collision`."""
    fields = tuple(
        Field(tuple(field["path"]), field["type"], field["returned"], field.get("class", ""))
        for field in content["fields"]
    )
    columns: dict[str, str] = {}
    for field in fields:
        path = ".".join(field.path)
        other = columns.setdefault(field.column.lower(), path)
        if other != path:
            raise Collision(f"{content['table']}: {other} and {path} are both the column {field.column}")
        if field.column.startswith("_") and not field.column.startswith("_info__"):
            raise Collision(f"{content['table']}: {path} has the name of a column that ingest adds")
    return SourceTable(content["table"], fields)
