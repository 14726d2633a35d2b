"""The state of data tables: mutable objects, compared by identity.

Attributes and cells are stored under attribute ids, so renaming an attribute changes nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

Key = tuple[object, ...]


@dataclass(eq=False)
class Attribute:
    id: str
    name: str
    value_type: str
    description: str
    primary: bool
    validation: dict[str, Any]
    lock: str
    modified: float

    def folded(self, text: str) -> object:
        """Returns the text by which two primary values are equal.

        IgnoreCase folds case [service model]. "1" and "1.0" are one NUMBER key [inferred].
        """
        if self.value_type == "NUMBER":
            try:
                return Decimal(text)
            except InvalidOperation:
                return text
        return text.casefold() if self.validation.get("IgnoreCase") else text


@dataclass(eq=False)
class Cell:
    value: str
    lock: str
    modified: float


@dataclass(eq=False)
class Record:
    """A row. `primary` is empty for the default record; `key_cells` are values written under a primary attribute."""

    id: str
    primary: dict[str, str]
    lock: str
    modified: float
    cells: dict[str, Cell] = field(default_factory=dict)
    key_cells: dict[str, Cell] = field(default_factory=dict)


class Place(NamedTuple):
    """The target of a batch item: its key, its attribute, and the record and cell if they exist."""

    primary: dict[str, str]
    attribute: Attribute
    record: Record | None
    cell: Cell | None


@dataclass(eq=False)
class Table:
    id: str
    arn: str
    name: str
    description: str
    time_zone: str
    lock_level: str
    tags: dict[str, str]
    lock: str
    created: float
    modified: float
    attributes: dict[str, Attribute] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    lagging: tuple[int, dict[str, Any] | None] | None = None
    """Until which call search still answers which older view (None: not seen yet)."""
    _keys: dict[Key, Record] | None = None
    _names: dict[str, Attribute] | None = None

    def attribute(self, name: str) -> Attribute | None:
        """Returns an attribute by its exact name; AWS does not say whether lookup ignores case."""
        if self._names is None:
            self._names = {attribute.name: attribute for attribute in self.attributes.values()}
        return self._names.get(name)

    def primaries(self) -> list[Attribute]:
        return sorted((a for a in self.attributes.values() if a.primary), key=lambda a: a.name)

    def record(self, primary: dict[str, str]) -> Record | None:
        if self._keys is None:
            self._keys = {self.key(record.primary): record for record in reversed(self.records.values())}
        return self._keys.get(self.key(primary))

    def key(self, primary: dict[str, str]) -> Key:
        return tuple((id, self.attributes[id].folded(text)) for id, text in sorted(primary.items()))

    def add(self, record: Record) -> None:
        self.records[record.id] = record
        if self._keys is not None:
            self._keys[self.key(record.primary)] = record

    def drop(self, record: Record) -> None:
        del self.records[record.id]
        self._keys = None

    def reindex(self) -> None:
        """Rebuilds the index after attributes or keys changed."""
        self._keys = None
        self._names = None


@dataclass(eq=False)
class Shelf:
    """The data tables of one instance, by id."""

    tables: dict[str, Table] = field(default_factory=dict)
