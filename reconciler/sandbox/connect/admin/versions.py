"""Versions and aliases of flows and flow modules: immutable snapshots of what is published, and names for them."""

from __future__ import annotations

from reconciler.sandbox.connect.admin import model
from reconciler.sandbox.connect.admin.catalogue import CONTACT_FLOW, CONTACT_FLOW_MODULE
from reconciler.sandbox.connect.admin.editions import ALIASES, LATEST, VERSIONS, Editions, Parent
from reconciler.sandbox.connect.admin.types import Resource, Type
from reconciler.sandbox.connect.room import Answer, Params, new_id
from reconciler.sandbox.errors import Refused, invalid, not_found

CHECKSUMS = {CONTACT_FLOW: "FlowContentSha256", CONTACT_FLOW_MODULE: "FlowModuleContentSha256"}


class Versions(Editions):
    def create_contact_flow_version(self, params: Params) -> Answer:
        """Freezes what is published. Texts of older models name campaign flows alone; a switch."""
        _, flow = self.bare(CONTACT_FLOW, params)
        if self.world.switches.flow_versions == "campaigns" and flow.members["Type"] != "CAMPAIGN":
            raise Refused("InvalidRequestException", "only flows of type CAMPAIGN have versions")
        return self._create_version(CONTACT_FLOW, params)

    def delete_contact_flow_version(self, params: Params) -> Answer:
        return self._delete_version(CONTACT_FLOW, params)

    def list_contact_flow_versions(self, params: Params) -> Answer:
        return self._list_versions(CONTACT_FLOW, params)

    def create_contact_flow_module_version(self, params: Params) -> Answer:
        return self._create_version(CONTACT_FLOW_MODULE, params)

    def delete_contact_flow_module_version(self, params: Params) -> Answer:
        return self._delete_version(CONTACT_FLOW_MODULE, params)

    def list_contact_flow_module_versions(self, params: Params) -> Answer:
        return self._list_versions(CONTACT_FLOW_MODULE, params)

    def create_contact_flow_alias(self, params: Params) -> Answer:
        return self._create_alias(CONTACT_FLOW, params)

    def describe_contact_flow_alias(self, params: Params) -> Answer:
        return self._describe_alias(CONTACT_FLOW, params)

    def update_contact_flow_alias(self, params: Params) -> Answer:
        return self._update_alias(CONTACT_FLOW, params)

    def delete_contact_flow_alias(self, params: Params) -> Answer:
        return self._delete_alias(CONTACT_FLOW, params)

    def list_contact_flow_aliases(self, params: Params) -> Answer:
        return self._list_aliases(CONTACT_FLOW, params)

    def create_contact_flow_module_alias(self, params: Params) -> Answer:
        return self._create_alias(CONTACT_FLOW_MODULE, params)

    def describe_contact_flow_module_alias(self, params: Params) -> Answer:
        return self._describe_alias(CONTACT_FLOW_MODULE, params)

    def update_contact_flow_module_alias(self, params: Params) -> Answer:
        return self._update_alias(CONTACT_FLOW_MODULE, params)

    def delete_contact_flow_module_alias(self, params: Params) -> Answer:
        return self._delete_alias(CONTACT_FLOW_MODULE, params)

    def list_contact_flow_module_aliases(self, params: Params) -> Answer:
        return self._list_aliases(CONTACT_FLOW_MODULE, params)

    def _create_version(self, type: Type, params: Params) -> Answer:
        """Freezes what is published. Another checksum is refused [service model]; the error is inferred."""
        holdings, resource = self.bare(type, params)
        edition = resource.members.get(LATEST)
        if edition is None:
            raise not_found(f"{resource.name!r} was never published")
        expected = params.get(CHECKSUMS[type])
        if expected and expected != edition[CHECKSUMS[type]]:
            raise invalid(f"{CHECKSUMS[type]}: differs from that of the published content")
        number = self.freeze(Parent(holdings, resource), edition, params.get("Description") or "")
        return {f"{type.name}Arn": resource.arn, "Version": number}

    def _delete_version(self, type: Type, params: Params) -> Answer:
        """Deletes a version that no alias names [inferred, with its error]."""
        holdings, resource = self.bare(type, params)
        number = params[f"{type.name}Version"]
        _refuse_missing_version(resource, number)
        if any(alias["Version"] == number for alias in resource.links.get(ALIASES, {}).values()):
            raise Refused("InvalidRequestException", f"an alias names version {number}")
        self.thaw(Parent(holdings, resource), number)
        return {}

    def _list_versions(self, type: Type, params: Params) -> Answer:
        """Lists versions from the oldest [inferred]."""
        _, resource = self.bare(type, params)
        return self.versions_page(resource, f"List{type.name}Versions", params, newest_first=False)

    def _create_alias(self, type: Type, params: Params) -> Answer:
        holdings, resource = self.bare(type, params)
        number = params[f"{type.name}Version"]
        _refuse_missing_version(resource, number)
        _refuse_taken_alias(resource, params["AliasName"])
        id, description = new_id(), params.get("Description") or ""
        alias = {"Name": params["AliasName"], "Description": description, "Version": number}
        self.keep_alias(Parent(holdings, resource), id, alias)
        return {f"{type.name}Arn": resource.arn, "Id": id}

    def _describe_alias(self, type: Type, params: Params) -> Answer:
        _, resource = self.bare(type, params)
        alias = _alias_of(resource, params["AliasId"])
        facts = {f"{type.name}Id": resource.id, f"{type.name}Arn": resource.arn, "AliasId": params["AliasId"], **alias}
        member, members = model.whole(f"Describe{type.name}Alias")
        return {member: self.answer_of(resource, facts, members)}

    def _update_alias(self, type: Type, params: Params) -> Answer:
        """Changes what is given; the rest stays [inferred]."""
        holdings, resource = self.bare(type, params)
        alias = dict(_alias_of(resource, params["AliasId"]))
        if (number := params.get(f"{type.name}Version")) is not None:
            _refuse_missing_version(resource, number)
            alias["Version"] = number
        if (name := params.get("Name")) is not None and name != alias["Name"]:
            _refuse_taken_alias(resource, name)
        alias |= {member: params[member] for member in ("Name", "Description") if params.get(member) is not None}
        self.keep_alias(Parent(holdings, resource), params["AliasId"], alias)
        return {}

    def _delete_alias(self, type: Type, params: Params) -> Answer:
        """Deletes an alias; its version stays [service model]."""
        holdings, resource = self.bare(type, params)
        _alias_of(resource, params["AliasId"])
        self.change(holdings, resource)
        kept = {id: alias for id, alias in resource.links[ALIASES].items() if id != params["AliasId"]}
        resource.links[ALIASES] = kept
        return {}

    def _list_aliases(self, type: Type, params: Params) -> Answer:
        """Lists aliases by name [inferred]."""
        _, resource = self.bare(type, params)
        operation, rows = f"List{type.name}Aliases", []
        _, members = model.rows(operation)
        for id, alias in resource.links.get(ALIASES, {}).items():
            named = {"AliasName": alias["Name"], "AliasDescription": alias["Description"]}
            facts = {"Arn": f"{resource.arn}:{id}", "AliasId": id, **named, **alias}
            rows.append((f"{alias['Name']}\x1f{id}", self.answer_of(resource, facts, members)))
        return self.page_of(operation, params, [resource.arn], rows)


def _alias_of(resource: Resource, id: str) -> dict[str, object]:
    alias: dict[str, object] | None = resource.links.get(ALIASES, {}).get(id)
    if alias is None:
        raise not_found(f"{resource.name!r} has no alias {id}")
    return alias


def _refuse_missing_version(resource: Resource, number: int) -> None:
    if number not in resource.links.get(VERSIONS, {}):
        raise not_found(f"{resource.name!r} has no version {number}")


def _refuse_taken_alias(resource: Resource, name: str) -> None:
    if any(alias["Name"] == name for alias in resource.links.get(ALIASES, {}).values()):
        raise Refused("DuplicateResourceException", f"{resource.name!r} has an alias {name!r}")
