"""Log groups of Amazon CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import LOGS
from reconciler.kinds.verbs import IdBatch, Listing, Update
from reconciler.kinds.wording import in_bytes
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Clearable, Problem, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

Days = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]


class LogGroup(Tagged):
    """A log group: the log of one function, state machine or application."""

    name: Annotated[str, AwsName("logGroupName")] = Field(
        min_length=1,
        max_length=512,
        pattern=r"^(?!aws/)[A-Za-z0-9_/.#-]+$",
        description="The name, in up to 512 letters, digits, and the characters _ - / . #. It cannot begin with aws/.",
        examples=["/aws/lambda/session-data"],
        json_schema_extra=expecting("a name of a log group"),
    )
    retention_in_days: Annotated[Days | None, Clearable()] = Field(
        None,
        description="The days that AWS keeps each event. Without it, or with null, AWS keeps and bills them for ever.",
        examples=[30],
    )
    log_group_class: Literal["STANDARD", "INFREQUENT_ACCESS", "DELIVERY", "ESSENTIALS"] = Field(
        "STANDARD",
        description="The class, which AWS cannot change later.",
        json_schema_extra=meanings(
            STANDARD="All features.",
            INFREQUENT_ACCESS="Cheaper to write, with fewer features.",
            DELIVERY="Only for delivery to Amazon S3 or Firehose; keeps events for two days.",
            ESSENTIALS="A low-cost class with the essential features.",
        ),
    )
    kms_key_id: Annotated[str | None, Clearable()] = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9A-Za-z-]+$",
        description="The ARN of the KMS key that encrypts new events. Without it, or with null, AWS uses its own key.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
        json_schema_extra=expecting("the ARN of a KMS key"),
    )
    deletion_protection_enabled: bool = Field(
        False, description="True: AWS refuses to delete the log group, also for other people and programs."
    )


class LogGroupKind(Kind[LogGroup]):
    spec = LogGroup
    service = LOGS
    identity = Identity("logGroupName", arn="arn:{partition}:logs:{region}:{account}:log-group:{id}")
    reading = Reading(
        search=Listing("DescribeLogGroups", "logGroups"),
        describe=("DescribeLogGroups", "logGroups"),
        batch=IdBatch("logGroupIdentifiers", 50),
        by_name=True,
        index="logs:log-group",
    )
    writing = Writing(
        create="CreateLogGroup",
        delete="DeleteLogGroup",
        updates=(
            Update("PutRetentionPolicy", ("retention_in_days",), clear="DeleteRetentionPolicy"),
            Update("AssociateKmsKey", ("kms_key_id",), clear="DisassociateKmsKey"),
            # Terraform's provider passes the ARN here: AWS has refused names (pull request 45298).
            Update("PutLogGroupDeletionProtection", ("deletion_protection_enabled",), arn="logGroupIdentifier"),
        ),
        set_after_create=frozenset({"retention_in_days"}),
    )
    deletion = Deletion(irreversible="its log events")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns the ARN without `:*` at its end; `arn` is the other spelling of `logGroupArn` (service model)."""
        arn = members.get("logGroupArn") or members.get("arn") or members.get("Arn") or ""
        return str(members.get("logGroupName") or members.get("Id") or ""), str(arn).removesuffix(":*")

    def decided(self, members: Mapping[str, Any]) -> Mapping[str, str]:
        policy = members.get("retentionPolicyName")
        why = f'is decided by the account policy "{policy}"; change that policy, or leave retentionInDays out'
        return {"retention_in_days": why} if policy else {}

    def holds(self, members: Mapping[str, Any]) -> str:
        stored = members.get("storedBytes")
        return f"{in_bytes(stored)} of log events" if stored else ""

    def lasting(self, members: Mapping[str, Any]) -> str:
        if not members.get("deletionProtectionEnabled"):
            return ""
        return "AWS protects it from deletion; declare deletionProtectionEnabled: false, apply, then delete it"

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        if declared.get("logGroupClass") == "DELIVERY" and declared.get("retentionInDays"):
            message = "a log group of class DELIVERY keeps events for two days; delete this line, or change the class"
            yield Problem("error", ("retentionInDays",), message)
