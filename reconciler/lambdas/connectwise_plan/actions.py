"""The calls of this function, and the IAM actions that its role needs. `policy.json` is generated from this table."""

from __future__ import annotations

from reconciler.lambdas.connectwise.actions import LAST_UPDATED, READ_TENANTS
from reconciler.lambdas.shared.actions import Action

LANES = "arn:{partition}:s3:::{lake}/runs/*"
ACTIONS = (
    READ_TENANTS,
    # How long pairs have been quiet; only of tenants whose freshness lets them wait.
    Action("dynamodb", "BatchGetItem", (LAST_UPDATED,)),
    Action("s3", "PutObject", (LANES,)),
    # PutObject with the header x-amz-tagging needs it too [Amazon S3 user guide, object tagging].
    Action("s3", "PutObjectTagging", (LANES,)),
)
