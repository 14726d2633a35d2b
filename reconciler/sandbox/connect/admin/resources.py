"""The operations that all administrative resources share: the table of types is enough for them."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox import paging
from reconciler.sandbox.connect.admin import model
from reconciler.sandbox.connect.admin.inventory import Inventory, parent_key
from reconciler.sandbox.connect.admin.types import Holdings, LeftOut, Resource, Type
from reconciler.sandbox.connect.criteria import Criteria
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused


class Resources(Inventory):
    """The regular operations."""

    def create_one(self, type: Type, operation: str, params: Params) -> Answer:
        return self.created(self.new(type, params))

    def describe_one(self, type: Type, operation: str, params: Params) -> Answer:
        holdings, resource = self.one(type, params)
        member, members = model.whole(operation)
        return {member: self.answer_of(resource, self.facts(holdings, resource), members)}

    def list_all(self, type: Type, operation: str, params: Params) -> Answer:
        """Lists resources by name; AWS does not document the order. The list is always current [inferred]."""
        holdings = self.holdings(params)
        parent = self.parent_of(holdings, type, params)
        criteria = {member: params[name] for name, member in type.filters.items() if params.get(name)}
        filters = {member: [wanted] if isinstance(wanted, str) else wanted for member, wanted in criteria.items()}
        resources = [
            (resource, facts)
            for resource in holdings.of(type.name).values()
            if resource.parent == parent
            and (facts := self.facts(holdings, resource))
            and all(facts.get(member) in wanted for member, wanted in filters.items())
        ]
        answer = self.page(operation, params, [holdings.arn, parent, filters], resources)
        return answer | self.stamp(holdings.of(type.parent)[parent].modified) if parent else answer

    def search_all(self, type: Type, operation: str, params: Params) -> Answer:
        holdings = self.holdings(params)
        criteria = Criteria(operation, params, type.fields, self.world.switches)
        rows = [
            (resource, _without(facts, type.unsearched))
            for resource in holdings.of(type.name).values()
            if (facts := self._indexed(holdings, resource)) is not None and criteria.holds(facts)
        ]
        answer = self.page(operation, params, [holdings.arn, *criteria.conditions], rows)
        return {**answer, "ApproximateTotalCount": len(rows)}

    def page(
        self, operation: str, params: Params, fixed: list[Any], resources: list[tuple[Resource, Answer]]
    ) -> Answer:
        """Returns one page of a listing of resources, each with its facts."""
        _, members = model.rows(operation)
        rows = [
            (f"{resource.name.casefold()}\x1f{resource.id}", lambda r=resource, f=facts: self.answer_of(r, f, members))
            for resource, facts in resources
        ]
        return self.page_of(operation, params, fixed, rows)

    def page_of(self, operation: str, params: Params, fixed: list[Any], rows: list[tuple[str, Any]]) -> Answer:
        """Returns one page of rows. A row has a text to sort by, and an answer or a function that returns it."""
        size = min(self.page_size(params), model.largest_page(operation))
        listing = paging.open_listing(operation, params, fixed=fixed, size=size)
        page, token = paging.cut(self.world, listing, rows)
        return {model.rows(operation)[0]: [row() if callable(row) else row for row in page], **token}

    def update_one(self, type: Type, operation: str, params: Params) -> Answer:
        """Overwrites the given members. `LeftOut` says what happens to the others."""
        holdings, resource = self.one(type, params)
        params = self.resolved(holdings, type, params)
        where = (type.key, parent_key(type))
        members = [name for name in model.request_members(operation) if name not in where]
        given = {type.renamed.get(name, name): params[name] for name in members if params.get(name) is not None}
        if type.updates[operation] is LeftOut.ONE_NEEDED and not given:
            raise Refused("InvalidRequestException", f"{' or '.join(members)} must be provided")
        self.refuse_taken_name(holdings, type, resource.members | given, operation, resource.parent, own=resource)
        kept = resource.members
        if self._clears(type.updates[operation]):
            cleared = set(members) - model.mandatory(type.name)
            kept = dict(type.born) | {name: value for name, value in kept.items() if name not in cleared}
        self.change(holdings, resource, {**kept, **given})
        return {}

    def delete_one(self, type: Type, operation: str, params: Params) -> Answer:
        holdings, resource = self.one(type, params)
        del holdings.of(type.name)[resource.id]
        return {}

    def _clears(self, left_out: LeftOut) -> bool:
        return left_out is LeftOut.CLEARED or getattr(self.world.switches, left_out.value, "") == "reset"

    def _indexed(self, holdings: Holdings, resource: Resource) -> Answer | None:
        """Returns the resource as the search index has it, or None if it is not indexed yet."""
        if resource.lagging and self.is_behind(resource):
            return resource.lagging[1]
        return self.facts(holdings, resource)


def _without(value: Any, paths: tuple[tuple[str, ...], ...]) -> Any:
    """Returns a copy of an answer without the members at the end of the paths."""
    if isinstance(value, list):
        return [_without(item, paths) for item in value]
    if not isinstance(value, dict) or not paths:
        return value
    inner = {name: tuple(path[1:] for path in paths if path[0] == name) for name, *_ in paths}
    return {
        name: _without(item, inner[name]) if name in inner else item
        for name, item in value.items()
        if () not in inner.get(name, ())
    }
