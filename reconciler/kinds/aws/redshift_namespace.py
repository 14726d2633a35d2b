"""Namespaces of Amazon Redshift Serverless: databases with their users and keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import REDSHIFT
from reconciler.kinds.verbs import Listing, Update, Wait
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Clearable, Does, Problem, Unordered, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting

OWN_KEY = "AWS_OWNED_KMS_KEY"
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
        ),
        constants={"manageAdminPassword": True},
        wait=Wait("status", "AVAILABLE", after=frozenset({Does.CREATE, Does.UPDATE, Does.DELETE})),
    )
    deletion = Deletion(
        irreversible="its databases and all their data", needs_both="a namespace holds the data of its databases"
    )
    unmanaged: ClassVar[Mapping[str, str]] = {
        "adminUserPassword": "a secret; AWS manages the password",
        "iamRoles": "a RedshiftRole adds one role, and leaves those of others",
        "defaultIamRoleArn": "AWS changes it only together with the roles",
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

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        if declared.get("manageAdminPassword") is False:
            message = "this tool has no place for passwords; write true, or leave the line out"
            yield Problem("error", ("manageAdminPassword",), message)
