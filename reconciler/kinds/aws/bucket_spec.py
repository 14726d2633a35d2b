"""The spec of a bucket of Amazon S3."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.aws.bucket_parts import (
    Encryption,
    FunctionNotification,
    Lifecycle,
    PublicAccessBlock,
    QueueNotification,
    TopicNotification,
    Versioning,
)
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Clearable, Keyed, Partial, PolicyDocument, Unordered
from reconciler.model.spec import expecting, meanings

_KEPT = "One that no manifest declares stays."


class S3Bucket(Tagged):
    """A bucket, without its objects. A new one is private and encrypted. Let its policy refuse what has no TLS."""

    name: Annotated[str, AwsName("Bucket")] = Field(
        pattern=r"^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="The name, in 3 to 63 lower-case letters, digits, and the characters - . It is unique in all "
        "accounts of AWS, so it should say stack and environment.",
        examples=["example-contact-centre-prod"],
        json_schema_extra=expecting("a name of a bucket"),
    )
    object_ownership: Annotated[
        Literal["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"],
        AwsName("ObjectOwnership", read="OwnershipControls"),
    ] = Field(
        "BucketOwnerEnforced",
        description="The owner of objects.",
        json_schema_extra=meanings(
            BucketOwnerEnforced="The owner of the bucket; access control lists have no effect.",
            BucketOwnerPreferred="The owner of the bucket, if the writer gives it.",
            ObjectWriter="The account that writes an object.",
        ),
    )
    public_access_block_configuration: PublicAccessBlock = Field(
        PublicAccessBlock(), description="The public access that AWS refuses."
    )
    server_side_encryption_configuration: Annotated[Encryption, Partial()] = Field(
        Encryption(), description="How AWS encrypts new objects."
    )
    versioning_configuration: Annotated[Versioning | None, AwsName("VersioningConfiguration", read="Status")] = Field(
        None, description="The versions that AWS keeps. A bucket that had versions cannot lose the setting."
    )
    policy: Annotated[PolicyDocument | None, Clearable()] = Field(
        None, description="The resource policy: who else may use the bucket, and how. Null removes it."
    )
    lifecycle_configuration: Annotated[
        Lifecycle | None, Clearable(), AwsName("LifecycleConfiguration", read="Rules")
    ] = Field(None, description="The rules by which AWS deletes and moves objects. Give each an ID. Null removes them.")
    queue_configurations: Annotated[Unordered[QueueNotification], Keyed("id")] = Field(
        (), description=f"Notifications to queues. {_KEPT}"
    )
    topic_configurations: Annotated[Unordered[TopicNotification], Keyed("id")] = Field(
        (), description=f"Notifications to topics. {_KEPT}"
    )
    lambda_function_configurations: Annotated[Unordered[FunctionNotification], Keyed("id")] = Field(
        (), description=f"Notifications to functions. {_KEPT}"
    )
    event_bridge_configuration: bool = Field(
        False, description="True: Amazon EventBridge gets every event of the bucket."
    )


NOTIFICATIONS = (
    *("queue_configurations", "topic_configurations", "lambda_function_configurations"),
    "event_bridge_configuration",
)
