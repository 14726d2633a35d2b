"""Namespaces of Amazon Redshift Serverless: databases with their users and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import REDSHIFT
from reconciler.kinds.verbs import Listing, Update, Wait
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Clearable, Does, Each, Problem, RefTo, Unordered, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting

OWN_KEY = "AWS_OWNED_KMS_KEY"
_ROLE = re.compile(r"iamRoleArn=(?P<arn>arn:[^,)\s]+)")
SECRET = "adminPasswordSecretArn"  # noqa: S105 (the member with the ARN of the secret)


class RedshiftNamespace(Tagged):
    """A namespace: databases, their users and their data. Its administrator's password is one that AWS manages."""

    name: Annotated[str, AwsName("namespaceName")] = Field(
        pattern=r"^[a-z0-9-]{3,64}$",
        description="The name, in 3 to 64 small letters, digits and hyphens. AWS cannot change it.",
        examples=["analytics-prod"],
        json_schema_extra=expecting("a name of 3 to 64 small letters, digits and hyphens"),
    )
    db_name: str = Field(
        "dev", min_length=1, max_length=64, description="The first database, which AWS cannot rename.", examples=["dev"]
    )
    admin_username: str = Field(
        "admin",
        min_length=1,
        max_length=128,
        description="The administrator. AWS changes the name only together with a password, so this tool does not.",
        examples=["admin"],
    )
    manage_admin_password: Annotated[bool, AwsName("manageAdminPassword", read=SECRET)] = Field(
        True,
        description="True: AWS keeps the administrator's password in a secret and rotates it. This tool has no place "
        "for passwords, so a new namespace always has this.",
    )
    admin_password_secret_kms_key_id: Annotated[str | None, Clearable()] = Field(
        None,
        description="The KMS key that encrypts that secret. Without it, AWS uses its own.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
    )
    kms_key_id: str = Field(
        OWN_KEY,
        min_length=1,
        description=f"The KMS key that encrypts the data; by default {OWN_KEY}.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
    )
    iam_roles: Annotated[
        Unordered[Annotated[str, RefTo("IamRole", by="Arn", undeclared=True)]], AwsName("iamRoles"), Each()
    ] = Field(
        (),
        max_length=50,
        description="All roles that COPY and UNLOAD may use, by name or ARN; a plan shows others as removed. Without "
        "this line, they stay as they are.",
        examples=[["contact-calls-copy"]],
    )
    default_iam_role: Annotated[
        str | None, RefTo("IamRole", by="Arn", undeclared=True), AwsName("defaultIamRoleArn")
    ] = Field(
        None,
        description="The role that COPY uses if a query names none; one of iamRoles.",
        examples=["contact-calls-copy"],
    )
    log_exports: Unordered[Literal["useractivitylog", "userlog", "connectionlog"]] = Field(
        (), description="The logs that AWS writes to CloudWatch.", examples=[["connectionlog"]]
    )


class RedshiftNamespaceKind(Kind[RedshiftNamespace]):
    spec = RedshiftNamespace
    service = REDSHIFT
    # Only AWS knows the ARN, which ends in an id. So the tag index shows no names; an account has few of them.
    identity = Identity("namespaceName")
    reading = Reading(
        search=Listing("ListNamespaces", "namespaces", {"maxResults": 100}),
        candidates=Listing("ListNamespaces", "namespaces", {"maxResults": 100}),
        describe=("GetNamespace", "namespace"),
        by_name=True,
    )
    writing = Writing(
        create="CreateNamespace",
        delete="DeleteNamespace",
        # "you can't update multiple parameters in one request" (service model).
        updates=(
            Update("UpdateNamespace", ("manage_admin_password", "admin_password_secret_kms_key_id")),
            Update("UpdateNamespace", ("kms_key_id",)),
            Update("UpdateNamespace", ("log_exports",)),
            Update("UpdateNamespace", ("iam_roles", "default_iam_role")),
        ),
        constants={"manageAdminPassword": True},
        wait=Wait("status", "AVAILABLE", after=frozenset({Does.CREATE, Does.UPDATE, Does.DELETE})),
    )
    # A namespace that stays needs its roles, although IAM would delete them.
    ordering = Ordering(keeps_alive=frozenset({"iam_roles", "default_iam_role"}))
    deletion = Deletion(
        irreversible="its databases and all their data", needs_both="a namespace holds the data of its databases"
    )
    unmanaged: ClassVar[Mapping[str, str]] = {
        "adminUserPassword": "a secret; AWS manages the password",
        "redshiftIdcApplicationArn": "no answer has it",
        "logDestinationType": "no answer has it",
        "s3TableAction": "publishes tables, and no answer has all of it",
        "s3TableGranularity": "publishes tables, and no answer has all of it",
        "s3TableKmsKeyId": "publishes tables, and no answer has all of it",
        "s3TableNames": "publishes tables, and no answer has all of it",
    }

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns the identity; CreateNamespace answers with a structure inside."""
        inner = {**members, **members.get("namespace", {})}
        return str(inner.get("namespaceName") or inner.get("Id") or ""), str(
            inner.get("namespaceArn") or inner.get("Arn") or ""
        )

    def costs(self, spec: RedshiftNamespace) -> str:
        return "the stored data"

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> RedshiftNamespace:
        """Returns the spec. Only the ARN of the secret shows that AWS manages the password."""
        return super().from_aws({**answer, SECRET: bool(answer.get(SECRET))}, names, name)

    def read_field(self, field: str, value: Any) -> Any:
        """Returns the ARNs of roles. AWS answers texts: `IamRole(applyStatus=in-sync, iamRoleArn=ARN)`."""
        if field != "iam_roles" or not isinstance(value, list):
            return value
        return [match["arn"] if (match := _ROLE.search(str(role))) else role for role in value]

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        roles, default = declared.get("iamRoles"), declared.get("defaultIamRole")
        if default and isinstance(roles, list) and default not in roles:
            yield Problem("error", ("defaultIamRole",), "must be one of iamRoles; add it there")
        if declared.get("manageAdminPassword") is False:
            message = "this tool has no place for passwords; write true, or leave the line out"
            yield Problem("error", ("manageAdminPassword",), message)
