"""Optimistic locks: four version strings, five levels.

The admin guide defines the scopes. The component that a level compares is inferred from its name. The service model
says what moves each component. One exception is inferred: DataTable moves with value writes at level DATA_TABLE,
because the documented behaviour needs it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.connect.data_tables.state import Attribute, Cell, Record, Table
from reconciler.sandbox.errors import ItemRefused, Why
from reconciler.sandbox.switches import Switches

Holder = Table | Attribute | Record | Cell
COMPONENT = {"DATA_TABLE": "DataTable", "PRIMARY_VALUE": "PrimaryValues", "ATTRIBUTE": "Attribute", "VALUE": "Value"}
STALE = "Concurrency conflict: the lock version is missing or is not the current one."


def fresh(switches: Switches, old: str = "0") -> str:
    return str(int(old) + 1) if switches.lock_versions == "numeric" else secrets.token_hex(8)


def of_table(table: Table) -> dict[str, str]:
    return {"DataTable": table.lock}


def of_attribute(table: Table, attribute: Attribute) -> dict[str, str]:
    return {"DataTable": table.lock, "Attribute": attribute.lock}


def of_cell(table: Table, attribute: Attribute, record: Record, cell: Cell) -> dict[str, str]:
    return {
        "DataTable": table.lock,
        "Attribute": attribute.lock,
        "PrimaryValues": record.lock,
        "Value": cell.lock,
    }


@dataclass
class Turn:
    """The locks of a table during one request: their versions at its start, and those it has moved."""

    table: Table
    switches: Switches
    at_start: dict[Holder, str | None] = field(default_factory=dict)

    def compare(
        self, sent: dict[str, Any] | None, attribute: Attribute, record: Record | None, cell: Cell | None
    ) -> None:
        """Refuses an item whose lock is not the one that the table's level compares."""
        holders: dict[str, Holder | None] = {
            "DATA_TABLE": self.table,
            "ATTRIBUTE": attribute,
            "PRIMARY_VALUE": record,
            "VALUE": cell,
        }
        holder = holders.get(self.table.lock_level)
        if holder is None:
            return  # Level NONE, or a new holder.
        current = self._version(holder)
        version = (sent or {}).get(COMPONENT[self.table.lock_level])
        if current is None or version == current or (version is None and self.switches.missing_lock == "ignored"):
            return
        raise ItemRefused(Why.STALE, STALE)

    def born(self, holder: Holder) -> None:
        """Notes a holder that this request created; it had no version at the start."""
        self.at_start[holder] = None

    def moved(self, attribute: Attribute, record: Record) -> None:
        """Moves the coarser locks of a written value, by level. The caller moves the value's own lock."""
        level = self.table.lock_level
        if level == "DATA_TABLE":
            self.move(self.table)
        if level == "ATTRIBUTE":
            self.move(attribute)
        if level == "PRIMARY_VALUE" or self.switches.primary_values_lock == "always":
            self.move(record)

    def move(self, holder: Holder) -> None:
        if holder in self.at_start and self.switches.move_locks == "request":
            return
        self.at_start.setdefault(holder, holder.lock)
        holder.lock = fresh(self.switches, holder.lock)

    def _version(self, holder: Holder) -> str | None:
        if self.switches.compare_locks == "item":
            return holder.lock
        return self.at_start.get(holder, holder.lock)
