"""Secrets of AWS Secrets Manager, without their values: no manifest, plan, outcome or log has a value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.passwords import user_of
from reconciler.kinds.services import SECRETS
from reconciler.kinds.verbs import Detail, Listing, Update
from reconciler.kinds.wording import quoted
from reconciler.kinds.words import Tagged
from reconciler.model import Call, Clearable, InTag, PolicyDocument, Problem, Ref, Scope, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting

# The service adds a hyphen and six characters to the name (service model, CreateSecret).
ARN = re.compile(r"arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(?P<name>.+)-[A-Za-z0-9]{6}")
_LIKE_AN_ENDING = re.compile(r"-[A-Za-z0-9]{6}$")


class Secret(Tagged):
    """A secret without its value. A person or a program writes the value; this tool never reads or shows it."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9/_+=.@-]{1,512}$",
        description="The name, in up to 512 letters, digits, and the characters / _ + = . @ -. AWS cannot change it.",
        examples=["contact-centre/prod/crm"],
        json_schema_extra=expecting("a name of a secret"),
    )
    description: str = Field(
        "",
        max_length=2048,
        description="The purpose of the secret, in up to 2048 characters. CloudTrail records it: write no secret here.",
        examples=["The key of the CRM"],
    )
    # An empty text returns the secret to AWS's key (service model, UpdateSecret).
    kms_key_id: Annotated[str | None, Clearable(by="")] = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key/[0-9A-Za-z-]+|alias/[0-9A-Za-z/_-]+)$",
        description="The ARN of the KMS key, or of its alias, that encrypts the value. Without it, or with null, AWS "
        "uses the key aws/secretsmanager.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
        json_schema_extra=expecting("the ARN of a KMS key or of an alias"),
    )
    resource_policy: Annotated[PolicyDocument | None, Clearable()] = Field(
        None, description="The resource policy: who else may read the value. Null removes it."
    )
    recovery_window_in_days: Annotated[int, InTag("reconciler:recovery-window-in-days")] = Field(
        30,
        ge=7,
        le=30,
        description="The days, 7 to 30, in which a deleted secret can be restored. Its name is taken until then. A tag "
        "keeps the number for the deletion.",
        examples=[7],
    )


UNMANAGED = MappingProxyType(
    {
        "SecretString": "a secret; `reconcile` has no place for values",
        "SecretBinary": "a secret; `reconcile` has no place for values",
        "AddReplicaRegions": "copies in other Regions are another resource each",
        "ForceOverwriteReplicaSecret": "copies in other Regions are another resource each",
        "CrossAccountPrimaryARN": "copies in other accounts are another resource each",
        "Type": "secrets of partners are created in the console",
        "ClientRequestToken": "identifies a version of the value",
        "BlockPublicPolicy": "the reviewer of a plan sees who may read the value",
        "PolicyName": "reserved for internal use",
    }
)


class SecretKind(Kind[Secret]):
    spec = Secret
    service = SECRETS
    # Only AWS knows the ARN, which ends in six random characters. The name identifies the secret in calls.
    identity = Identity("SecretId")
    reading = Reading(
        search=Listing("ListSecrets", "SecretList", {"MaxResults": 100}),
        describe=("DescribeSecret", ""),
        details=(
            # AWS refuses to show the policy of a secret that is scheduled for deletion.
            Detail(
                ("resource_policy",),
                describe=("GetResourcePolicy", ""),
                absent=frozenset({"InvalidRequestException"}),
            ),
        ),
        by_name=True,
        index="secretsmanager:secret",
    )
    writing = Writing(
        create="CreateSecret",
        delete="DeleteSecret",
        updates=(
            Update("UpdateSecret", ("description", "kms_key_id")),
            Update("PutResourcePolicy", ("resource_policy",), clear="DeleteResourcePolicy"),
        ),
        set_after_create=frozenset({"resource_policy"}),
    )
    deletion = Deletion(irreversible="its value, unless it is restored within the recovery window")
    unmanaged = UNMANAGED

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        name = members.get("Name") or members.get("SecretId") or members.get("Id")
        return str(name or ""), str(members.get("ARN") or members.get("Arn") or "")

    def is_one(self, members: Mapping[str, Any]) -> bool:
        """Returns whether it is a customer's. Services manage their own secrets, as `redshift!analytics-admin`.

        No name that a customer gives has an exclamation mark (user guide, "Secrets managed by other services").
        """
        return "!" not in self.id_and_arn(members)[0]

    def id_within(self, arn: str) -> str:
        match = ARN.fullmatch(arn)
        return match["name"] if match else ""

    def serves(self, name: str, scope: Scope) -> Ref | None:
        user = user_of(name, scope.owner)
        return Ref("User", user) if user else None

    def is_leaving(self, members: Mapping[str, Any]) -> bool:
        return bool(members.get("DeletedDate"))

    def unready(self, members: Mapping[str, Any]) -> str:
        if not self.is_leaving(members):
            return ""
        name = self.id_and_arn(members)[0]
        restore = f"aws secretsmanager restore-secret --secret-id {name}"
        return f"is scheduled for deletion, and its name is taken until then; restore it with: {restore}"

    def decided(self, members: Mapping[str, Any]) -> Mapping[str, str]:
        if not (owner := members.get("OwningService")):
            return {}
        return dict.fromkeys(("description", "kms_key_id"), f"is decided by {owner}, which manages the secret")

    def lasting(self, members: Mapping[str, Any]) -> str:
        owner = members.get("OwningService")
        return f"{owner} manages it, and deletes it" if owner else ""

    def delete_call(self, ref: Ref, spec: Secret) -> Call:
        window = {"RecoveryWindowInDays": spec.recovery_window_in_days}
        return self.call(self.writing.delete, {**self.own(ref, spec), **window})

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        name = declared.get("name")
        if isinstance(name, str) and _LIKE_AN_ENDING.search(name):
            message = (
                f"{quoted(name)} ends in a hyphen and six characters, as ARNs of secrets do; AWS warns of such names"
            )
            yield Problem("warning", ("name",), message)
