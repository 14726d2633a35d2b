"""SearchDataTables: by name, description, id and tags; a fault makes it lag."""

from __future__ import annotations

from reconciler.sandbox import paging
from reconciler.sandbox.connect.criteria import Criteria
from reconciler.sandbox.connect.data_tables.state import Table
from reconciler.sandbox.connect.room import Answer, Params, Room

# The fields name and description are seen; the field of the id follows Connect's other searches.
FIELDS = {"name": "Name", "description": "Description", "resourceid": "Id"}


class Search(Room):
    def search_data_tables(self, params: Params) -> Answer:
        """Searches tables, and shows what DescribeDataTable shows but LockVersion and Version [service model]."""
        criteria = Criteria("SearchDataTables", params, FIELDS, self.world.switches)
        shelf = self.shelf(params)
        listing = paging.open_listing(
            "SearchDataTables",
            params,
            fixed=[params["InstanceId"], *criteria.conditions],
            size=self.page_size(params),
        )
        views = filter(None, map(self._view, shelf.tables.values()))
        tables = [view for view in views if criteria.holds(view)]
        page, token = paging.cut(self.world, listing, [(view["Name"].casefold(), view) for view in tables])
        return {"DataTables": page, "ApproximateTotalCount": len(tables), **token}

    def _view(self, table: Table) -> Answer | None:
        """Returns the table as the search index has it."""
        if table.lagging and self.is_behind(table):
            return table.lagging[1]
        return self.described(table)
