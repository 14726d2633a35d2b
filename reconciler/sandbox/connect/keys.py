"""Primary values: changes the key of a record."""

from __future__ import annotations

from reconciler.sandbox.connect.data_tables import locks
from reconciler.sandbox.connect.data_tables.locks import Turn
from reconciler.sandbox.connect.data_tables.state import Record, Table
from reconciler.sandbox.connect.other_writer import OtherWriter
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.connect.writes import Writes
from reconciler.sandbox.errors import ItemRefused, Refused, conflict, invalid, not_found


class Keys(Writes):
    def update_data_table_primary_values(self, params: Params) -> Answer:
        """Changes all primary values of one record. Its values stay, and so does its id [inferred]."""
        table = self.table(params)
        if self.world.injection.other_writer_comes("UpdateDataTablePrimaryValues", "write"):
            OtherWriter(self, table).act()
        try:
            old = self.primary(table, params["PrimaryValues"])
            new = self.checked_primary(table, self.primary(table, params["NewPrimaryValues"]))
        except ItemRefused as refused:
            raise invalid(refused.message) from refused
        if not old or not new:
            raise invalid("PrimaryValues, NewPrimaryValues: values of all primary attributes are required")
        record = table.record(old)
        if record is None:
            raise not_found("no record has these primary values")
        self._compare(table, record, params["LockVersion"])
        if table.record(new) not in (None, record):
            raise conflict("another record has the new primary values")
        return self._rename(table, record, new)

    def _rename(self, table: Table, record: Record, new: dict[str, str]) -> Answer:
        """Sets the new key. At level ATTRIBUTE the locks of the changed primary attributes move [service model]."""
        turn = Turn(table, self.world.switches)
        changed = [id for id, text in new.items() if record.primary[id] != text]
        record.primary = new
        for id, cell in record.key_cells.items():
            if cell.value != new[id]:
                cell.value = new[id]
                turn.move(cell)
        table.reindex()
        self.written(table, record)
        turn.move(record)
        if table.lock_level == "DATA_TABLE":
            turn.move(table)
        if table.lock_level == "ATTRIBUTE":
            for id in changed:
                turn.move(table.attributes[id])
        return {"LockVersion": locks.of_table(table) | {"PrimaryValues": record.lock}}

    def _compare(self, table: Table, record: Record, sent: Params) -> None:
        """Compares DataTable at level DATA_TABLE, and PrimaryValues at every other level but NONE [inferred]."""
        holder, component = (table, "DataTable") if table.lock_level == "DATA_TABLE" else (record, "PrimaryValues")
        version = sent.get(component)
        is_let_through = version is None and self.world.switches.missing_lock == "ignored"
        if table.lock_level != "NONE" and version != holder.lock and not is_let_through:
            raise Refused("ConflictException", locks.STALE)
