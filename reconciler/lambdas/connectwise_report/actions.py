"""The calls of this function, and the IAM actions that its role needs. `policy.json` is generated from this table."""

from __future__ import annotations

from dataclasses import dataclass

BUCKET = "arn:{partition}:s3:::{lake}"
TENANTS = "arn:{partition}:dynamodb:{region}:{account}:table/{tenant_services}"
LEDGER = "arn:{partition}:dynamodb:{region}:{account}:table/{last_updated}"


@dataclass(frozen=True)
class Action:
    service: str
    operation: str
    resources: tuple[str, ...]
    """With {partition}, {region}, {account} and what the environment variables name."""

    @property
    def allows(self) -> str:
        return f"{self.service}:{self.operation}"


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
