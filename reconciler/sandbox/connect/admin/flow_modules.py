"""Flow modules: content and settings. A module is published at its creation: the request has no Status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.connect.admin.catalogue import CONTACT_FLOW_MODULE
from reconciler.sandbox.connect.admin.default_contents import module_content
from reconciler.sandbox.connect.admin.editions import (
    DRAFT,
    LATEST,
    SAVED,
    Edition,
    checksum,
    current,
    qualified,
    without_contents,
)
from reconciler.sandbox.connect.admin.flows import Flows
from reconciler.sandbox.connect.admin.types import Holdings, Resource, Type
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused

SHA = "FlowModuleContentSha256"
# A version freezes these.
FROZEN = ("Content", "Settings")


class FlowModules(Flows):
    def create_contact_flow_module(self, params: Params) -> Answer:
        self.refuse_wrong_module(self.holdings(params), params["Content"], params.get("Settings") or "")
        return self.created(self.new(CONTACT_FLOW_MODULE, params))

    def describe_contact_flow_module(self, params: Params) -> Answer:
        return self.answer_with(self.chosen(CONTACT_FLOW_MODULE, params), "DescribeContactFlowModule")

    def update_contact_flow_module_content(self, params: Params) -> Answer:
        """Publishes content and settings; what is left out stays [inferred]. `<id>:$SAVED` is as for flows."""
        base, qualifier = qualified(params["ContactFlowModuleId"])
        if qualifier not in ("", DRAFT) or (qualifier and self.world.switches.draft_updates == "refused"):
            raise Refused("InvalidRequestException", f"the content of {qualifier!r} cannot be updated")
        holdings, module = self.one(CONTACT_FLOW_MODULE, {**params, "ContactFlowModuleId": base})
        given = {name: params[name] for name in FROZEN if params.get(name) is not None}
        if not given:
            raise Refused("InvalidRequestException", f"{' or '.join(FROZEN)} must be provided")
        edition = module_edition({**module.members[SAVED], **given})
        if not qualifier:
            self.refuse_wrong_module(holdings, edition["Content"], edition.get("Settings", ""))
        self.store(holdings, module, edition, is_published=not qualifier)
        return {}

    def search_contact_flow_modules(self, params: Params) -> Answer:
        answer = self.search_all(CONTACT_FLOW_MODULE, "SearchContactFlowModules", params)
        is_hidden = self.world.switches.searched_content == "left_out"
        return without_contents(answer, "ContactFlowModules") if is_hidden else answer

    def kept_members(self, type: Type, members: dict[str, Any]) -> dict[str, Any]:
        """Returns a module's members. A seed may have no content."""
        members = super().kept_members(type, members)
        if type is not CONTACT_FLOW_MODULE:
            return members
        edition = module_edition({"Content": module_content(), **members})
        kept = {name: value for name, value in members.items() if name not in FROZEN}
        return {**kept, SAVED: edition, LATEST: edition}

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        facts = super().facts(holdings, resource)
        return facts | current(resource) if resource.type is CONTACT_FLOW_MODULE else facts


def module_edition(members: Mapping[str, Any]) -> Edition:
    frozen = {name: members[name] for name in FROZEN if members.get(name) is not None}
    return {**frozen, SHA: checksum(frozen["Content"])}
