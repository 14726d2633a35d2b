"""The calls of this function, and the IAM actions that its role needs. `policy.json` is generated from this table."""

from __future__ import annotations

from dataclasses import dataclass

INSTANCE = "arn:{partition}:connect:{region}:{account}:instance/{instance}"
TABLES = "arn:{partition}:dynamodb:{region}:{account}:table/"
UPLOADS, ROSTER = f"{TABLES}{{uploads_table}}", f"{TABLES}{{roster_table}}"
BUCKET = "arn:{partition}:s3:::{import_bucket}"
SECRETS = "arn:{partition}:secretsmanager:{region}:{account}:secret:{secret_prefix}/*"


@dataclass(frozen=True)
class Action:
    service: str
    operation: str
    resources: tuple[str, ...]
    """With {partition}, {region}, {account} and what the environment variables name."""
    action: str = ""
    """The IAM action, where its name differs from the operation's. It may have several operations."""

    @property
    def allows(self) -> str:
        return f"{self.service}:{self.action or self.operation}"


ACTIONS = (
    # Without it S3 answers 403 for an object that is no longer there [S3 API reference, GetObject].
    Action("s3", "ListObjectsV2", (BUCKET,), "ListBucket"),
    Action("s3", "GetObject", (f"{BUCKET}/{{upload_prefix}}*", f"{BUCKET}/{{result_prefix}}*")),
    Action("s3", "GetObject", (f"{BUCKET}/{{upload_prefix}}*",), "GetObjectVersion"),
    Action("s3", "PutObject", (f"{BUCKET}/{{result_prefix}}*", f"{BUCKET}/{{quarantine_prefix}}*")),
    Action("s3", "DeleteObject", (f"{BUCKET}/{{upload_prefix}}*",)),
    Action("s3", "DeleteObject", (f"{BUCKET}/{{upload_prefix}}*",), "DeleteObjectVersion"),
    Action("dynamodb", "GetItem", (UPLOADS,)),
    Action("dynamodb", "UpdateItem", (UPLOADS, ROSTER)),
    Action("dynamodb", "Query", (UPLOADS,)),
    Action("dynamodb", "BatchGetItem", (ROSTER,)),
    Action("secretsmanager", "CreateSecret", (SECRETS,)),
    # CreateSecret with tags also needs it [service model].
    Action("secretsmanager", "TagResource", (SECRETS,)),
    Action("secretsmanager", "GetSecretValue", (SECRETS,)),
    Action("secretsmanager", "PutSecretValue", (SECRETS,)),
    Action("secretsmanager", "RestoreSecret", (SECRETS,)),
    Action("kms", "Decrypt", ("{kms_key}",)),
    Action("kms", "GenerateDataKey", ("{kms_key}",)),
    Action("connect", "DescribeInstance", (INSTANCE,)),
    Action("connect", "ListRoutingProfiles", (INSTANCE,)),
    Action("connect", "ListSecurityProfiles", (INSTANCE,)),
    Action("connect", "SearchUserHierarchyGroups", (INSTANCE, f"{INSTANCE}/agent-group/*")),
    # Lambda sends failed events to the on-failure destination, with the function's role.
    Action("sqs", "SendMessage", ("{failed}",)),
)
