"""Mappings: which columns of raw files become which columns of a canonical table. Pure; the command imports it too.

An author writes one file per canonical table:
    {"canonicalTable": "tickets", "history": "type2", "sources": {"connectwise": {"service/tickets":
        {"key": "id", "columns": {"ticket_number": "id", "urgency": null}}}}, "types": {"budget_hours": "text"}}
A column with null is always null. Without `types`, a column has the vendor's type.

The command compiles it, in the order of `columns.lock.json`, and puts it into the bucket for transform:
    {"canonical_table", "history", "schema_version", "sources": {"connectwise": {"service/tickets":
        {"key": "id", "columns": [{"name", "source", "type"}]}}}}
`schema_version` is the number of columns, which only grows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from reconciler.lambdas.connectwise.privacy import Choice, classify, is_listed
from reconciler.lambdas.connectwise.tables import TABLES, Field, SourceTable, read_table

SYSTEM = "connectwise"
HISTORIES = ("type1", "type2")
NAME = re.compile(r"[a-z][a-z0-9_]{0,126}")
TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
# The columns that transform adds to every canonical table.
RESERVED = frozenset(
    {
        *("tenant_id", "source_system", "source_id", "effective_from", "effective_to", "is_current", "is_deleted"),
        *("change_type", "source_updated_at", "confirmed_at", "first_seen_at", "row_hash", "schema_version"),
        *("commit_no", "retracted", "version_id"),
    }
)
DECIMAL = re.compile(r"decimal\(([1-9]|[12]\d|3[0-8]), ?(\d|[12]\d|3[0-7])\)")
DEFAULT_DECIMAL = "decimal(18,4)"
# The types that a value of the vendor's type fits into without loss.
_FITS = {
    "bigint": ("bigint", "decimal", "text"),
    "decimal": ("decimal", "text"),
    "boolean": ("boolean", "text"),
    "timestamp": ("timestamp", "text"),
    "text": ("text",),
    "json": ("json", "text"),
}
Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """A mistake in a mapping. `path` leads to it from the top of the file."""

    path: Path
    message: str


@dataclass(frozen=True)
class Column:
    """A column of a canonical table. `type`: bigint, decimal(p,s), boolean, timestamp, text or json."""

    name: str
    type: str

    @property
    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "type": self.type}


@dataclass(frozen=True)
class Source:
    """The columns of one source table: the names of raw columns by those of the canonical table."""

    table: str
    key: str
    columns: Mapping[str, str | None]


@dataclass(frozen=True)
class TableMapping:
    """The mapping of a canonical table. `columns` are those of all its sources, in the author's order."""

    canonical_table: str
    history: str
    sources: tuple[Source, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class AsIs:
    """The privacy of a tenant without wishes: personal fields are dropped, and nothing else is."""

    contact: str = "keep"
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


AS_IS = AsIs()


def read_mapping(content: Any, choice: Choice = AS_IS) -> TableMapping | tuple[Fault, ...]:
    """Returns the mapping of an author's file, or all its mistakes. `choice` is the privacy of the tenant."""
    reader = _Reader(choice)
    mapping = reader.read(content)
    return mapping if mapping and not reader.faults else tuple(reader.faults)


def compiled(mapping: TableMapping, columns: Sequence[Column]) -> dict[str, Any]:
    """Returns what transform reads: every column of the lock, in its order."""
    tables = {
        source.table: {
            "key": source.key,
            "columns": [{**column.as_json, "source": source.columns.get(column.name)} for column in columns],
        }
        for source in mapping.sources
    }
    head = {"canonical_table": mapping.canonical_table, "history": mapping.history, "schema_version": len(columns)}
    return {**head, "sources": {SYSTEM: tables}}


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Returns a hint with up to three near names; "" if none is near."""
    bare = {one.replace("_", "").casefold(): one for one in known}
    near = get_close_matches(name.replace("_", "").casefold(), bare, 3, 0.7)
    return f"; did you mean {' or '.join(bare[one] for one in near)}?" if near else ""


def vendor_type(field: Field) -> str:
    """Returns the type of a canonical column that has the vendor's."""
    return DEFAULT_DECIMAL if field.type == "decimal" else field.type


class _Reader:
    """Reads a file and collects mistakes."""

    def __init__(self, choice: Choice) -> None:
        self.faults: list[Fault] = []
        self._choice = choice

    def read(self, content: Any) -> TableMapping | None:
        if not isinstance(content, Mapping):
            self._wrong((), "a mapping is a map with canonicalTable and sources")
            return None
        for key in content:
            if key not in ("canonicalTable", "history", "sources", "types"):
                known = ("canonicalTable", "history", "sources", "types")
                self._wrong((key,), f"{key} is not a key of a mapping{did_you_mean(str(key), known)}")
        name, history = content.get("canonicalTable"), content.get("history", "type2")
        if not isinstance(name, str) or not TABLE_NAME.fullmatch(name):
            self._wrong(("canonicalTable",), "canonicalTable must be a name in small letters, digits and underscores")
        if history not in HISTORIES:
            self._wrong(("history",), "history must be type1 or type2")
        types = self._types(content.get("types", {}))
        sources = tuple(self._sources(content.get("sources"), types))
        if self.faults:
            return None
        return TableMapping(str(name), str(history), sources, self._columns(sources, types))

    def _types(self, types: Any) -> Mapping[str, str]:
        if not isinstance(types, Mapping):
            self._wrong(("types",), "types must be a map of columns")
            return {}
        for column, type in types.items():
            if not isinstance(type, str) or not (type in _FITS or DECIMAL.fullmatch(type)):
                choice = "bigint, decimal(18,4), boolean, timestamp, text or json"
                self._wrong(("types", column), f"{type} is not a type; write {choice}")
        return {str(column): str(type) for column, type in types.items()}

    def _sources(self, sources: Any, types: Mapping[str, str]) -> Iterator[Source]:
        tables = sources.get(SYSTEM) if isinstance(sources, Mapping) else None
        if not isinstance(tables, Mapping) or not tables:
            self._wrong(("sources",), f"a canonical table needs a source: write {SYSTEM}, and a table below it")
            return
        for system in sources:
            if system != SYSTEM:
                self._wrong(("sources", system), f"{system} is not a source system; the only one is {SYSTEM}")
        for table, written in tables.items():
            path: Path = ("sources", SYSTEM, table)
            if table not in TABLES:
                self._wrong(path, f"{table} is not a table of ConnectWise{did_you_mean(str(table), TABLES)}")
            elif not isinstance(written, Mapping) or not isinstance(written.get("columns"), Mapping):
                self._wrong(path, f"{table} needs a key and columns; write key: id, and columns: {{}} below it")
            else:
                yield from self._source(read_table(table), written, types, path)
        for column in types:
            if not any(column in (it.get("columns") or {}) for it in tables.values() if isinstance(it, Mapping)):
                self._wrong(("types", column), f"no source has the column {column}; delete this line")

    def _source(
        self, table: SourceTable, written: Mapping[str, Any], types: Mapping[str, str], path: Path
    ) -> Iterator[Source]:
        for key in written:
            if key not in ("key", "columns"):
                self._wrong((*path, key), f"{key} is not a key of a source; write key and columns")
        if written.get("key") != table.key:
            self._wrong((*path, "key") if "key" in written else path, f"key must be {table.key}, the id of a record")
        columns: dict[str, str | None] = {}
        folded: dict[str, str] = {}
        for name, source in written["columns"].items():
            place = (*path, "columns", name)
            twin = folded.setdefault(str(name).casefold(), str(name))
            if not isinstance(name, str) or not NAME.fullmatch(name):
                self._wrong(place, f"{name} must be a name in small letters, digits and underscores")
            elif name in RESERVED:
                self._wrong(place, f"{name} is a column of every canonical table; give this one another name")
            elif twin != name:
                self._wrong(place, f"{name} and {twin} are one name in Redshift; rename one")
            elif source is not None:
                self._check(table, name, source, types.get(name), place)
            columns[str(name)] = source
        if not columns:
            self._wrong((*path, "columns"), "a source needs at least one column")
        yield Source(table.name, table.key, columns)

    def _check(self, table: SourceTable, name: str, source: Any, type: str | None, place: Path) -> None:
        """Checks one column against the source table and the privacy of the tenant."""
        field = table.field(source) if isinstance(source, str) else None
        if field is None:
            known = [one.column for one in table.fields if one.is_returned]
            self._wrong(place, f"{table.name} has no column {source}{did_you_mean(str(source), known)}")
            return
        if not field.is_returned:
            self._wrong(place, f"ConnectWise never returns {source}; write null, or delete this line")
        privacy = classify(table.name, field.path)
        if privacy == "secret":
            self._wrong(place, f"{source} is a secret, which is never stored; write null, or delete this line")
        elif is_listed(table.name, field.path, self._choice.deny):
            self._wrong(place, f"privacy.deny has {source}; write null, or delete this line")
        elif privacy == "personal" and not is_listed(table.name, field.path, self._choice.allow):
            message = (
                f"{source} is personal and is dropped; write null, or map it for a tenant whose privacy.allow has it"
            )
            self._wrong(place, message)
        kind = type.partition("(")[0] if type else ""
        if kind in _FITS and kind not in _FITS[field.type]:
            message = f"{source} is {field.type}, which does not fit {type}; write {' or '.join(_FITS[field.type])}"
            self._wrong(("types", name), message)

    def _columns(self, sources: Sequence[Source], types: Mapping[str, str]) -> tuple[Column, ...]:
        """Returns the columns of all sources. A column that is null everywhere is a text, unless `types` has it."""
        types_of: dict[str, str] = {}
        for source in sources:
            table = read_table(source.table)
            for name, raw in source.columns.items():
                field = table.field(raw) if raw else None
                type = types.get(name) or (vendor_type(field) if field else "")
                if types_of.setdefault(name, type) not in ("", type) and type:
                    place = ("sources", SYSTEM, source.table, "columns", name)
                    self._wrong(
                        place, f"{name} is {types_of[name]} in another source and {type} here; write it into types"
                    )
                types_of[name] = types_of[name] or type
        return tuple(Column(name, type or "text") for name, type in types_of.items())

    def _wrong(self, path: Path, message: str) -> None:
        self.faults.append(Fault(path, message))
