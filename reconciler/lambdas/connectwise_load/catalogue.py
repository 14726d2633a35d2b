"""The tables of the warehouse, from `columns.lock.json`: their columns, types and DDL. Pure.

A table has the columns of the canonical files without `retracted`. A column that the lock gets later is added at the
end of the table. Files have it before their last columns, so rows are inserted by the names of columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.lambdas.connectwise.mapping import DECIMAL, DEFAULT_DECIMAL, Column

SCHEMA = "canonical"
RETRACTED = "retracted"
# The columns of a file before and after those of the mapping, as transform writes them.
BEFORE = {"tenant_id": "varchar(64)", "source_system": "varchar(32)", "source_id": "bigint"}
AFTER = {
    "effective_from": "timestamp",
    "effective_to": "timestamp",
    "is_current": "boolean",
    "is_deleted": "boolean",
    "change_type": "varchar(16)",
    "source_updated_at": "timestamp",
    "confirmed_at": "timestamp",
    "first_seen_at": "timestamp",
    "row_hash": "bigint",
    "schema_version": "bigint",
    "commit_no": "bigint",
    RETRACTED: "boolean",
}
TEXT = "varchar(65535)"  # the longest that Redshift has, in bytes
_TYPES = {"bigint": "bigint", "boolean": "boolean", "timestamp": "timestamp", "text": TEXT, "json": TEXT}
_LAYOUT = "diststyle key distkey (source_id) compound sortkey (tenant_id, source_id)"


@dataclass(frozen=True)
class Table:
    """A canonical table. `columns` are those of the lock, in their order."""

    name: str
    columns: tuple[Column, ...]

    @property
    def address(self) -> str:
        return f"{SCHEMA}.{self.name}"

    @property
    def kept(self) -> dict[str, str]:
        """The types of the table's columns, by name."""
        return {name: type for name, type in self.staged(len(self.columns)).items() if name != RETRACTED}

    @property
    def texts(self) -> frozenset[str]:
        """The names of the business columns that are texts in the warehouse."""
        return frozenset(column.name for column in self.columns if sql_type(column.type) == TEXT)

    def staged(self, count: int) -> dict[str, str]:
        """Returns the types of the columns of a file with the first `count` business columns, in the file's order."""
        business = {column.name: sql_type(column.type) for column in self.columns[:count]}
        return {**BEFORE, **business, **AFTER}

    def create(self) -> str:
        return f"create table {self.address} ({_listed(self.kept)}) {_LAYOUT}"

    def add(self, column: str) -> str:
        return f"alter table {self.address} add column {column} {self.kept[column]}"

    def create_stage(self, name: str, count: int) -> str:
        return f"create temp table {name} ({_listed(self.staged(count))})"


def sql_type(type: str) -> str:
    """Returns Redshift's type of a column of the lock. Raises `ValueError` for an unknown one."""
    number = DECIMAL.fullmatch(DEFAULT_DECIMAL if type == "decimal" else type)
    if number:
        return f"numeric({number[1]},{number[2]})"
    if type not in _TYPES:
        raise ValueError(f"columns.lock.json has the unknown type {type}")
    return _TYPES[type]


def reported_type(type: str) -> str:
    """Returns the name of a type in information_schema.columns, without lengths."""
    bare = re.sub(r"\(.*\)", "", type)
    return {"varchar": "character varying", "timestamp": "timestamp without time zone"}.get(bare, bare)


def tables_of(lock: Mapping[str, Sequence[Column]]) -> dict[str, Table]:
    """Returns the tables of a lock, by name."""
    return {name: Table(name, tuple(columns)) for name, columns in sorted(lock.items())}


def _listed(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {type}" for name, type in columns.items())
