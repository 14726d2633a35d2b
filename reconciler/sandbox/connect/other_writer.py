"""Another writer that changes the same table between two calls: a person in the console, or a running flow."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.connect.data_tables import cell_rules
from reconciler.sandbox.connect.data_tables.locks import Turn
from reconciler.sandbox.connect.data_tables.state import Attribute, Cell, Record, Table
from reconciler.sandbox.connect.room import record_order
from reconciler.sandbox.connect.stored import Stored
from reconciler.sandbox.errors import ItemRefused

# The first candidate that differs and passes the attribute's rules is written.
CANDIDATES = {
    "TEXT": ("other", "another", "x", "y", "other writer", ""),
    "NUMBER": ("1", "2", "10", "0", "100", "0.5"),
    "BOOLEAN": ("true", "false"),
    "TEXT_LIST": ('["other"]', "[]", '["other","another"]'),
    "NUMBER_LIST": ("[1]", "[]", "[1,2]"),
}


class OtherWriter:
    """A writer that acts once. Its choice depends on the seed and on names and values, not on ids."""

    def __init__(self, room: Stored, table: Table) -> None:
        self.room = room
        self.table = table
        self.random = room.world.injection.random("otherWriter")
        self.turn = Turn(table, room.world.switches)

    def act(self) -> None:
        fault = self.room.world.faults.other_writer
        acts: dict[str, Any] = {
            "bump": self._bump,
            "change": self._change,
            "delete": self._delete,
            "create": self._create,
        }
        if fault and acts[fault.mode]():
            self.room.world.counts.served("otherWriter")

    def _bump(self) -> bool:
        """Writes the same value again, so only the locks differ."""
        return self._rewrite(self._pick(), lambda cell, attribute: cell.value)

    def _change(self) -> bool:
        return self._rewrite(self._pick(), self._other_value)

    def _delete(self) -> bool:
        place = self._pick()
        if place is None:
            return False
        record, attribute, _ = place
        del record.cells[attribute.id]
        self.room.written(self.table, record)
        self.turn.moved(attribute, record)
        self.room.drop_if_empty(self.table, record)
        return True

    def _create(self) -> bool:
        """Creates a missing cell of a record, or else a new record. Returns False if no key is free."""
        attributes = sorted((a for a in self.table.attributes.values() if not a.primary), key=lambda a: a.name)
        if not attributes or self.room.count_cells(self.table) >= self.room.world.quotas.cells:
            return False
        missing = [
            (record.primary, attribute)
            for record in self._records()
            for attribute in attributes
            if attribute.id not in record.cells
        ]
        if missing:
            primary, attribute = self.random.choice(missing)
        else:
            primary, attribute = self._new_key(), attributes[0]
            if self.table.record(primary) is not None:
                return False
        value = self._other_value(Cell("\0", "", 0), attribute)
        self.room.new_cell(self.table, attribute, primary, value, self.turn)
        return True

    def _rewrite(self, place: tuple[Record, Attribute, Cell] | None, value: Any) -> bool:
        if place is None:
            return False
        record, attribute, cell = place
        cell.value = value(cell, attribute)
        cell.modified = self.room.written(self.table, record)
        self.turn.move(cell)
        self.turn.moved(attribute, record)
        return True

    def _pick(self) -> tuple[Record, Attribute, Cell] | None:
        places = [
            (record, self.table.attributes[id], record.cells[id])
            for record in self._records()
            for id in sorted(record.cells, key=lambda id: self.table.attributes[id].name)
        ]
        return self.random.choice(places) if places else None

    def _records(self) -> list[Record]:
        return sorted(self.table.records.values(), key=record_order(self.table))

    def _other_value(self, cell: Cell, attribute: Attribute) -> str:
        strict = (attribute.validation.get("Enum") or {}).get("Values") or []
        for candidate in (*strict, *CANDIDATES[attribute.value_type]):
            if candidate != cell.value and self._passes(attribute, candidate):
                return str(candidate)
        return cell.value

    def _new_key(self) -> dict[str, str]:
        return {a.id: self._free_text(a) for a in self.table.primaries()}

    def _free_text(self, attribute: Attribute) -> str:
        taken = {record.primary.get(attribute.id) for record in self.table.records.values()}
        numbered = (
            [f"other-{n}" for n in range(1, 9)] if attribute.value_type == "TEXT" else [str(n) for n in range(1, 9)]
        )
        for candidate in (*numbered, *CANDIDATES[attribute.value_type]):
            if candidate not in taken and self._passes(attribute, candidate):
                return candidate
        return next(iter(sorted(text for text in taken if text)), "")

    def _passes(self, attribute: Attribute, candidate: str) -> bool:
        try:
            cell_rules.checked(attribute, candidate, self.room.world.quotas, self.room.world.switches)
        except ItemRefused:
            return False
        return True
