"""The calls of this function, and the IAM actions that its role needs. `policy.json` is generated from this table."""

from __future__ import annotations

from reconciler.lambdas.shared.actions import Action

BUCKET = "arn:{partition}:s3:::{lake}"
TENANTS = "arn:{partition}:dynamodb:{region}:{account}:table/{tenant_services}"
LEDGER = "arn:{partition}:dynamodb:{region}:{account}:table/{last_updated}"

ACTIONS = (
    # A report by hand reads the rows of tenants.
    Action("dynamodb", "Scan", (TENANTS,)),
    Action("dynamodb", "GetItem", (LEDGER,)),
    Action("dynamodb", "Query", (LEDGER,)),
    Action("dynamodb", "PutItem", (LEDGER,)),
    Action("dynamodb", "DeleteItem", (LEDGER,)),
    Action("s3", "GetObject", (f"{BUCKET}/runs/*", f"{BUCKET}/*/runs/*", f"{BUCKET}/loads/*")),
    # Without it, S3 answers AccessDenied for a missing object, and a pair that died would look forbidden.
    Action("s3", "ListBucket", (BUCKET,)),
    Action("s3", "PutObject", (f"{BUCKET}/runs/*",)),
    Action("sns", "Publish", ("{alert_topic}",)),
)
