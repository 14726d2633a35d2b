"""Keeps the lock versions of one table: those that were read, and those that each reply returned.

`LockVersion` has four components. The table's level decides which of them AWS compares. So a write sends the whole
structure, with the newest version that is known of each (API reference, DataTableLockVersion).
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import TypeVar

from reconciler.model import CellChange, Contents, Key, LiveRecord
from reconciler.model.cells import identity

Version = Mapping[str, str]
Identity = tuple[str, ...]
K = TypeVar("K")
COMPONENTS = {
    "DATA_TABLE": "DataTable",
    "PRIMARY_VALUE": "PrimaryValues",
    "ATTRIBUTE": "Attribute",
    "VALUE": "Value",
}


class Locks:
    """Opaque versions by the part of the table that they lock. Safe to use from many threads."""

    def __init__(self, keys: tuple[Key, ...], contents: Contents, now: float) -> None:
        self._keys = keys
        self._lock = Lock()
        self._table: str | None = None
        self._attributes: dict[str, str] = {}
        self._records: dict[Identity, str] = {}
        self._values: dict[tuple[Identity, str], str] = {}
        self._rows: dict[Identity, LiveRecord] = {}
        self._updated_at = now
        self._reads = 0
        self._read(contents, now)

    def last_read(self) -> tuple[int, Mapping[Identity, LiveRecord]]:
        """Returns how often this run has listed the table, and the rows of the last listing."""
        with self._lock:
            return self._reads, self._rows

    def of(self, cell: CellChange) -> dict[str, str]:
        """Returns the lock to send with a cell: every component that is known."""
        with self._lock:
            known = {
                "DataTable": self._table,
                "Attribute": self._attributes.get(cell.attribute),
                "PrimaryValues": self._records.get(cell.identity),
                "Value": self._values.get((cell.identity, cell.attribute)),
            }
        return {component: version for component, version in known.items() if version is not None}

    def component(self, cell: CellChange, level: str) -> str | None:
        """Returns the component of the cell's lock that AWS compares at this level."""
        return self.of(cell).get(COMPONENTS.get(level, ""))

    def of_row(self, row: Identity) -> dict[str, str]:
        """Returns the lock to send with a rename of the row, which is the lock of any of its values."""
        with self._lock:
            known = {"DataTable": self._table, "PrimaryValues": self._records.get(row)}
        return {component: version for component, version in known.items() if version is not None}

    def age(self, now: float) -> float:
        return now - self._updated_at

    def learn(self, cell: CellChange, version: Version, now: float) -> None:
        """Takes the versions of a reply, which are valid from now on."""
        with self._lock:
            self._take(version, cell.identity, cell.attribute, now)

    def learn_structure(self, version: Version, part: str, now: float) -> None:
        with self._lock:
            self._table = version.get("DataTable", self._table)
            self._updated_at = now
            if part and "Attribute" in version:
                self._attributes[part] = version["Attribute"]

    def learn_row(self, old: Identity, new: Identity, version: Version, now: float) -> None:
        """Moves the locks of a renamed row. Its values keep their locks, and the row gets the one of the reply."""
        with self._lock:
            self._table = version.get("DataTable", self._table)
            self._updated_at = now
            for row, attribute in [place for place in self._values if place[0] == old]:
                self._values[new, attribute] = self._values.pop((row, attribute))
            self._records.pop(old, None)
            if old in self._rows:
                self._rows[new] = self._rows.pop(old)
            if "PrimaryValues" in version:
                self._records[new] = version["PrimaryValues"]

    def refresh(self, contents: Contents, now: float) -> None:
        """Takes a new listing of the table. A caller that writes with these locks must first judge these rows."""
        with self._lock:
            self._reads += 1
            self._read(contents, now)

    def _read(self, contents: Contents, now: float) -> None:
        """Takes the versions of a listing. If two pages differ, the first version stays.

        AWS then refuses a write over an edit that was made between the two pages.
        """
        first: dict[str, str] = {}
        attributes: dict[str, str] = {}
        self._records, self._values, self._rows = {}, {}, {}
        self._updated_at = now
        for record in contents.records:
            row = identity(self._keys, record.key)
            self._rows[row] = record
            for attribute, cell in record.cells.items():
                first = first or dict(cell.lock)
                _keep(attributes, attribute, cell.lock.get("Attribute"))
                _keep(self._records, row, cell.lock.get("PrimaryValues"))
                _keep(self._values, (row, attribute), cell.lock.get("Value"))
        for part, version in contents.part_locks.items():
            first = first or dict(version)
            _keep(attributes, part, version.get("Attribute"))
        self._table = first.get("DataTable", self._table)
        # Only the attribute locks a column without values, and not every listing includes attributes.
        self._attributes |= attributes

    def _take(self, version: Version, row: Identity, attribute: str, now: float) -> None:
        self._table = version.get("DataTable", self._table)
        self._updated_at = now
        if "Attribute" in version:
            self._attributes[attribute] = version["Attribute"]
        if "PrimaryValues" in version:
            self._records[row] = version["PrimaryValues"]
        if "Value" in version:
            self._values[row, attribute] = version["Value"]


def _keep(known: dict[K, str], key: K, version: str | None) -> None:
    if version is not None:
        known.setdefault(key, version)
