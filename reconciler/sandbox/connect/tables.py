"""Data tables: create, describe, list, update, delete."""

from __future__ import annotations

from reconciler.sandbox import paging
from reconciler.sandbox.connect.data_tables import locks, rules
from reconciler.sandbox.connect.data_tables.state import Shelf, Table
from reconciler.sandbox.connect.room import Answer, Params, Room, new_id
from reconciler.sandbox.errors import Refused


class Tables(Room):
    def create_data_table(self, params: Params) -> Answer:
        """Creates a table without attributes and values, which is valid [service model]."""
        shelf = self.shelf(params)
        name = rules.name(params["Name"])
        self._refuse_taken_name(shelf, name)
        if len(shelf.tables) >= self.world.quotas.tables:
            raise Refused("ServiceQuotaExceededException", f"an instance may have {self.world.quotas.tables} tables")
        id, now = new_id(), self.world.now()
        table = Table(
            id=id,
            arn=f"{self.instance_arn(params)}/data-table/{id}",
            name=name,
            description=rules.description(params.get("Description")),
            time_zone=params["TimeZone"],
            lock_level=params["ValueLockLevel"],
            tags=dict(params.get("Tags") or {}),
            lock=locks.fresh(self.world.switches),
            created=now,
            modified=now,
        )
        self.leave_search_behind(table, view=None)
        shelf.tables[id] = table
        return {"Id": id, "Arn": table.arn, "LockVersion": locks.of_table(table)}

    def describe_data_table(self, params: Params) -> Answer:
        table = self.table(params)
        return {"DataTable": self.described(table) | {"LockVersion": locks.of_table(table)}}

    def list_data_tables(self, params: Params) -> Answer:
        """Lists tables by name; AWS does not document the order."""
        shelf = self.shelf(params)
        listing = paging.open_listing(
            "ListDataTables", params, fixed=self.instance_arn(params), size=self.page_size(params)
        )
        rows = [(table.name.casefold(), table) for table in shelf.tables.values()]
        page, token = paging.cut(self.world, listing, rows)
        summaries = [{"Name": t.name, "Id": t.id, "Arn": t.arn} | self.stamp(t.modified) for t in page]
        return {"DataTableSummaryList": summaries, **token}

    def update_data_table_metadata(self, params: Params) -> Answer:
        """Replaces the metadata without a lock; a missing member gets its default [service model]."""
        table = self.table(params, aliases=("$LATEST",))
        name = rules.name(params["Name"])
        self._refuse_taken_name(self.shelf(params), name, own=table)
        description = rules.description(params.get("Description"))
        self.leave_search_behind(table, view=self.described(table))
        table.name, table.description = name, description
        table.time_zone, table.lock_level = params["TimeZone"], params["ValueLockLevel"]
        self.touch(table)
        return {"LockVersion": locks.of_table(table)}

    def delete_data_table(self, params: Params) -> Answer:
        """Deletes a table with its attributes and values, whatever refers to it [service model]."""
        table = self.table(params, aliases=("$LATEST",))
        del self.shelf(params).tables[table.id]
        return {}

    def touch(self, table: Table) -> None:
        """Moves the lock and the time of a table whose metadata or structure changed."""
        table.lock = locks.fresh(self.world.switches, table.lock)
        table.modified = self.world.now()

    def _refuse_taken_name(self, shelf: Shelf, name: str, own: Table | None = None) -> None:
        if rules.is_taken(name, (table.name for table in shelf.tables.values() if table is not own)):
            raise Refused("DuplicateResourceException", f"a data table named {name!r} exists")
