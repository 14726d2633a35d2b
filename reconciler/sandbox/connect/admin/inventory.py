"""The administrative resources: finds, shows, adds, changes and deletes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from botocore.model import Shape
from moto.connect.models import Instance

from reconciler.sandbox import shapes
from reconciler.sandbox.connect.admin import model
from reconciler.sandbox.connect.admin.built_ins import FOUNDATION, STOCK, BuiltIn
from reconciler.sandbox.connect.admin.catalogue import TYPES
from reconciler.sandbox.connect.admin.types import Holdings, Resource, Type
from reconciler.sandbox.connect.room import Answer, Params, Room, new_id
from reconciler.sandbox.errors import Refused, invalid, not_found

EMPTIES: dict[str, Any] = {"string": "", "list": [], "map": {}}
ECHOED_TEXTS = ("Description",)
# The errors of a full quota, the first that an operation has.
FULL = ("LimitExceededException", "ServiceQuotaExceededException")


class Inventory(Room):
    """The resources of all instances. State belongs to moto's backend, as that of data tables does."""

    def holdings(self, params: Params) -> Holdings:
        """Returns the resources of an instance, with AWS's own unless the switch says otherwise."""
        instance = self.instance(params)
        if instance.id not in self._administration:
            holdings = self._administration[instance.id] = Holdings(instance.arn)
            self._lay(holdings, FOUNDATION)
            if self.world.switches.built_ins:
                self._lay(holdings, STOCK)
        return self._administration[instance.id]

    def _lay(self, holdings: Holdings, rows: Iterable[BuiltIn]) -> None:
        """Adds built-in resources. Requests find them at once, since they existed before the first request."""
        ids: dict[tuple[str, str], str] = {}
        for row in rows:
            references = {member: ids[type.name, name] for member, (type, name) in row.refers.items()}
            resource = self.add(holdings, row.type, {**row.members, **references}, {}, row.parent)
            for name, channels in row.queues.items():
                pairs = resource.links.setdefault("pairs", {})
                pairs |= {(ids["Queue", name], channel): {"Priority": 1, "Delay": 0} for channel in channels}
            ids[row.type.name, resource.name] = resource.id
            resource.hidden_until, resource.lagging = 0, None

    @property
    def _administration(self) -> dict[str, Holdings]:
        administration: dict[str, Holdings] = self.backend.__dict__.setdefault("administration", {})
        return administration

    def forget(self, instance: Instance) -> None:
        """Deletes an instance's resources, data tables and tags."""
        self.backend.delete_instance(instance.id)
        self.backend.tagger.delete_all_tags_for_resource(instance.arn)
        for kept in (self._administration, self._shelves, self.creations):
            kept.pop(instance.id, None)

    def one(self, type: Type, params: Params) -> tuple[Holdings, Resource]:
        """Returns the resource that a request names, and the resources of its instance."""
        holdings = self.holdings(params)
        resource = self.find(holdings, type, params[type.key], type.by_arn)
        if self.parent_of(holdings, type, params) != resource.parent:
            raise not_found(f"no {type.noun} {params[type.key]} there")
        return holdings, resource

    def find(self, holdings: Holdings, type: Type, given: str, by_arn: bool = False) -> Resource:
        resource = holdings.of(type.name).get(self._id(holdings, type, given, by_arn))
        if resource is None or self._is_hidden(resource):
            raise not_found(f"no {type.noun} {given}")
        return resource

    def new(self, type: Type, params: Params) -> Resource:
        """Stores the resource of a create request, after every check."""
        holdings, operation = self.holdings(params), f"Create{type.name}"
        params = self.resolved(holdings, type, params)
        members = {name: params[name] for name in model.request_members(operation) if params.get(name) is not None}
        tags = members.pop("Tags", {})
        parent = self.parent_of(holdings, type, members)
        members.pop(parent_key(type), None)
        self.refuse_taken_name(holdings, type, members, operation, parent)
        self._refuse_excess(holdings, type, operation, parent)
        return self.add(holdings, type, members, tags, parent)

    def add(
        self, holdings: Holdings, type: Type, members: Mapping[str, Any], tags: Mapping[str, str], parent: str = ""
    ) -> Resource:
        id = members[type.key] if type.key == type.name_member else new_id()
        kept = self.kept_members(type, {**type.born, **members})
        resource = Resource(type, id, _arn(holdings, type, id), kept, dict(tags), self.world.now(), parent)
        if self.world.faults.consistency:
            resource.hidden_until = self.world.accepted + self.world.faults.consistency
        self.leave_search_behind(resource, view=None)
        holdings.of(type.name)[id] = resource
        return resource

    def kept_members(self, type: Type, members: dict[str, Any]) -> dict[str, Any]:
        """Returns the members that a new resource keeps, of a request, of a seed or of AWS's own resources."""
        return members

    def created(self, resource: Resource) -> Answer:
        """Returns the answer of a creation: id and ARN, under the model's names."""
        members = model.answer_members(f"Create{resource.type.name}")
        arns = {name: resource.arn for name in members if name.lower().endswith("arn")}
        return {name: resource.id for name in members if name.endswith("Id")} | arns

    def change(self, holdings: Holdings, resource: Resource, members: Mapping[str, Any] | None = None) -> None:
        """Marks a change. Call it before any other change of the resource: search may still show the old one."""
        self.leave_search_behind(resource, view=self.facts(holdings, resource))
        if members is not None:
            resource.members = dict(members)
        resource.modified = self.world.now()

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        """Returns everything that an answer may show of a resource; the model selects."""
        type = resource.type
        ids = {"Id": resource.id, f"{type.name}Id": resource.id}
        arns = {"Arn": resource.arn, f"{type.name}Arn": resource.arn, f"{type.name}ARN": resource.arn}
        instance = holdings.arn.rpartition("/")[2]
        whose = {"InstanceId": instance, "OrganizationResourceId": instance, "Name": resource.name}
        if type.parent:
            whose |= {
                parent_key(type): resource.parent,
                f"{type.parent}Arn": _arn(holdings, TYPES[type.parent], resource.parent),
            }
        tags = {"Tags": resource.tags}
        return ids | arns | whose | tags | self.stamp(resource.modified) | resource.members

    def answer_of(self, resource: Resource, facts: Answer, members: Mapping[str, Shape]) -> Answer:
        """Returns the members of an answer. Unset members are left out [inferred]; a switch."""
        echo = self.world.switches.unset_members == "defaults"
        always = model.mandatory(resource.type.name)
        answer: Answer = {}
        for name, shape in members.items():
            value = facts.get(name)
            if value is not None and (name in always or value not in EMPTIES.values()):
                answer[name] = value
            elif echo and shape.type_name in EMPTIES and (shape.type_name != "string" or name in ECHOED_TEXTS):
                answer[name] = EMPTIES[shape.type_name]
        return answer

    def resolved(self, holdings: Holdings, type: Type, params: Params) -> Params:
        """Returns a request with ids for its references, and without members that are null.

        Refuses a reference to a resource that does not exist.
        """
        params = spoken(params)
        for reference in type.references:
            target = TYPES[reference.to]
            params = _replaced(
                params,
                reference.path,
                lambda given, r=reference, t=target: self._referred(holdings, t, given, r.by_arn),
            )
        return params

    def refuse_taken_name(
        self,
        holdings: Holdings,
        type: Type,
        members: Params,
        operation: str,
        parent: str,
        own: Resource | None = None,
    ) -> None:
        """Refuses a name that is in use [service model: DuplicateResourceException]; case is a switch."""
        name = members.get(type.name_member)
        if name is None:
            return
        fold = str.casefold if self.world.switches.name_case == "ignored" else str
        scope = (parent, *self.name_scope(type, members))
        for other in holdings.of(type.name).values():
            if (
                other is not own
                and fold(other.name) == fold(name)
                and scope == (other.parent, *self.name_scope(type, other.members))
            ):
                # UpdateQuickConnectName does not model the duplicate error; its replacement is inferred.
                code = _modelled(operation, "DuplicateResourceException")
                raise Refused(code, f"a {type.noun} named {name!r} exists")

    def name_scope(self, type: Type, members: Params) -> tuple[str, ...]:
        """Returns the scope of a unique name, beside the instance and the parent."""
        return ()

    def parent_of(self, holdings: Holdings, type: Type, params: Params) -> str:
        """Returns the id of the parent that a request names, or an empty text. The parent must exist."""
        return self.find(holdings, TYPES[type.parent], params[parent_key(type)]).id if type.parent else ""

    def _referred(self, holdings: Holdings, type: Type, given: str, by_arn: bool) -> str:
        try:
            return self.find(holdings, type, given, by_arn).id
        except Refused as refused:
            if refused.code != "ResourceNotFoundException":
                raise
            raise Refused(self.world.switches.missing_reference, refused.message) from refused

    def _id(self, holdings: Holdings, type: Type, given: str, by_arn: bool) -> str:
        """Returns the id. ARNs are valid only where the model mentions them [inferred]; a switch."""
        if not given.startswith("arn:"):
            return given
        if not by_arn and self.world.switches.arns == "where_documented":
            raise invalid(f"{given} is not the id of a {type.noun}")
        id = given.rpartition("/")[2]
        return id if given == _arn(holdings, type, id) else given

    def _is_hidden(self, resource: Resource) -> bool:
        """Returns whether a new resource cannot be found yet [admin guide: eventual consistency]; a fault."""
        hidden = self.world.accepted <= resource.hidden_until
        if hidden:
            self.world.counts.served("consistency")
        return hidden

    def _refuse_excess(self, holdings: Holdings, type: Type, operation: str, parent: str) -> None:
        if not type.quota:
            return
        most: int = getattr(self.world.quotas, type.quota)
        if sum(other.parent == parent for other in holdings.of(type.name).values()) >= most:
            code = next((code for code in FULL if code in shapes.errors_of(model.SERVICE, operation)), FULL[0])
            raise Refused(_modelled(operation, code), f"the limit is {most} of {type.plural}")


def spoken(value: Any) -> Any:
    """Returns a value without members that are null, which mean nothing [inferred]."""
    if isinstance(value, dict):
        return {name: spoken(item) for name, item in value.items() if item is not None}
    return [spoken(item) for item in value] if isinstance(value, list) else value


def parent_key(type: Type) -> str:
    return TYPES[type.parent].key if type.parent else ""


def _arn(holdings: Holdings, type: Type, id: str) -> str:
    """Returns an ARN. Only phone numbers belong to the account itself [service authorization reference]."""
    if type.name == "PhoneNumber":
        return f"{holdings.arn.partition(':instance/')[0]}:{type.arn_part}/{id}"
    return f"{holdings.arn}/{type.arn_part}/{id}" if type.arn_part else ""


def _modelled(operation: str, code: str) -> str:
    return code if code in shapes.errors_of(model.SERVICE, operation) else "InvalidRequestException"


def _replaced(value: Any, path: tuple[str, ...], find: Any) -> Any:
    """Returns a copy of a request, with `find` applied to the texts at the end of a path."""
    if isinstance(value, list):
        return [_replaced(item, path, find) for item in value]
    if not path:
        return find(value)
    if not isinstance(value, dict) or value.get(path[0]) is None:
        return value
    return {**value, path[0]: _replaced(value[path[0]], path[1:], find)}
