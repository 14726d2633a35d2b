"""The calls of this function, and the IAM actions that its role needs. `policy.json` is generated from this table."""

from __future__ import annotations

from reconciler.lambdas.shared.actions import Action

INSTANCE = "arn:{partition}:connect:{region}:{account}:instance/{instance}"
LEDGER = "arn:{partition}:dynamodb:{region}:{account}:table/{ledger}"
SHELVES = "arn:{partition}:s3:::{bucket}/{prefix}/*"

ACTIONS = (
    Action("connect", "SearchContacts", (INSTANCE,)),
    Action("connect", "DescribeContact", (f"{INSTANCE}/contact/*",)),
    Action("connect", "ListUsers", (INSTANCE,)),
    # Its resource is the queue (wildcard-queue), not the instance as for ListUsers [Service Authorization Reference].
    Action("connect", "ListQueues", (INSTANCE, f"{INSTANCE}/queue/*")),
    Action("dynamodb", "GetItem", (LEDGER,)),
    Action("dynamodb", "UpdateItem", (LEDGER,)),
    Action("dynamodb", "Query", (LEDGER,)),
    Action("s3", "PutObject", (SHELVES,)),
    Action("secretsmanager", "GetSecretValue", ("{secret}",)),
    Action("redshift-serverless", "GetCredentials", ("{workgroup}",)),
    # Lambda sends failed events to the on-failure destination, with the function's role.
    Action("sqs", "SendMessage", ("{failed}",)),
)
