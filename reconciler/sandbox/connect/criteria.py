"""The criteria of searches: conditions on texts and dates, and tags.

AWS does not document case, nor how criteria side by side combine. All of them must hold [inferred]; case is a switch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.sandbox.errors import invalid
from reconciler.sandbox.switches import Switches

Params = dict[str, Any]
COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "STARTS_WITH": str.startswith,
    "CONTAINS": str.__contains__,
    "EXACT": str.__eq__,
}
DATES: dict[str, Callable[[str, str], bool]] = {
    "GREATER_THAN": str.__gt__,
    "GREATER_THAN_OR_EQUAL_TO": str.__ge__,
    "LESS_THAN": str.__lt__,
    "LESS_THAN_OR_EQUAL_TO": str.__le__,
    "EQUAL_TO": str.__eq__,
}
# Conditions that name a member's value.
VALUES = {
    "QueueTypeCondition": "QueueType",
    "TypeCondition": "Type",
    "StateCondition": "State",
    "StatusCondition": "Status",
    "ViewTypeCondition": "Type",
    "ViewStatusCondition": "Status",
}
ATTRIBUTE_FILTERS = ("AttributeFilter", "UserAttributeFilter", "FlowAttributeFilter")
# "Any queries with character lengths outside of this range will throw invalid results" [service model].
COUNTED = {
    "SearchContactFlowModules": ("name", "description"),
    "SearchContactFlows": ("name", "description"),
    "SearchQueues": ("name", "description"),
    "SearchRoutingProfiles": ("name", "description"),
    "SearchSecurityProfiles": ("name",),
}


class Criteria:
    """SearchCriteria and SearchFilter of one request; `fields` gives a field's member by its lower-case name."""

    def __init__(self, operation: str, params: Params, fields: Mapping[str, str], switches: Switches) -> None:
        self.conditions = (params.get("SearchCriteria"), params.get("SearchFilter"))
        self._fields = fields
        self._switches = switches
        self._counted = COUNTED.get(operation, ())

    def holds(self, view: Params) -> bool:
        criteria, tag_filter = self.conditions
        return self._meets(view, criteria or {}) and _is_selected(view, tag_filter or {})

    def _meets(self, view: Params, criteria: Params) -> bool:
        if criteria.get("OrConditions") and not any(self._meets(view, c) for c in criteria["OrConditions"]):
            return False
        if not all(self._meets(view, c) for c in criteria.get("AndConditions") or ()):
            return False
        if criteria.get("DateCondition") and not self._meets_date(view, criteria["DateCondition"]):
            return False
        for condition, member in VALUES.items():
            if criteria.get(condition) and criteria[condition] != view.get(member):
                return False
        return not criteria.get("StringCondition") or self._meets_text(view, criteria["StringCondition"])

    def _meets_text(self, view: Params, condition: Params) -> bool:
        name, wanted = (condition.get("FieldName") or "").casefold(), condition.get("Value")
        field = self._fields.get(name)
        if field is None or wanted is None or not condition.get("ComparisonType"):
            raise invalid(f"StringCondition: FieldName ({', '.join(self._fields)}), Value and ComparisonType needed")
        if condition["ComparisonType"] == "CONTAINS" and name in self._counted and not 2 <= len(wanted) <= 25:
            if self._switches.contains_length == "refused":
                raise invalid("StringCondition.Value: CONTAINS takes 2 to 25 characters")
            return False
        compare = COMPARISONS[condition["ComparisonType"]]
        content = view.get(field)
        texts = [str(text) for text in (content if isinstance(content, list) else [content or ""])]
        if self._switches.search_case == "ignored":
            texts, wanted = [text.casefold() for text in texts], wanted.casefold()
        return any(compare(text, wanted) for text in texts)

    def _meets_date(self, view: Params, condition: Params) -> bool:
        """Returns whether a date condition holds. Fields have the members' names, ignoring case [inferred]."""
        field = {"effectivefrom": "EffectiveFrom", "effectivetill": "EffectiveTill"}.get(
            (condition.get("FieldName") or "").casefold()
        )
        if field is None or not condition.get("Value") or not condition.get("ComparisonType"):
            raise invalid("DateCondition: FieldName (EffectiveFrom, EffectiveTill), Value and ComparisonType needed")
        return DATES[condition["ComparisonType"]](view.get(field, ""), condition["Value"])


def _is_selected(view: Params, tag_filter: Params) -> bool:
    """Returns whether the tags match. TagFilter and AttributeFilter have the same three arms under different names."""
    tags = view.get("Tags") or {}
    conditions = tag_filter.get("TagFilter") or {}
    either: list[Any] = conditions.get("OrConditions") or []
    if either and not any(all(_has(tags, one) for one in branch) for branch in either):
        return False
    if not all(_has(tags, one) for one in conditions.get("AndConditions") or ()):
        return False
    if conditions.get("TagCondition") and not _has(tags, conditions["TagCondition"]):
        return False
    attributes: Params = next((tag_filter[name] for name in ATTRIBUTE_FILTERS if tag_filter.get(name)), {})
    return _meets_attributes(view, attributes)


def _meets_attributes(view: Params, condition: Params) -> bool:
    either = condition.get("OrConditions")
    if either and not any(_has_all(view, branch) for branch in either):
        return False
    both, one = condition.get("AndCondition"), condition.get("TagCondition")
    has_type = _has_flow_type(view, condition)
    return has_type and (not both or _has_all(view, both)) and (not one or _has(view.get("Tags") or {}, one))


def _has_all(view: Params, branch: Params) -> bool:
    tags = view.get("Tags") or {}
    has_tags = all(_has(tags, condition) for condition in branch.get("TagConditions") or ())
    return has_tags and _has_flow_type(view, branch)


def _has_flow_type(view: Params, condition: Params) -> bool:
    wanted = (condition.get("ContactFlowTypeCondition") or {}).get("ContactFlowType")
    return wanted in (None, view.get("Type"))


def _has(tags: dict[str, str], condition: Params) -> bool:
    """Returns whether a tag matches. A condition without a value asks for the key [inferred: both are optional]."""
    key, value = condition.get("TagKey"), condition.get("TagValue")
    return key in tags and value in (None, tags[key])
