"""The pairs of a scheduled run that are due: quiet ones wait, if the freshness of their tenant allows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from reconciler.lambdas.connectwise.lanes import MODES, Selection
from reconciler.lambdas.connectwise.tenants import Tenant
from reconciler.lambdas.connectwise.waiting import QUIET, QUIET_AT, is_waiting, may_wait
from reconciler.lambdas.shared.calls import Calls

MOST_KEYS = 100  # of one BatchGetItem [API reference]
_NAMES = {"#tenant": "tenant_id", "#table": "table_name", "#quiet": QUIET, "#at": QUIET_AT}
Key = tuple[str, str]


def due_pairs(
    client: Any,
    calls: Calls,
    ledger: str,
    tenants: Iterable[Tenant],
    pairs: Sequence[dict[str, Any]],
    selection: Selection,
) -> list[dict[str, Any]]:
    """Returns the pairs without those that wait. A run by hand, and one of another mode, has all of them.

    Raises `CallFailed` or `OutOfTime`.
    """
    slot = selection.slot
    if slot is None or selection.mode != MODES[0]:
        return list(pairs)
    limits = {tenant.id: tenant.freshness_minutes for tenant in tenants if may_wait(tenant.freshness_minutes)}
    items = _read(client, calls, ledger, [_key(pair) for pair in pairs if pair["tenant_id"] in limits])
    due = []
    for pair in pairs:
        item = items.get(_key(pair))
        if item is None or not is_waiting(item, limits[pair["tenant_id"]], slot):
            due.append(pair)
    return due


def _key(pair: Mapping[str, Any]) -> Key:
    return str(pair["tenant_id"]), str(pair["table_name"])


def _read(client: Any, calls: Calls, ledger: str, keys: Iterable[Key]) -> dict[Key, Mapping[str, Any]]:
    """Returns the counts of quiet passes. Keys that AWS does not process at once are asked for again."""
    left = [{"tenant_id": {"S": tenant}, "table_name": {"S": table}} for tenant, table in keys]
    items: dict[Key, Mapping[str, Any]] = {}
    while left:
        some, left = left[:MOST_KEYS], left[MOST_KEYS:]
        wanted = {"Keys": some, "ProjectionExpression": ", ".join(_NAMES), "ExpressionAttributeNames": _NAMES}
        request = {"RequestItems": {ledger: {**wanted, "ConsistentRead": True}}}
        answer = calls.make("dynamodb:BatchGetItem", lambda request=request: client.batch_get_item(**request))  # type: ignore[misc]
        for item in answer["Responses"].get(ledger, ()):
            row = {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
            items[str(row["tenant_id"]), str(row["table_name"])] = row
        left += (answer.get("UnprocessedKeys") or {}).get(ledger, {}).get("Keys", [])
    return items
