"""The ContactFlow kind: what a caller hears, and where the caller goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from reconciler.flows.document import FlowDocument
from reconciler.kinds.base import Declared, Kind
from reconciler.kinds.connect.flow_audits import content_problems, problems_between, problems_in_place
from reconciler.kinds.connect.flow_content import PURPOSE, SAVED, STUB, Purpose, explained
from reconciler.kinds.connect.words import Name
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Detail, Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Call, DraftForm, IdOf, Problem, Ref, Resource, Scope, WrittenRecords
from reconciler.model.content import TextFile
from reconciler.model.environment import Quotas
from reconciler.model.spec import meanings


class ContactFlow(Tagged):
    """A flow: the steps that a contact takes. A change reaches new contacts only."""

    name: Name = Field(description="The name of the flow.", examples=["Main"])
    type: Literal[
        "CONTACT_FLOW",
        "CUSTOMER_QUEUE",
        "CUSTOMER_HOLD",
        "CUSTOMER_WHISPER",
        "AGENT_HOLD",
        "AGENT_WHISPER",
        "OUTBOUND_WHISPER",
        "AGENT_TRANSFER",
        "QUEUE_TRANSFER",
        "CAMPAIGN",
    ] = Field(
        "CONTACT_FLOW",
        description="The type of the flow, which decides the permitted blocks. AWS cannot change it.",
        json_schema_extra=meanings(
            CONTACT_FLOW="Inbound flow: contacts begin here, or come from another flow.",
            CUSTOMER_QUEUE="Customer queue: while a contact waits for an agent.",
            CUSTOMER_HOLD="Customer hold: while the agent has put the customer on hold.",
            CUSTOMER_WHISPER="Customer whisper: what the customer hears right before the agent.",
            AGENT_HOLD="Agent hold: what the agent hears on hold.",
            AGENT_WHISPER="Agent whisper: what the agent hears right before the customer.",
            OUTBOUND_WHISPER="Outbound whisper: what the called customer hears.",
            AGENT_TRANSFER="Transfer to agent: a quick connect leads from agent to agent.",
            QUEUE_TRANSFER="Transfer to queue: a quick connect leads from an agent to a queue.",
            CAMPAIGN="Campaign: the steps of an outbound campaign.",
        ),
    )
    description: Purpose = Field("", description=PURPOSE)
    state: Annotated[Literal["ACTIVE", "ARCHIVED"], AwsName("ContactFlowState", read="State")] = Field(
        "ACTIVE",
        description="The state of the flow.",
        json_schema_extra=meanings(ACTIVE="The flow is in use.", ARCHIVED="The console hides the flow."),
    )
    status: Literal["PUBLISHED", "SAVED"] = Field(
        "PUBLISHED",
        description="The status of the content. AWS cannot take back a published flow.",
        json_schema_extra=meanings(
            PUBLISHED="AWS checks the content, and contacts use it.", SAVED="A draft, which AWS does not check."
        ),
    )
    content: FlowDocument = Field(
        description="The content in the flow language: a JSON file as the console exports it, or the document itself."
    )

    @model_validator(mode="after")
    def _is_published(self) -> Self:
        """Counts the status as declared: a flow that only exists as a draft is published by default."""
        self.model_fields_set.add("status")
        return self


class ContactFlowKind(Kind[ContactFlow]):
    spec = ContactFlow
    service = CONNECT
    identity = Identity("ContactFlowId")
    reading = Reading(
        search=Listing("SearchContactFlows", "ContactFlows", {"MaxResults": 100}),
        lookup=Listing("ListContactFlows", "ContactFlowSummaryList", {"MaxResults": 1000}),
        describe=("DescribeContactFlow", "ContactFlow"),
        # The reference does not say whether a search answers the content. A draft's status needs describe too.
        details=(Detail(("content", "status")),),
        draft=DraftForm("ContactFlowId", SAVED, "ContactFlowNotPublishedException"),
    )
    writing = Writing(
        create="CreateContactFlow",
        delete="DeleteContactFlow",
        updates=(
            Update("UpdateContactFlowMetadata", ("name", "description", "state")),
            # Without a qualifier it publishes the content. AWS has no other operation that publishes a flow.
            Update("UpdateContactFlowContent", ("content", "status"), publishes=True),
        ),
        set_after_create=frozenset({"state"}),
        constants={"Type": "CONTACT_FLOW"},
        deferred=frozenset({"content"}),
    )
    ordering = Ordering(
        compares_with=("ContactFlowModule", "EmailAddress", "LambdaAssociation"), follows=frozenset({"content"})
    )
    deletion = Deletion(irreversible="the flow and its versions; past contact records will refer to a deleted flow")

    def create_call(self, ref: Ref, spec: ContactFlow, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        """Returns the create. While the content waits for other resources, the flow begins as a draft without them."""
        created = super().create_call(ref, spec, tags, held)
        draft = {"Content": STUB, "Status": "SAVED"} if "content" in held else {}
        return self.call(created.operation, {**created.params, **draft})

    def replace_call(self, ref: Ref, update: Update, spec: ContactFlow) -> Call:
        call = super().replace_call(ref, update, spec)
        if "content" not in update.fields:
            return call
        draft = {"ContactFlowId": IdOf(ref, qualifier=SAVED)} if spec.status == "SAVED" else {}
        params = {name: value for name, value in call.params.items() if name != "Status"}
        return self.call(update.operation, {**params, **draft})

    def refuses(
        self, ref: Ref, before: ContactFlow | None, after: ContactFlow | None, there: Mapping[Ref, Resource]
    ) -> str:
        if before and after and (before.status, after.status) == ("PUBLISHED", "SAVED"):
            return "AWS cannot take back a published flow; write status: PUBLISHED, or state: ARCHIVED to retire it"
        return ""

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return content_problems(declared)

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        return problems_between(declared)

    def in_place(self, declared: Mapping[str, Any], scope: Scope) -> Iterator[Problem]:
        return problems_in_place(declared, scope)

    def explained(self, call: Call, message: str, files: Mapping[str, TextFile]) -> str:
        return explained(call, message, files)
