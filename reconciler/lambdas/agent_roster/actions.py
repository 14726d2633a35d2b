"""The calls of this function, and the IAM actions that its role needs. `policy.json` is generated from this table."""

from __future__ import annotations

from reconciler.lambdas.shared.actions import Action

# Resources by the Service Authorization Reference of Amazon Connect.
INSTANCE = "arn:{partition}:connect:{region}:{account}:instance/{instance}"
USERS, ROUTING = f"{INSTANCE}/agent/*", f"{INSTANCE}/routing-profile/*"
SECURITY, GROUPS = f"{INSTANCE}/security-profile/*", f"{INSTANCE}/agent-group/*"
# Only where the manifest lets the function create groups, or delete users.
CREATES = "arn:{partition}:connect:{region}:{account}:instance/{creates_groups}/agent-group/*"
DELETES = "arn:{partition}:connect:{region}:{account}:instance/{deletes_users}"
ROSTER = "arn:{partition}:dynamodb:{region}:{account}:table/{roster_table}"
UPLOADS = "arn:{partition}:dynamodb:{region}:{account}:table/{uploads_table}"
RESULTS = "arn:{partition}:s3:::{import_bucket}/{result_prefix}*"
SECRETS = "arn:{partition}:secretsmanager:{region}:{account}:secret:{secret_prefix}/*"

ACTIONS = (
    Action("connect", "ListRoutingProfiles", (INSTANCE,)),
    Action("connect", "ListSecurityProfiles", (INSTANCE,)),
    Action("connect", "SearchUserHierarchyGroups", (INSTANCE,)),
    Action("connect", "ListUsers", (INSTANCE,)),
    Action("connect", "DescribeUser", (USERS,)),
    Action("connect", "CreateUser", (USERS, ROUTING, SECURITY, GROUPS)),
    Action("connect", "UpdateUserIdentityInfo", (USERS,)),
    Action("connect", "UpdateUserRoutingProfile", (USERS, ROUTING)),
    Action("connect", "UpdateUserSecurityProfiles", (USERS, SECURITY)),
    Action("connect", "UpdateUserHierarchy", (USERS, GROUPS)),
    Action("connect", "UpdateUserPhoneConfig", (USERS,)),
    Action("connect", "TagResource", (USERS,)),
    Action("connect", "UntagResource", (USERS,)),
    Action("connect", "CreateUserHierarchyGroup", (CREATES,)),
    # The tags of a new group.
    Action("connect", "TagResource", (CREATES,)),
    Action("connect", "DeleteUser", (f"{DELETES}/agent/*",)),
    Action("connect", "SearchQuickConnects", (DELETES,)),
    Action("dynamodb", "BatchGetItem", (ROSTER,)),
    Action("dynamodb", "UpdateItem", (ROSTER, UPLOADS)),
    Action("dynamodb", "PutItem", (UPLOADS,)),
    Action("dynamodb", "GetItem", (UPLOADS,)),
    Action("dynamodb", "Query", (UPLOADS,)),
    Action("s3", "GetObject", (RESULTS,)),
    Action("s3", "PutObject", (RESULTS,)),
    Action("secretsmanager", "GetSecretValue", (SECRETS,)),
    Action("sqs", "SendMessage", ("{failed}",)),
    # Lambda reads the stream with the function's role, and the tables, the bucket and the secrets may have a key.
    Action("dynamodb", "DescribeStream", (f"{ROSTER}/stream/*",)),
    Action("dynamodb", "GetRecords", (f"{ROSTER}/stream/*",)),
    Action("dynamodb", "GetShardIterator", (f"{ROSTER}/stream/*",)),
    Action("dynamodb", "ListStreams", (f"{ROSTER}/stream/*",)),
    Action("kms", "Decrypt", ("{kms_key}",)),
    Action("kms", "GenerateDataKey", ("{kms_key}",)),
)
