"""The two tables of the pipeline, as its manifest declares them."""

from __future__ import annotations

from typing import Any

TENANTS, LEDGER = "tenant-services", "last-updated"


def create_tables(dynamodb: Any) -> None:
    for name, keys in ((TENANTS, ("tenant_id",)), (LEDGER, ("tenant_id", "table_name"))):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            BillingMode="PAY_PER_REQUEST",
        )


def row(tenant: str = "harbor-dental", **changes: Any) -> dict[str, Any]:
    """Returns a row of TenantServices; a change to None removes an attribute."""
    whole = {
        "tenant_id": tenant,
        "company_name": "Harbor Dental Group",
        "connectwise_url": "https://api-na.myconnectwise.net",
        "secret_name": f"connectwise/{tenant}/dev",
        "enabled": True,
        "tables": ["service/tickets"],
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}
