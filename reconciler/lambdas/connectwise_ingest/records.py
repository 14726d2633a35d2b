"""Pages of records as objects with one slot for each field: they take half of the time that dictionaries take.

msgspec checks the types while it decodes. A page in which anything does not fit is read as JSON values instead: a value
of another type, a record without an id, or a field that is new and unknown. Its rows are the same either way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import msgspec
import orjson
from msgspec.structs import astuple

from reconciler.lambdas.connectwise.tables import SourceTable
from reconciler.lambdas.connectwise_ingest.bodies import no_garbage_collection, read_json
from reconciler.lambdas.connectwise_ingest.hiding import Path

# orjson makes a float of a number with more bits.
_Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_TYPES: Mapping[str, Any] = {
    "bigint": _Whole | None,
    "decimal": _Whole | float | None,
    "boolean": bool | None,
    "timestamp": str | None,
    "text": str | None,
    "json": msgspec.Raw,
}
# msgspec finds members by the bytes of their names, so it takes no name that JSON would escape.
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
# Unknown fields that records may have. A vendor has few of them.
_MOST_UNKNOWN = 200
# Records whose values are taken together: so many fit into the cache of a processor.
_BLOCK = 50


class TypedRecord(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A record in which every value has the type of its field. Its fields are attributes, None without a value."""

    id: _Whole


class Records:
    """Reads the pages of one table.

    `known` has the names of the members below each path. It grows when a page shows members that are always dropped,
    such as links. From then on, records may have them.
    """

    def __init__(self, table: SourceTable, known: Mapping[Path, set[str]]) -> None:
        self._table, self._known = table, known
        self._unknown = set[Path]()
        self._objects = sorted((path for path in known if path), key=len)
        self._empty: dict[Path, Any] = {}
        self._compile()

    def read(self, body: bytes) -> Any:
        """Returns a list of typed records, or the JSON value. Raises `ValueError` if it is not JSON, or is cut."""
        if self._count != self._count_names():
            self._compile()
        try:
            with no_garbage_collection():
                records = self._decoder.decode(body)
                for path in self._structures:
                    _read_structures(records, path)
            return records
        except (ValueError, RecursionError):
            return read_json(body)

    def allow(self, path: Path) -> None:
        """Allows a field that no schema knows in the records of the next pages."""
        if len(self._unknown) < _MOST_UNKNOWN:
            self._unknown.add(path)

    def values(self, records: Sequence[Any], note: Callable[[int, Path, Any], None]) -> list[list[Any]]:
        """Returns the values of each field. The records are typed, and of the last page that was read.

        `note` is called with the position of a record, and an unknown field and its value.
        """
        columns = {field.path: list[Any]() for field in self._table.fields}
        for start in range(0, len(records), _BLOCK):
            objects: dict[Path, Sequence[Any]] = {(): records[start : start + _BLOCK]}
            for path, members in self._members.items():
                for inner, values in zip(members, zip(*map(astuple, objects[path]), strict=True), strict=True):
                    if inner in self._empty:
                        empty = self._empty[inner]
                        objects[inner] = [value or empty for value in values]
                    elif inner in columns:
                        columns[inner] += values
                    elif inner in self._unknown:
                        for position, value in enumerate(values, start):
                            note(position, inner, value)
        return list(columns.values())

    def _compile(self) -> None:
        """Makes the decoder of records with the names that are known now."""
        types: dict[Path, Any] = {field.path: _TYPES[field.type] for field in self._table.fields}
        self._members: dict[Path, list[Path]] = {path: [] for path in ((), *self._objects)}
        self._structures = [field.path for field in self._table.fields if field.type == "json"]
        for path in reversed(self._members):
            members = self._members[path]
            definitions = list[tuple[str, Any, Any]]()
            if not path:
                members.append((self._table.key,))
            for name in sorted(self._known[path] | {unknown[-1] for unknown in self._unknown if unknown[:-1] == path}):
                inner = (*path, name)
                if inner in members or _ESCAPED.search(name):
                    continue
                attribute = name if inner in types else f"member_{len(definitions)}"
                kind = types.get(inner, msgspec.Raw)
                definitions.append((attribute, kind, msgspec.field(default=None, name=name)))
                members.append(inner)
                if inner in self._unknown:
                    self._structures.append((*path, attribute))
            bases = () if path else (TypedRecord,)
            record = msgspec.defstruct("Object", definitions, bases=bases, gc=False, forbid_unknown_fields=True)
            if path:
                types[path], self._empty[path] = record | None, record()
        self._decoder = msgspec.json.Decoder(list[record])  # type: ignore[valid-type]  # made just above
        self._count = self._count_names()

    def _count_names(self) -> int:
        return sum(map(len, self._known.values())) + len(self._unknown)


def _read_structures(records: Sequence[Any], path: Path) -> None:
    """Reads the JSON of an attribute as `read_json` does."""
    *parents, name = path
    for record in records:
        for parent in parents:
            record = getattr(record, parent, None)
        text = getattr(record, name, None)
        if text is not None:
            setattr(record, name, orjson.loads(memoryview(text)))
