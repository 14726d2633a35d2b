"""The calls of the tenant role, and those by which a function assumes it. `policy.json` follows from them.

Ingest and transform reach the data of tenants only through this role. Its policy names the session tag `tenant`. So one
role serves all tenants, and a session reaches the data of one.
"""

from __future__ import annotations

from reconciler.lambdas.shared.actions import Action

OBJECTS = "arn:{partition}:s3:::{lake}/{tenant}/*"
LAST_UPDATED = "arn:{partition}:dynamodb:{region}:{account}:table/{last_updated}"
TENANT_SERVICES = "arn:{partition}:dynamodb:{region}:{account}:table/{tenant_services}"
TENANT_ROLE = "{tenant_role}"
# A secret's ARN ends with characters of AWS, behind the environment.
SECRETS = "arn:{partition}:secretsmanager:{region}:{account}:secret:connectwise/{tenant}/*"
OWN_ITEMS = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["{tenant}"]}}

ACTIONS = (
    Action("s3", "GetObject", (OBJECTS,)),
    Action("s3", "PutObject", (OBJECTS,)),
    # PutObject with the header x-amz-tagging needs it too [Amazon S3 user guide, object tagging].
    Action("s3", "PutObjectTagging", (OBJECTS,)),
    Action("dynamodb", "GetItem", (LAST_UPDATED, TENANT_SERVICES), OWN_ITEMS),
    Action("dynamodb", "PutItem", (LAST_UPDATED,), OWN_ITEMS),
    Action("dynamodb", "UpdateItem", (LAST_UPDATED,), OWN_ITEMS),
    Action("dynamodb", "Query", (LAST_UPDATED,), OWN_ITEMS),
    Action("secretsmanager", "GetSecretValue", (SECRETS,)),
)
"""The role of tenants."""
BECOME_TENANT = (
    Action("sts", "AssumeRole", (TENANT_ROLE,)),
    Action("sts", "TagSession", (TENANT_ROLE,)),
)
"""A function that works for tenants."""
READ_TENANTS = Action("dynamodb", "Scan", (TENANT_SERVICES,))
"""A function that plans, or plans for itself when a person calls it."""
