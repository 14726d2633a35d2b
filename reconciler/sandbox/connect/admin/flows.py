"""Contact flows: drafts, publication, state and status.

A published content is validated, a saved one is not [service model, CreateContactFlow]. Content is stored verbatim
[seen: terraform-provider-aws, contact_flow_test.go].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.connect.admin.catalogue import CONTACT_FLOW
from reconciler.sandbox.connect.admin.default_contents import flow_content
from reconciler.sandbox.connect.admin.editions import (
    DRAFT,
    LATEST,
    SAVED,
    UNPUBLISHED,
    Edition,
    checksum,
    current,
    qualified,
    without_contents,
)
from reconciler.sandbox.connect.admin.flow_checks import FlowChecks
from reconciler.sandbox.connect.admin.types import Holdings, Resource, Type
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, invalid

LONGEST_NAME, LONGEST_DESCRIPTION = 127, 500  # [CloudFormation: AWS::Connect::ContactFlow]
LONGEST_CONTENT = 256_000  # characters [service model, in words]
SHA = "FlowContentSha256"


class Flows(FlowChecks):
    def create_contact_flow(self, params: Params) -> Answer:
        """Creates a flow. Without a Status it is published [seen: terraform-provider-aws, issue 47185]."""
        refuse_long_texts(params)
        if params.get("Status") != UNPUBLISHED:
            self.refuse_wrong_flow(self.holdings(params), params["Content"], params["Type"])
        flow = self.new(CONTACT_FLOW, params)
        published = flow.members.get(LATEST)
        # "The latest published flow content" [service model]: a flow that was never published has no checksum.
        return self.created(flow) | ({SHA: published[SHA]} if published else {})

    def describe_contact_flow(self, params: Params) -> Answer:
        return self.answer_with(self.chosen(CONTACT_FLOW, params), "DescribeContactFlow")

    def update_contact_flow_content(self, params: Params) -> Answer:
        """Publishes a content; `<id>:$SAVED` replaces the draft alone. The request has no Status; two switches."""
        refuse_long_texts(params)
        base, qualifier = qualified(params["ContactFlowId"])
        if qualifier not in ("", DRAFT) or (qualifier and self.world.switches.draft_updates == "refused"):
            raise invalid(f"ContactFlowId: the content of {qualifier!r} cannot be updated")
        holdings, flow = self.one(CONTACT_FLOW, {**params, "ContactFlowId": base})
        was_published = LATEST in flow.members
        keeps_draft = self.world.switches.content_update == "keeps_status" and not was_published
        is_published = not qualifier and not keeps_draft
        if is_published:
            self.refuse_wrong_flow(holdings, params["Content"], flow.members["Type"])
        self.store(holdings, flow, flow_edition(params["Content"]), is_published)
        return {}

    def update_contact_flow_metadata(self, params: Params) -> Answer:
        refuse_long_texts(params)
        return self.update_one(CONTACT_FLOW, "UpdateContactFlowMetadata", params)

    def update_contact_flow_name(self, params: Params) -> Answer:
        refuse_long_texts(params)
        return self.update_one(CONTACT_FLOW, "UpdateContactFlowName", params)

    def kept_members(self, type: Type, members: dict[str, Any]) -> dict[str, Any]:
        """Returns a flow's members. AWS's own and seeds may have those of a summary, and no content."""
        members = super().kept_members(type, members)
        return _stored(members) if type is CONTACT_FLOW else members

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        facts = super().facts(holdings, resource)
        if resource.type is CONTACT_FLOW:
            facts |= current(resource)
            facts |= {summary: facts[member] for summary, member in CONTACT_FLOW.renamed.items()}
        return facts

    def search_contact_flows(self, params: Params) -> Answer:
        """Searches flows. A switch decides whether the results have the content."""
        answer = self.search_all(CONTACT_FLOW, "SearchContactFlows", params)
        is_hidden = self.world.switches.searched_content == "left_out"
        return without_contents(answer, "ContactFlows") if is_hidden else answer

    def delete_contact_flow(self, params: Params) -> Answer:
        """Deletes a flow, unless a phone number or e-mail address leads to it; a switch. Flows do not hold it."""
        holdings, flow = self.one(CONTACT_FLOW, params)
        owners = (*holdings.of("PhoneNumber").values(), *holdings.of("EmailAddress").values())
        leading = [owner for owner in owners if flow.id in owner.links.get("flow", ())]
        if leading and self.world.switches.flow_in_use != "deleted":
            raise Refused(self.world.switches.flow_in_use, f"{leading[0].name} leads to {flow.name!r}")
        return self.delete_one(CONTACT_FLOW, "DeleteContactFlow", params)


def flow_edition(content: str) -> Edition:
    return {"Content": content, SHA: checksum(content)}


def refuse_long_texts(params: Params) -> None:
    """Refuses texts that are too long. The model has no lengths for them; the error is inferred."""
    limits = {"Name": LONGEST_NAME, "Description": LONGEST_DESCRIPTION, "Content": LONGEST_CONTENT}
    for member, longest in limits.items():
        text = params.get(member)
        if text is not None and (len(text) > longest or (member == "Content" and not text)):
            raise invalid(f"{member}: must have at most {longest} characters, not {len(text)}")


def _stored(members: Mapping[str, Any]) -> dict[str, Any]:
    flow = {CONTACT_FLOW.renamed.get(name, name): value for name, value in members.items()}
    edition = flow_edition(flow.pop("Content", None) or flow_content(flow["Type"]))
    published = {} if flow.pop("Status", None) == UNPUBLISHED else {LATEST: edition}
    return {**flow, SAVED: edition, **published}
