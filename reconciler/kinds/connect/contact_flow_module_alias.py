"""The ContactFlowModuleAlias kind: a name for one version of a module, which flows invoke."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.asking import CONTAINER
from reconciler.kinds.base import Kind
from reconciler.kinds.connect.flow_content import LASTING_PURPOSE, MODULE, MODULE_ID, VERSION, LastingPurpose
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import AwsName, Call, IdOf, Ownership, Problem, Ref, RefTo, Resource, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting


class ContactFlowModuleAlias(Resource):
    """A name for one version of a module. Flows that invoke the alias follow it to another version at once."""

    name: Annotated[str, AwsName("AliasName", read="Name")] = Field(
        max_length=228,
        pattern=r"^.{1,127}/([$0-9a-zA-Z][_-]?)+$",
        description="The module and the name of the alias, MODULE/ALIAS. The alias stays in its module. "
        "The name has letters, digits and $, with single _ or - between them.",
        examples=["Greet/live"],
        json_schema_extra=expecting("an alias of a module: write MODULE/ALIAS"),
    )
    version: Annotated[str, RefTo("ContactFlowModuleVersion", undeclared=True), AwsName(VERSION, read="Version")] = (
        Field(
            description="The name of the version, MODULE/DESCRIPTION, or MODULE/NUMBER if it has no description.",
            examples=["Greet/2026-11"],
        )
    )
    description: LastingPurpose = Field("", description=LASTING_PURPOSE)


class ContactFlowModuleAliasKind(Kind[ContactFlowModuleAlias]):
    spec = ContactFlowModuleAlias
    service = CONNECT
    ownership = Ownership.DECLARED
    identity = Identity("AliasId")
    reading = Reading(
        search=Listing("ListContactFlowModuleAliases", "ContactFlowModuleAliasSummaryList", {"MaxResults": 1000}),
        describe=("DescribeContactFlowModuleAlias", "ContactFlowModuleAlias"),
        container=(MODULE, MODULE_ID),
    )
    writing = Writing(
        create="CreateContactFlowModuleAlias",
        delete="DeleteContactFlowModuleAlias",
        updates=(Update("UpdateContactFlowModuleAlias", ("name", "version", "description"), names={"name": "Name"}),),
    )
    # Flows that name the alias are checked against its version, so their content follows it.
    ordering = Ordering(keeps_alive=frozenset({"version"}), follows=frozenset({"version"}))
    deletion = Deletion(irreversible="the alias; flows that name it take the error branch")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        id = str(members.get("AliasId") or members["Id"])
        module = members.get("ContactFlowModuleArn")
        return id, str(members.get("Arn") or (f"{module}:{id}" if module else ""))

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (f"{members[CONTAINER]}/{members['AliasName']}",)

    def container(self, spec: ContactFlowModuleAlias) -> Ref:
        return self.container_of(spec.name)

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        return {MODULE_ID: members[MODULE_ID], "AliasId": members["AliasId"]}

    def own(self, ref: Ref, spec: ContactFlowModuleAlias) -> dict[str, Any]:
        return {MODULE_ID: IdOf(self.container(spec)), "AliasId": IdOf(ref)}

    def create_call(
        self, ref: Ref, spec: ContactFlowModuleAlias, tags: Mapping[str, str], held: Collection[str] = ()
    ) -> Call:
        created = super().create_call(ref, spec, tags, held)
        return self.call(created.operation, {MODULE_ID: IdOf(self.container(spec)), **created.params})

    def write_field(self, field: str, value: Any) -> Any:
        match field, value:
            case "name", str():
                return value.rpartition("/")[2]
            case "version", IdOf(ref):
                return IdOf(ref, is_number=True)
        return value

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> ContactFlowModuleAlias:
        """Returns the spec. A list has other members than a description."""
        module, alias = answer[MODULE_ID], answer.get("Name") or answer["AliasName"]
        words = {
            "Name": f"{names(MODULE, module)}/{alias}",
            "Description": answer.get("Description") or answer.get("AliasDescription"),
            "Version": f"{module}:{answer['Version']}",
        }
        return super().from_aws({**answer, **words}, names, name)

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        name, version = declared.get("name"), declared.get("version")
        if isinstance(name, str) and isinstance(version, str) and "/" in name:
            module = self.container_of(name)
            if self.container_of(version) != module:
                message = f"the alias needs a version of its own module; write {module.name}/DESCRIPTION"
                yield Problem("error", ("version",), message)

    def refuses(
        self,
        ref: Ref,
        before: ContactFlowModuleAlias | None,
        after: ContactFlowModuleAlias | None,
        there: Mapping[Ref, Resource],
    ) -> str:
        if before and after and self.container(before) != self.container(after):
            return "AWS cannot move an alias to another module; declare a new alias and remove this one"
        return ""
