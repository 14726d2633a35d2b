"""The structures of a bucket of Amazon S3."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from reconciler.model import AwsName, JsonDocument, Spec, Unordered
from reconciler.model.spec import meanings


class Encryption(Spec):
    """How AWS encrypts new objects. AWS encrypts every object."""

    sse_algorithm: Annotated[Literal["AES256", "aws:kms", "aws:kms:dsse"], AwsName("SSEAlgorithm")] = Field(
        "AES256",
        description="The algorithm.",
        json_schema_extra=meanings(
            **{
                "AES256": "With keys of S3.",
                "aws:kms": "With a KMS key.",
                "aws:kms:dsse": "Twice, with a KMS key.",
            }
        ),
    )
    kms_master_key_id: Annotated[str | None, AwsName("KMSMasterKeyID")] = Field(
        None,
        description="The KMS key: its ARN, its id or its alias. Without it, AWS uses its own key.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000001"],
    )
    bucket_key_enabled: bool = Field(False, description="True: S3 asks KMS less often, which costs less.")
    blocked_encryption_types: Unordered[Literal["NONE", "SSE-C"]] = Field(
        (), description="Sorts of encryption that requests may not choose."
    )


class PublicAccessBlock(Spec):
    """The public access that AWS refuses."""

    block_public_acls: bool = Field(True, description="True: AWS refuses public access control lists.")
    ignore_public_acls: bool = Field(True, description="True: public access control lists have no effect.")
    block_public_policy: bool = Field(True, description="True: AWS refuses public policies.")
    restrict_public_buckets: bool = Field(True, description="True: a public policy counts for the account alone.")


class Versioning(Spec):
    """The setting by which AWS keeps old versions of objects."""

    status: Literal["Enabled", "Suspended"] = Field(
        description="The status.",
        json_schema_extra=meanings(
            Enabled="AWS keeps and bills every version of an object.", Suspended="AWS keeps the versions that exist."
        ),
    )


class Lifecycle(JsonDocument):
    """The rules by which AWS deletes and moves objects, in AWS's own form. The order of rules means nothing."""

    title = "Lifecycle"
    example: ClassVar[dict[str, Any]] = {
        "Rules": [{"ID": "raw", "Status": "Enabled", "Filter": {"Prefix": "raw/"}, "Expiration": {"Days": 90}}]
    }

    @classmethod
    def read(cls, value: Any) -> Any:
        rules = value.get("Rules") if isinstance(value, dict) else None
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            return value
        # A rule for every object has an empty filter, or one with an empty prefix.
        normal = [{**rule, **({"Filter": {}} if rule.get("Filter") == {"Prefix": ""} else {})} for rule in rules]
        return {**value, "Rules": sorted(normal, key=lambda rule: str(rule.get("ID", "")))}


class FilterRule(Spec):
    """A part of the names of objects."""

    name: Literal["prefix", "suffix"] = Field(
        description="The part of the name.", json_schema_extra=meanings(prefix="The beginning.", suffix="The end.")
    )
    value: str = Field(max_length=1024, description="The text.", examples=["raw/"])


class KeyFilter(Spec):
    """The names of objects."""

    filter_rules: Unordered[FilterRule] = Field((), description="A prefix, a suffix, or both.")


class NotificationFilter(Spec):
    """The objects of a notification."""

    key: KeyFilter = Field(KeyFilter(), description="The names of the objects.")


class _Notification(Spec):
    id: str = Field(
        min_length=1, max_length=255, description="The name of the notification.", examples=["new-recordings"]
    )
    events: Unordered[str] = Field(
        min_length=1, description="The events, such as s3:ObjectCreated:*.", examples=[["s3:ObjectCreated:*"]]
    )
    filter: NotificationFilter | None = Field(None, description="The objects; without it, all.")


class QueueNotification(_Notification):
    """A notification to a queue of Amazon SQS."""

    queue_arn: str = Field(description="The ARN of the queue.", examples=["${SqsQueue/recordings.arn}"])


class TopicNotification(_Notification):
    """A notification to a topic of Amazon SNS."""

    topic_arn: str = Field(description="The ARN of the topic.", examples=["${SnsTopic/recordings.arn}"])


class FunctionNotification(_Notification):
    """A notification to a function of AWS Lambda."""

    lambda_function_arn: str = Field(
        description="The ARN of the function.",
        examples=["arn:aws:lambda:ca-central-1:111122223333:function:recordings"],
    )
