"""The hint in the ledger that a commit is loaded. The watermark in Redshift decides; the hint is for `status`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.lambdas.connectwise.ledger import canonical_name
from reconciler.lambdas.connectwise_load.changes import Changes
from reconciler.lambdas.connectwise_load.failures import LoadFailed
from reconciler.lambdas.shared.calls import CallFailed, Calls


def note_loaded(client: Any, calls: Calls, ledger: str, changes: Sequence[Changes]) -> None:
    """Writes `loaded_commit` of each canonical item. It needs no lease: transform never writes it."""
    for change in changes:
        request = {
            "TableName": ledger,
            "Key": {"tenant_id": {"S": change.tenant}, "table_name": {"S": canonical_name(change.table)}},
            "UpdateExpression": "SET loaded_commit = :commit",
            "ExpressionAttributeValues": {":commit": {"N": str(change.commit)}},
        }
        try:
            calls.make("dynamodb:UpdateItem", lambda request=request: client.update_item(**request))  # type: ignore[misc]
        except CallFailed as wrong:
            raise LoadFailed(f"the ledger does not answer: {wrong}") from wrong
