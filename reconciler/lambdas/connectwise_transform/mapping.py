"""A compiled mapping: which columns of raw files become which columns of a canonical table.

The object is `mappings/TABLE.json`, or a tenant's own one:

    {"canonical_table", "history", "schema_version", "sources": {"connectwise": {"service/tickets":
        {"key": "id", "columns": [{"name", "source", "type"}]}}}}

The columns of each source are those of the table, in the order of `columns.lock.json`. A column that is always null has
the source null.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.connectwise.keys import SOURCE
from reconciler.lambdas.connectwise_transform.columns import Column, check_columns


class WrongMapping(ValueError):  # noqa: N818 - the name says what is wrong
    """The mapping cannot be used; the message says why."""


@dataclass(frozen=True)
class SourceColumns:
    """The columns of one source table. `sources` are columns of its raw files, in the order of the table's columns."""

    table: str
    key: str
    sources: tuple[str | None, ...]


@dataclass(frozen=True)
class TableMapping:
    """The mapping of a canonical table. All of its source tables share one space of ids."""

    canonical_table: str
    schema_version: int
    columns: tuple[Column, ...]
    sources: tuple[SourceColumns, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(source.table for source in self.sources)

    @property
    def fingerprint(self) -> str:
        """32 hex digits of what decides the content of a row."""
        return hashlib.sha256(json.dumps(self.content(), sort_keys=True).encode()).hexdigest()[:32]

    def content(self) -> dict[str, Any]:
        """Returns the columns and sources as JSON, which `mapping_of` reads."""
        return {
            "columns": [[column.name, column.type] for column in self.columns],
            "sources": {it.table: {"key": it.key, "sources": list(it.sources)} for it in self.sources},
        }


def read_mapping(content: Any) -> TableMapping:
    """Returns the mapping of a compiled file's JSON. Raises `WrongMapping`."""
    try:
        systems = content["sources"]
        if set(systems) != {SOURCE}:
            raise WrongMapping(f"sources must be {SOURCE} alone, and are {', '.join(sorted(systems)) or 'none'}")
        tables = systems[SOURCE]
        listed = {name: [Column(it["name"], it["type"]) for it in table["columns"]] for name, table in tables.items()}
        columns = _one(listed)
        check_columns(columns)
        sources = tuple(
            SourceColumns(name, table["key"], tuple(it["source"] for it in table["columns"]))
            for name, table in sorted(tables.items())
        )
        return TableMapping(str(content["canonical_table"]), int(content["schema_version"]), columns, sources)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise WrongMapping(f"it lacks {wrong}") from wrong
    except ValueError as wrong:
        raise WrongMapping(str(wrong)) from wrong


def mapping_of(canonical_table: str, version: int, content: Mapping[str, Any]) -> TableMapping:
    """Returns the mapping that `TableMapping.content` describes."""
    columns = tuple(Column(name, type) for name, type in content["columns"])
    sources = tuple(
        SourceColumns(table, it["key"], tuple(it["sources"])) for table, it in sorted(content["sources"].items())
    )
    return TableMapping(canonical_table, version, columns, sources)


def _one(listed: Mapping[str, list[Column]]) -> tuple[Column, ...]:
    """Returns the columns, which all source tables must have alike."""
    first, *others = listed.values() if listed else [[]]
    if not first:
        raise WrongMapping("it has no columns")
    if any(columns != first for columns in others):
        raise WrongMapping(f"the columns of {' and '.join(listed)} differ; write null for a column that one lacks")
    return tuple(first)
