"""The calls of this function with its own role. All others are made as the tenant: `connectwise.actions`."""

from __future__ import annotations

from reconciler.lambdas.connectwise.actions import BECOME_TENANT, READ_TENANTS
from reconciler.lambdas.shared.actions import Action

MAPPINGS = ("arn:{partition}:s3:::{lake}/mappings/*", "arn:{partition}:s3:::{lake}/*/mappings/*")
LAKE = "arn:{partition}:s3:::{lake}"

ACTIONS = (
    *BECOME_TENANT,
    READ_TENANTS,
    Action("s3", "GetObject", MAPPINGS),
    # Which mappings there are: names of keys below mappings, and nothing of a tenant's data.
    Action("s3", "ListBucket", (LAKE,), {"StringLike": {"s3:prefix": ["mappings/", "*/mappings/"]}}),
)
