"""Optimistic locks: four version strings, five levels.

Scopes are the admin guide's; which component a level compares is inferred from the components' names; what moves each
component is the service model's text, except that DataTable moves with value writes at level DATA_TABLE, which the
documented behaviour needs and nobody states.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.errors import ItemRefused, Why
from reconciler.sandbox.state import Attribute, Cell, Record, Table
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
    """One request's dealings with a table's locks: what it found when it began, and what it has moved since."""

    table: Table
    switches: Switches
    found: dict[Holder, str | None] = field(default_factory=dict)

    def compare(
        self, sent: dict[str, Any] | None, attribute: Attribute, record: Record | None, cell: Cell | None
    ) -> None:
        """Refuse an item whose lock is not the one that its table's level asks for."""
        holders: dict[str, Holder | None] = {
            "DATA_TABLE": self.table,
            "ATTRIBUTE": attribute,
            "PRIMARY_VALUE": record,
            "VALUE": cell,
        }
        holder = holders.get(self.table.lock_level)
        if holder is None:
            return  # Level NONE, or nothing there yet that could have changed.
        current = self._version(holder)
        told = (sent or {}).get(COMPONENT[self.table.lock_level])
        if current is None or told == current or (told is None and self.switches.missing_lock == "ignored"):
            return
        raise ItemRefused(Why.STALE, STALE)

    def born(self, holder: Holder) -> None:
        """This request made it, so this request found nothing."""
        self.found[holder] = None

    def moved(self, attribute: Attribute, record: Record) -> None:
        """A value was written: its coarser locks move by level; its own lock is the writer's business."""
        level = self.table.lock_level
        if level == "DATA_TABLE":
            self.move(self.table)
        if level == "ATTRIBUTE":
            self.move(attribute)
        if level == "PRIMARY_VALUE" or self.switches.primary_values_lock == "always":
            self.move(record)

    def move(self, holder: Holder) -> None:
        if holder in self.found and self.switches.move_locks == "request":
            return
        self.found.setdefault(holder, holder.lock)
        holder.lock = fresh(self.switches, holder.lock)

    def _version(self, holder: Holder) -> str | None:
        if self.switches.compare_locks == "item":
            return holder.lock
        return self.found.get(holder, holder.lock)
