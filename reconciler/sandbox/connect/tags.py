"""Tags of data tables; those of everything else are moto's."""

from __future__ import annotations

from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.connect.tables import Tables
from reconciler.sandbox.errors import NotOurs, invalid, not_found
from reconciler.sandbox.state import Table

MOST_TAGS = 50


class Tags(Tables):
    def tag_resource(self, params: Params) -> Answer:
        """Adds and overwrites. That tags move neither the table's lock nor its LastModifiedTime is inferred."""
        table = self._tagged(params)
        tags = table.tags | params["tags"]
        if len(tags) > MOST_TAGS:
            raise invalid(f"tags: a resource may have {MOST_TAGS}")
        self.leave_search_behind(table, view=self.described(table))
        table.tags = tags
        return {}

    def untag_resource(self, params: Params) -> Answer:
        """Keys that are not there are no mistake [inferred]."""
        table = self._tagged(params)
        self.leave_search_behind(table, view=self.described(table))
        table.tags = {key: value for key, value in table.tags.items() if key not in params["tagKeys"]}
        return {}

    def list_tags_for_resource(self, params: Params) -> Answer:
        return {"tags": dict(self._tagged(params).tags)}

    def _tagged(self, params: Params) -> Table:
        arn = params["resourceArn"]
        if "/data-table/" not in arn:
            raise NotOurs
        for shelf in self._shelves.values():
            for table in shelf.tables.values():
                if table.arn == arn:
                    return table
        raise not_found(f"no resource {arn}")
