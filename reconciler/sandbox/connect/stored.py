"""The store of values, for every writer."""

from __future__ import annotations

from reconciler.sandbox.connect.attributes import Attributes
from reconciler.sandbox.connect.data_tables import locks
from reconciler.sandbox.connect.data_tables.locks import Turn
from reconciler.sandbox.connect.data_tables.state import Attribute, Cell, Record, Table
from reconciler.sandbox.connect.room import new_id


class Stored(Attributes):
    def count_cells(self, table: Table) -> int:
        """Counts the cells, with the default record's. A switch says whether primary values count [unknown]."""
        count = sum(len(record.cells) for record in table.records.values())
        if self.world.switches.primary_values_as_items:
            count += sum(len(record.key_cells) for record in table.records.values())
        return count

    def written(self, table: Table, record: Record) -> float:
        now = self.world.now()
        record.modified = now
        if self.world.switches.value_write_moves_table_time:
            table.modified = now
        return now

    def new_cell(self, table: Table, attribute: Attribute, primary: dict[str, str], value: str, turn: Turn) -> Record:
        """Stores a new cell, and its record if it is new."""
        switches = self.world.switches
        record = table.record(primary)
        if record is None:
            fixed = not primary and switches.default_record_id == "DEFAULT"
            record = Record("DEFAULT" if fixed else new_id(), primary, locks.fresh(switches), self.world.now())
            turn.born(record)
            if switches.primary_values_as_items:
                for id, text in primary.items():
                    record.key_cells[id] = Cell(text, locks.fresh(switches), record.modified)
            table.add(record)
        cell = Cell(value, locks.fresh(switches), self.written(table, record))
        cells_of(record, attribute)[attribute.id] = cell
        turn.born(cell)
        turn.moved(attribute, record)
        return record


def cells_of(record: Record, attribute: Attribute) -> dict[str, Cell]:
    return record.key_cells if attribute.primary else record.cells
