"""The calls of this function, and the IAM actions that its role needs. `policy.json` is generated from this table."""

from __future__ import annotations

from reconciler.lambdas.shared.actions import Action

INSTANCE = "arn:{partition}:connect:{region}:{account}:instance/{instance}"
TABLES = "arn:{partition}:dynamodb:{region}:{account}:table/"
UPLOADS, ROSTER = f"{TABLES}{{uploads_table}}", f"{TABLES}{{roster_table}}"
BUCKET = "arn:{partition}:s3:::{import_bucket}"
SECRETS = "arn:{partition}:secretsmanager:{region}:{account}:secret:{secret_prefix}/*"

ACTIONS = (
    # Without it S3 answers 403 for an object that is no longer there [S3 API reference, GetObject].
    Action("s3", "ListObjectsV2", (BUCKET,), iam_action="s3:ListBucket"),
    Action("s3", "GetObject", (f"{BUCKET}/{{upload_prefix}}*", f"{BUCKET}/{{result_prefix}}*")),
    Action("s3", "GetObject", (f"{BUCKET}/{{upload_prefix}}*",), iam_action="s3:GetObjectVersion"),
    Action("s3", "PutObject", (f"{BUCKET}/{{result_prefix}}*", f"{BUCKET}/{{quarantine_prefix}}*")),
    Action("s3", "DeleteObject", (f"{BUCKET}/{{upload_prefix}}*",)),
    Action("s3", "DeleteObject", (f"{BUCKET}/{{upload_prefix}}*",), iam_action="s3:DeleteObjectVersion"),
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
