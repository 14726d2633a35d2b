"""The calls of this function, and the IAM actions that its role needs. `policy.json` is generated from this table."""

from __future__ import annotations

from reconciler.lambdas.shared.actions import Action

BUCKET = "arn:{partition}:s3:::{lake}"
TENANTS = "arn:{partition}:dynamodb:{region}:{account}:table/{tenant_services}"
LEDGER = "arn:{partition}:dynamodb:{region}:{account}:table/{last_updated}"

ACTIONS = (
    Action("dynamodb", "Scan", (TENANTS,)),
    Action("dynamodb", "Query", (LEDGER,)),
    Action("dynamodb", "UpdateItem", (LEDGER,)),
    # Manifests of every tenant, and change files to merge or cut. COPY has a role of its own.
    Action("s3", "GetObject", (f"{BUCKET}/*/canonical/*",)),
    # The lock of columns, and the mappings with the kind of history that readers get.
    Action("s3", "GetObject", (f"{BUCKET}/mappings/*", f"{BUCKET}/*/mappings/*")),
    # Which mappings there are: names of keys below mappings, and nothing of a tenant's data.
    Action("s3", "ListBucket", (BUCKET,), {"StringLike": {"s3:prefix": ["mappings/", "*/mappings/"]}}),
    Action("s3", "PutObject", (f"{BUCKET}/loads/*",)),
    # PutObject with the header x-amz-tagging needs it too [Amazon S3 user guide, object tagging].
    Action("s3", "PutObjectTagging", (f"{BUCKET}/loads/*",)),
    Action("secretsmanager", "GetSecretValue", ("{secret}",)),
    Action("redshift-serverless", "GetCredentials", ("{workgroup}",)),
    # Without REDSHIFT_HOST, the endpoint of the workgroup is looked up.
    Action("redshift-serverless", "GetWorkgroup", ("{workgroup}",)),
)
