"""A page of records as one Arrow table with the fixed columns of its source table. Nothing is lost on the way.

Objects join with `__`. A list becomes JSON text, an empty list null. `_unknown` is JSON text: it keeps fields that no
schema knows, and values that do not fit their column. Records come with the instant at which they were fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa

from reconciler.lambdas.connectwise.keys import SOURCE
from reconciler.lambdas.connectwise.tables import SEPARATOR, Field, SourceTable
from reconciler.lambdas.connectwise_ingest.hiding import Hider, Path
from reconciler.lambdas.connectwise_ingest.records import Records, TypedRecord
from reconciler.lambdas.connectwise_ingest.values import EXPECTED, TIME, TYPES, column

_NOTHING: dict[str, Any] = {}
_NESTED = frozenset({dict, list})
_OBJECTS = frozenset({dict, type(None)})
# Records that are flattened together.
_BLOCK = 250
ADDED = (
    pa.field("_tenant_id", pa.string()),
    pa.field("_source_system", pa.string()),
    pa.field("_seen_at", TIME),
    pa.field("_seq", pa.int64()),
    pa.field("_deleted", pa.bool_()),
    pa.field("_unknown", pa.string()),
)
"""The columns behind those of the source. `_seen_at` is UTC without an offset, as all times in a raw file."""


def schema_of(table: SourceTable) -> pa.Schema:
    """Returns the columns of every raw file of a table. They are the same for all tenants and all pages."""
    return pa.schema([*(pa.field(field.column, TYPES[field.type]) for field in table.fields), *ADDED])


@dataclass(frozen=True)
class Flattened:
    """`drifted`: values that did not fit their column. `unknown`: fields that no schema knows."""

    table: pa.Table
    drifted: int
    unknown: int


class Flattener:
    """Flattens pages of one tenant's table."""

    def __init__(self, table: SourceTable, tenant: str, hider: Hider) -> None:
        self._table, self._tenant, self._hider = table, tenant, hider
        self.schema = schema_of(table)
        self._known: dict[Path, set[str]] = {(): set()}
        for field in table.fields:
            for depth in range(len(field.path)):
                self._known.setdefault(field.path[:depth], set()).add(field.path[depth])
        self.records = Records(table, self._known)

    def page(self, records: Sequence[Any], seen_at: datetime, first_seq: int) -> Flattened:
        """Returns the table of typed records, or of JSON objects. `first_seq` is the number of the first row."""
        unknown: dict[int, dict[str, Any]] = {}
        is_typed = all(isinstance(record, TypedRecord) for record in records[:1])
        if is_typed:
            every = self.records.values(records, lambda *noted: self._note(unknown, *noted))
        else:
            every = self._values(records, unknown)
        fields = sum(len(row) for row in unknown.values())
        columns, drifted = list[pa.Array](), 0
        for field, values in zip(self._table.fields, every, strict=True):
            types = EXPECTED.get(field.type) if is_typed else None
            array, wrong = self._column(field, values, types)
            columns.append(array)
            drifted += len(wrong)
            for position in wrong:
                unknown.setdefault(position, {})[field.column] = values[position]
        count = len(records)
        added = [
            pa.array([self._tenant] * count, pa.string()),
            pa.array([SOURCE] * count, pa.string()),
            pa.array([seen_at.astimezone(UTC).replace(tzinfo=None)] * count, TIME),
            pa.array(range(first_seq, first_seq + count), pa.int64()),
            pa.array([False] * count, pa.bool_()),
            pa.array([_text(unknown.get(position)) for position in range(count)], pa.string()),
        ]
        return Flattened(pa.table([*columns, *added], schema=self.schema), drifted, fields)

    def tombstones(self, ids: Sequence[int], seen_at: datetime, first_seq: int) -> pa.Table:
        """Returns rows that say that these records are gone: ids, and nothing else of the source."""
        rows = self.page([{self._table.key: id} for id in ids], seen_at, first_seq).table
        place = self.schema.get_field_index("_deleted")
        return rows.set_column(place, self.schema.field(place), pa.array([True] * len(ids), pa.bool_()))

    def _values(self, records: Sequence[Mapping[str, Any]], unknown: dict[int, dict[str, Any]]) -> list[list[Any]]:
        """Returns the values of each field of JSON objects, and notes what no schema knows.

        A page does not fit into the cache of a processor. So all fields of a few records are read before the next few.
        """
        columns = [list[Any]() for _ in self._table.fields]
        for start in range(0, len(records), _BLOCK):
            block = self._objects(records[start : start + _BLOCK], start, unknown)
            for field, values in zip(self._table.fields, columns, strict=True):
                name = field.path[-1]
                values += [parent.get(name) for parent in block[field.path[:-1]]]
        return columns

    def _objects(
        self, records: Sequence[Mapping[str, Any]], start: int, unknown: dict[int, dict[str, Any]]
    ) -> dict[Path, Sequence[Mapping[str, Any]]]:
        """Returns the objects at each path that has fields below it. `start` is the position of the first record."""
        objects: dict[Path, Sequence[Mapping[str, Any]]] = {(): records}
        for path, known in self._known.items():
            if path:
                objects[path] = self._inner(objects[path[:-1]], path, start, unknown)
            for position, record in enumerate(objects[path], start):
                if not record.keys() <= known:
                    self._note_unknown(record, path, position, unknown)
        return objects

    def _inner(
        self, parents: Sequence[Mapping[str, Any]], path: Path, start: int, unknown: dict[int, dict[str, Any]]
    ) -> list[Mapping[str, Any]]:
        """Returns the objects at a path, and notes values that are none. `start` is the position of the first."""
        values = [parent.get(path[-1]) for parent in parents]
        if _OBJECTS.issuperset(map(type, values)):
            return [value or _NOTHING for value in values]
        for position, value in enumerate(values, start):
            if type(value) is not dict:
                self._note(unknown, position, path, value)
        return [value if type(value) is dict else _NOTHING for value in values]

    def _note_unknown(
        self, record: Mapping[str, Any], path: Path, position: int, unknown: dict[int, dict[str, Any]]
    ) -> None:
        """Notes the fields of an object that no schema knows."""
        known = self._known[path]
        for name in record.keys() - known:
            if self._hider.decide((*path, name)) == "drop":
                # Links are in nearly every object: from now on the test for unknown fields passes.
                known.add(name)
            else:
                self.records.allow((*path, name))
            self._note(unknown, position, (*path, name), record[name])

    def _note(self, unknown: dict[int, dict[str, Any]], position: int, path: Path, value: Any) -> None:
        if value is None or value == []:
            return
        match self._hider.decide(path):
            case "keep":
                unknown.setdefault(position, {})[SEPARATOR.join(path)] = self._hider.visible(value, path)
            case "hash":
                unknown.setdefault(position, {})[SEPARATOR.join(path)] = self._hider.hashed(value)

    def _column(self, field: Field, values: list[Any], types: AbstractSet[type] | None) -> tuple[pa.Array, list[int]]:
        """Returns the column of a field, and the positions of values that do not fit. `types`: None if unknown."""
        decision = self._hider.decide(field.path)
        if decision == "drop" or (decision == "hash" and field.type not in ("text", "json")):
            return pa.nulls(len(values), TYPES[field.type]), []
        if decision == "hash":
            return pa.array([self._hider.hashed(value) for value in values], pa.string()), []
        if field.type == "json":
            return pa.array([self._json(field.path, value) for value in values], pa.string()), []
        types = types or frozenset(map(type, values))
        if not _NESTED.isdisjoint(types):
            # The column has plain values. A structure instead of one may contain what must be hidden.
            values[:] = [self._hider.visible(value, field.path) for value in values]
        return column(field.type, values, types)

    def _json(self, path: Path, value: Any) -> str | None:
        if value is None or (not value and type(value) in _NESTED):
            return None
        return orjson.dumps(self._hider.visible(value, path)).decode()


def _text(content: dict[str, Any] | None) -> str | None:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode() if content else None
