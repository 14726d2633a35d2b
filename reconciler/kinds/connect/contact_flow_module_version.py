"""The ContactFlowModuleVersion kind: a snapshot of a module that never changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.asking import CONTAINER
from reconciler.kinds.base import Kind
from reconciler.kinds.connect.flow_content import MODULE, MODULE_ID, VERSION
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing
from reconciler.model import AwsName, Call, IdOf, Ownership, Ref, Resource
from reconciler.model.spec import expecting


class ContactFlowModuleVersion(Resource):
    """A snapshot of a module's content and settings, taken when it is created. It has no tags and never changes."""

    name: Annotated[str, AwsName("Description", read="VersionDescription")] = Field(
        max_length=628,
        pattern=r"^.{1,127}/[^/\s]([^/]*[^/\s])?$",
        description="The module and the description of the version, MODULE/DESCRIPTION. AWS adds a number. "
        "A version without a description is named by its number, MODULE/NUMBER. AWS cannot change a version.",
        examples=["Greet/2026-11"],
        json_schema_extra=expecting("a version of a module: write MODULE/DESCRIPTION"),
    )


class ContactFlowModuleVersionKind(Kind[ContactFlowModuleVersion]):
    spec = ContactFlowModuleVersion
    service = CONNECT
    ownership = Ownership.DECLARED
    identity = Identity("ContactFlowModuleVersion")
    reading = Reading(
        search=Listing("ListContactFlowModuleVersions", "ContactFlowModuleVersionSummaryList", {"MaxResults": 1000}),
        container=(MODULE, MODULE_ID),
    )
    # AWS takes several versions of one description.
    writing = Writing(create="CreateContactFlowModuleVersion", delete="DeleteContactFlowModuleVersion", overwrites=True)
    # A version freezes what the module has when the version is created: the content of the same run.
    ordering = Ordering(follows=frozenset({"name"}))
    deletion = Deletion(
        irreversible="the content and settings of the version; flows that name it take the error branch"
    )

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns MODULE-ID:NUMBER as the id, because a number alone is not unique."""
        arn = str(members.get("Arn") or f"{members['ContactFlowModuleArn']}:{members['Version']}")
        return arn.rpartition("/")[2], arn

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (f"{members[CONTAINER]}/{members.get('VersionDescription') or members['Version']}",)

    def container(self, spec: ContactFlowModuleVersion) -> Ref:
        return self.container_of(spec.name)

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        return {MODULE_ID: members[MODULE_ID], VERSION: members["Version"]}

    def own(self, ref: Ref, spec: ContactFlowModuleVersion) -> dict[str, Any]:
        return {MODULE_ID: IdOf(self.container(spec)), VERSION: IdOf(ref, is_number=True)}

    def create_call(
        self, ref: Ref, spec: ContactFlowModuleVersion, tags: Mapping[str, str], held: Collection[str] = ()
    ) -> Call:
        # The reference makes it wait for a new module.
        described = {MODULE_ID: IdOf(self.container(spec)), "Description": spec.name.rpartition("/")[2]}
        return self.call(self.writing.create, described)

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> ContactFlowModuleVersion:
        return super().from_aws({**answer, "VersionDescription": self.keys_of(answer)[0]}, names, name)
