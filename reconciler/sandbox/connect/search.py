"""SearchDataTables: by name, description and id, and by tags; perhaps a little behind.

Nothing is published about case, about how criteria given side by side combine, or about the index's lag: that all of
them must hold is inferred, case is a switch, the lag a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.sandbox import paging
from reconciler.sandbox.connect.room import Answer, Params, Room
from reconciler.sandbox.errors import invalid
from reconciler.sandbox.state import Table

# The field names of name and description are seen; that of the id follows Connect's other searches.
FIELDS = {"name": "Name", "description": "Description", "resourceid": "Id"}
COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "STARTS_WITH": str.startswith,
    "CONTAINS": str.__contains__,
    "EXACT": str.__eq__,
}


class Search(Room):
    def search_data_tables(self, params: Params) -> Answer:
        """What DescribeDataTable shows but for LockVersion and Version [service model]."""
        criteria, tag_filter = params.get("SearchCriteria"), params.get("SearchFilter")
        shelf = self.shelf(params)
        listing = paging.open_listing(
            "SearchDataTables",
            params,
            fixed=[params["InstanceId"], criteria, tag_filter],
            size=self.page_size(params),
        )
        views = filter(None, map(self._view, shelf.tables.values()))
        condition = (tag_filter or {}).get("AttributeFilter") or {}
        found = [
            view
            for view in views
            if self._meets(view, criteria or {}) and _is_tagged(view.get("Tags") or {}, condition)
        ]
        page, token = paging.cut(self.world, listing, [(view["Name"].casefold(), view) for view in found])
        return {"DataTables": page, "ApproximateTotalCount": len(found), **token}

    def _view(self, table: Table) -> Answer | None:
        """The table as the index has it."""
        if table.lagging and self.world.accepted <= table.lagging[0]:
            self.world.counts.served("searchLag")
            return table.lagging[1]
        return self.described(table)

    def _meets(self, view: Answer, criteria: Params) -> bool:
        if criteria.get("OrConditions") and not any(self._meets(view, c) for c in criteria["OrConditions"]):
            return False
        if not all(self._meets(view, c) for c in criteria.get("AndConditions") or ()):
            return False
        return not criteria.get("StringCondition") or self._meets_text(view, criteria["StringCondition"])

    def _meets_text(self, view: Answer, condition: Params) -> bool:
        name, wanted = condition.get("FieldName") or "", condition.get("Value")
        field = FIELDS.get(name.casefold())
        if field is None or wanted is None or not condition.get("ComparisonType"):
            raise invalid("StringCondition: FieldName (name, description, resourceID), Value and ComparisonType needed")
        text = view.get(field, "")
        if self.world.switches.search_case == "ignored":
            text, wanted = text.casefold(), wanted.casefold()
        return COMPARISONS[condition["ComparisonType"]](text, wanted)


def _is_tagged(tags: dict[str, str], condition: dict[str, Any]) -> bool:
    either = condition.get("OrConditions")
    if either and not any(_has_all(tags, branch) for branch in either):
        return False
    both, one = condition.get("AndCondition"), condition.get("TagCondition")
    return (not both or _has_all(tags, both)) and (not one or _has(tags, one))


def _has_all(tags: dict[str, str], branch: dict[str, Any]) -> bool:
    return all(_has(tags, condition) for condition in branch.get("TagConditions") or ())


def _has(tags: dict[str, str], condition: dict[str, Any]) -> bool:
    """A condition without a value asks for the key alone [inferred: both members are optional]."""
    key, value = condition.get("TagKey"), condition.get("TagValue")
    return key in tags and value in (None, tags[key])
