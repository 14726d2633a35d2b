"""The ContactFlowModule kind: a part of a flow that several flows share."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from reconciler.flows.document import ModuleDocument
from reconciler.kinds.base import Kind
from reconciler.kinds.connect.flow_audits import content_problems, problems_in_place
from reconciler.kinds.connect.flow_content import (
    LASTING_PURPOSE,
    MODULE_STUB,
    NO_CONTRACT,
    SAVED,
    LastingPurpose,
    ModuleSettings,
    explained,
)
from reconciler.kinds.connect.words import Name
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Detail, Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import Call, Clearable, DraftForm, Problem, Ref, Scope, Spec, WrittenRecords
from reconciler.model.content import TextFile
from reconciler.model.environment import Quotas
from reconciler.model.spec import meanings


class ExternalInvocation(Spec):
    """Who may invoke the module, other than flows."""

    enabled: bool = Field(False, description="AI agents may use the module as a tool.")


class ContactFlowModule(Tagged):
    """A module: blocks that flows invoke together. A change reaches new contacts of every flow that invokes it."""

    name: Name = Field(description="The name of the module.", examples=["Greet"])
    description: LastingPurpose = Field("", description=LASTING_PURPOSE)
    state: Literal["ACTIVE", "ARCHIVED"] = Field(
        "ACTIVE",
        description="The state of the module.",
        json_schema_extra=meanings(ACTIVE="The module is in use.", ARCHIVED="The console hides the module."),
    )
    content: ModuleDocument = Field(
        description="The content in the flow language: a JSON file as the console exports it, or the document itself."
    )
    settings: Annotated[ModuleSettings | None, Clearable()] = Field(
        None, description="The contract of the module: its input, its result data and its branches."
    )
    external_invocation_configuration: ExternalInvocation = Field(
        ExternalInvocation(), description="Who may invoke the module, other than flows. AWS cannot change it."
    )

    @field_validator("settings")
    @classmethod
    def _without_empty_contract(cls, settings: ModuleSettings | None) -> ModuleSettings | None:
        """Reads the empty contract as none: AWS has no other way to say so."""
        return None if settings == ModuleSettings.of(NO_CONTRACT) else settings


class ContactFlowModuleKind(Kind[ContactFlowModule]):
    spec = ContactFlowModule
    service = CONNECT
    identity = Identity("ContactFlowModuleId")
    reading = Reading(
        search=Listing("SearchContactFlowModules", "ContactFlowModules", {"MaxResults": 100}),
        lookup=Listing("ListContactFlowModules", "ContactFlowModulesSummaryList", {"MaxResults": 1000}),
        describe=("DescribeContactFlowModule", "ContactFlowModule"),
        details=(Detail(("content", "settings")),),
        # The reference has the alias, and no error for a module that was never published.
        draft=DraftForm("ContactFlowModuleId", SAVED, ""),
    )
    writing = Writing(
        create="CreateContactFlowModule",
        delete="DeleteContactFlowModule",
        updates=(
            Update("UpdateContactFlowModuleMetadata", ("name", "description", "state")),
            Update("UpdateContactFlowModuleContent", ("content", "settings"), publishes=True),
        ),
        set_after_create=frozenset({"state"}),
        deferred=frozenset({"content"}),
    )
    # Modules that invoke each other have contracts. A flow that a module names only has to exist.
    ordering = Ordering(follows=frozenset({"content"}), followed=frozenset({"ContactFlowModule"}))
    deletion = Deletion(
        irreversible="the module, its versions and its aliases; flows that invoke it take the error branch"
    )

    def create_call(
        self, ref: Ref, spec: ContactFlowModule, tags: Mapping[str, str], held: Collection[str] = ()
    ) -> Call:
        """Returns the create. While the content waits for other resources, the module begins with an empty one."""
        created = super().create_call(ref, spec, tags, held)
        stub = {"Content": MODULE_STUB} if "content" in held else {}
        return self.call(created.operation, {**created.params, **stub})

    def replace_call(self, ref: Ref, update: Update, spec: ContactFlowModule) -> Call:
        """Returns the update. AWS keeps a contract that is left out, so a removed one is sent as an empty one."""
        call = super().replace_call(ref, update, spec)
        if "settings" not in update.fields or spec.settings:
            return call
        return self.call(update.operation, {**call.params, "Settings": NO_CONTRACT})

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return content_problems(declared)

    def in_place(self, declared: Mapping[str, Any], scope: Scope) -> Iterator[Problem]:
        return problems_in_place(declared, scope)

    def explained(self, call: Call, message: str, files: Mapping[str, TextFile]) -> str:
        return explained(call, message, files)
