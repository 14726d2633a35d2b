"""Roles that a namespace of Amazon Redshift Serverless may use: items of its list, which others may own too."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, model_validator

from reconciler.kinds.base import Declared, Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import REDSHIFT
from reconciler.kinds.verbs import Listing, Membership, Wait
from reconciler.model import AwsName, Call, Derived, IdOf, Ownership, Problem, Ref, RefTo, Resource
from reconciler.model.lists import ListChange
from reconciler.model.spec import expecting

NAMESPACE, ROLE, NAME = "RedshiftNamespace", "IamRole", "namespaceName"
READ, ROLES, DEFAULT = "GetNamespace", "iamRoles", "defaultIamRoleArn"
# AWS answers texts: `IamRole(applyStatus=in-sync, iamRoleArn=ARN)` (seen: Terraform's provider, namespace.go).
_ARN = r"(?P<arn>arn:aws[a-z-]*:iam::\d{12}:role/[!-~]+?)"
_FORMS = (re.compile(_ARN), re.compile(rf"IamRole\((\w+=[^,)]*, )*iamRoleArn={_ARN}(, \w+=[^,)]*)*\)"))
_OF_THE_NAMESPACE = "a setting of the namespace, which RedshiftNamespace declares"
UNMANAGED = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("adminPasswordSecretKmsKeyId", "adminUserPassword", "adminUsername", "kmsKeyId"),
                *("logDestinationType", "logExports", "manageAdminPassword", "s3TableAction"),
                *("s3TableGranularity", "s3TableKmsKeyId", "s3TableNames"),
            ),
            _OF_THE_NAMESPACE,
        ),
        DEFAULT: "apply sends the live value again, because AWS takes both together",
    }
)


class RedshiftRole(Resource):
    """A role that COPY and UNLOAD of a namespace may use. Roles that others attached to it stay as they are."""

    name: str = Field(
        pattern=r"^[a-z0-9-]{3,64}/[A-Za-z0-9_+=,.@-]{1,64}$",
        description="The namespace and the role, NAMESPACE/ROLE. Both may exist without a manifest.",
        examples=["analytics/contact-calls-copy"],
        json_schema_extra=expecting("a role of a namespace: write NAMESPACE/ROLE, without the path of the role"),
    )
    iam_role: Annotated[str | None, RefTo(ROLE, by="Arn", undeclared=True), AwsName(ROLES), Derived()] = Field(
        None,
        description="The role. It follows from the name, so leave it out.",
        examples=["contact-calls-copy"],
        json_schema_extra={"deprecated": True},
    )

    @model_validator(mode="before")
    @classmethod
    def _derive_role(cls, values: Any) -> Any:
        """Fills in the role, which the name ends with. `among` reports a manifest that contradicts the name."""
        if not isinstance(values, Mapping) or not isinstance(values.get("name"), str):
            return values
        others = {key: value for key, value in values.items() if key not in ("iamRole", "iam_role")}
        return {**others, "iam_role": role_of(values["name"])}


class RedshiftRoleKind(Kind[RedshiftRole]):
    spec = RedshiftRole
    service = REDSHIFT
    ownership = Ownership.DECLARED
    identity = Identity(NAME)
    reading = Reading(search=Listing(READ, "namespace"), container=(NAMESPACE, NAME))
    writing = Writing(
        create="UpdateNamespace",
        delete="UpdateNamespace",
        membership=Membership(ROLES, field="iam_roles", kept=(DEFAULT,), wait=Wait("status", "AVAILABLE")),
    )
    ordering = Ordering(compares_with=(NAMESPACE,))
    deletion = Deletion(breaks="COPY and UNLOAD of the namespace can no longer use the role")
    unmanaged = UNMANAGED

    def items_in(self, answer: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Returns one item for each role of a namespace, except for a role in an unknown form."""
        arns = filter(None, map(_arn_in, answer.get(ROLES) or ()))
        return [{NAME: answer.get(NAME), ROLES: [arn]} for arn in arns]

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns the name as the id. The ARN is the role's own, and so it is not the id of a membership."""
        return self.keys_of(members)[0], ""

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (f"{members[NAME]}/{role_of(members[ROLES][0])}",)

    def container(self, spec: RedshiftRole) -> Ref:
        return self.container_of(spec.name)

    def container_of(self, name: str) -> Ref:
        return Ref(NAMESPACE, name.partition("/")[0])

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        return {NAME: members[NAME]}

    def own(self, ref: Ref, spec: RedshiftRole) -> dict[str, Any]:
        return {NAME: IdOf(self.container(spec))}

    def create_call(self, ref: Ref, spec: RedshiftRole, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        role = IdOf(Ref(ROLE, role_of(spec.name)), arn=True)
        return self.call(self.writing.create, {**self.own(ref, spec), ROLES: ListChange((role,), READ)})

    def delete_call(self, ref: Ref, spec: RedshiftRole) -> Call:
        return self.call(self.writing.delete, {**self.own(ref, spec), ROLES: ListChange((), READ, leaving=spec.name)})

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> RedshiftRole:
        return RedshiftRole(name=self.keys_of(answer)[0])

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        for ref in (ref for ref in declared if ref.kind == self.name):
            role, namespace = role_of(ref.name), self.container_of(ref.name)
            if (written := declared[ref].get("iamRole")) not in (None, role):
                yield ref, Problem("error", ("iamRole",), f"is {written}, but the name ends with {role}; delete it")
            if declared.get(namespace, {}).get(ROLES) is not None:
                message = (
                    f"{namespace} declares iamRoles, which is the whole list, so each would undo the other; delete "
                    f"iamRoles there, or delete {ref} and name {role} there"
                )
                yield ref, Problem("error", (), message)


def role_of(name: str) -> str:
    """Returns the name of the role: the end of a name NAMESPACE/ROLE, or of an ARN with a path."""
    return name.rpartition("/")[2]


def _arn_in(text: Any) -> str:
    """Returns the ARN in a text of AWS; empty if its form is unknown."""
    matches = (form.fullmatch(str(text)) for form in _FORMS)
    return next((match["arn"] for match in matches if match), "")
