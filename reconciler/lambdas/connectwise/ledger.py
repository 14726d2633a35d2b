"""The table LastUpdated: watermarks, cursors, raw files, commits. It names all work, so no function lists the bucket.

An item is written under a lease with a fence: a number that each new lease increases. Every write requires that the
fence is unchanged. So a function that lost its lease can write nothing more.

Items of a tenant, by `table_name`:
    service/tickets                      the state of a source table
    raw#service/tickets#000000000123     one raw file
    canonical/tickets                    the state of a canonical table
    backfill#service/tickets             the history that is still to be fetched
    alert#service/tickets                the message about a failure that was sent last
    api                                  the codebase of the vendor's server
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from reconciler.lambdas.connectwise.failures import LeaseLost, LedgerFailed
from reconciler.lambdas.shared.calls import CallFailed, Calls

Item = Mapping[str, Any]
"""An item as Python has it: texts, whole numbers, booleans, lists and maps. Its key is not part of it."""
LEASE_SECONDS = 120
API = "api"
_KEY = ("tenant_id", "table_name")
_LEASE = ("lease_owner", "lease_until")


def raw_name(table: str, seq: int) -> str:
    """Returns the name of a raw file's item: of fixed length, so names sort as numbers do."""
    return f"raw#{table}#{seq:012d}"


def canonical_name(canonical_table: str) -> str:
    return f"canonical/{canonical_table}"


def backfill_name(table: str) -> str:
    return f"backfill#{table}"


@dataclass(frozen=True)
class Lease:
    """The right to write an item until another lease is taken. `state` is the item as it was then."""

    name: str
    owner: str
    fence: int
    state: Item


@dataclass(frozen=True)
class RawFile:
    """One raw file: `seen_at` is an ISO text, `mode` the pass that wrote it, `rows` includes tombstones."""

    seq: int
    key: str
    rows: int
    bytes: int
    seen_at: str
    mode: str
    run: str


@dataclass(frozen=True)
class Ledger:
    """The items of one tenant. `client` is of DynamoDB, with the tenant's session."""

    client: Any
    calls: Calls
    table: str
    tenant: str

    def read(self, name: str) -> Item:
        """Returns the item, read consistently; an empty map if there is none. Raises `LedgerFailed`."""
        answer = self._call(
            "GetItem", lambda: self.client.get_item(TableName=self.table, Key=self._key(name), ConsistentRead=True)
        )
        return _plain(answer.get("Item", {}))

    def lease(self, name: str, owner: str, now: int) -> Lease | None:
        """Takes the lease for `LEASE_SECONDS` from `now`, in epoch seconds. Returns None if another run has it.

        The same owner takes it again, with a new fence: its earlier attempt may still be alive.
        """
        try:
            answer = self._call(
                "UpdateItem",
                lambda: self.client.update_item(
                    TableName=self.table,
                    Key=self._key(name),
                    UpdateExpression="SET lease_owner = :owner, lease_until = :until ADD fence :one",
                    ConditionExpression="attribute_not_exists(lease_until) OR lease_until < :now "
                    "OR lease_owner = :owner",
                    ExpressionAttributeValues=_typed(
                        {":owner": owner, ":until": now + LEASE_SECONDS, ":now": now, ":one": 1}
                    ),
                    ReturnValues="ALL_NEW",
                ),
            )
        except _Unmet:
            return None
        state = _plain(answer["Attributes"])
        return Lease(name, owner, state["fence"], state)

    def write(
        self,
        lease: Lease,
        sets: Item,
        removes: Iterable[str] = (),
        *,
        now: int,
        others: Mapping[str, Item] | None = None,
        raw: tuple[str, RawFile, int] | None = None,
    ) -> None:
        """Changes the leased item and renews its lease, all or nothing. Raises `LeaseLost` or `LedgerFailed`.

        `others`: whole items that are put in the same transaction. `raw`: a source table, its new raw file and the
        epoch second at which the item expires; the file's number must be new.
        """
        update = self._update(lease, {**sets, "lease_until": now + LEASE_SECONDS}, removes)
        puts = [{"Put": self._put(name, item)} for name, item in (others or {}).items()]
        if raw is not None:
            puts.append({"Put": self._put_raw(*raw)})
        try:
            if puts:
                self._transact([{"Update": update}, *puts])
            else:
                self._call("UpdateItem", lambda: self.client.update_item(**update))
        except _Unmet as wrong:
            if raw is not None and self._is_written(lease, raw):
                return
            raise LeaseLost(f"another run works on {self.tenant} {lease.name}") from wrong

    def end(self, lease: Lease, sets: Item, removes: Iterable[str] = ()) -> None:
        """Changes the leased item and gives the lease back. Raises `LeaseLost` or `LedgerFailed`."""
        update = self._update(lease, sets, (*removes, *_LEASE))
        try:
            self._call("UpdateItem", lambda: self.client.update_item(**update))
        except _Unmet as wrong:
            raise LeaseLost(f"another run works on {self.tenant} {lease.name}") from wrong

    def put(self, name: str, item: Item) -> None:
        """Replaces an item that no lease protects, such as `api`."""
        put = self._put(name, item)
        self._call("PutItem", lambda: self.client.put_item(**put))

    def raw_files(
        self, table: str, after: int = 0, upto: int = 999_999_999_999, page: int | None = None
    ) -> Iterator[RawFile]:
        """Yields the raw files with a number above `after` and up to `upto`, in order, a page at a time.

        `page`: the items of one page, for a caller who needs only the first ones. Without it, a page has 1 MB.
        """
        prefix = raw_name(table, 0)[:-12]
        for name, item in self.items(raw_name(table, after + 1), raw_name(table, upto), page):
            yield RawFile(
                seq=int(name.removeprefix(prefix)),
                key=item["key"],
                rows=item["rows"],
                bytes=item["bytes"],
                seen_at=item["seen_at"],
                mode=item["mode"],
                run=item["run"],
            )

    def items(self, first: str, last: str, page: int | None = None) -> Iterator[tuple[str, Item]]:
        """Yields the items whose names lie from `first` to `last`, in order, with their names."""
        if first > last:
            return
        values = _typed({":tenant": self.tenant, ":first": first, ":last": last})
        following: dict[str, Any] = {}
        if page is not None:
            following["Limit"] = page
        while True:
            request = {
                "TableName": self.table,
                "KeyConditionExpression": "tenant_id = :tenant AND table_name BETWEEN :first AND :last",
                "ExpressionAttributeValues": values,
                "ConsistentRead": True,
                **following,
            }
            answer = self._call("Query", lambda request=request: self.client.query(**request))
            for item in answer["Items"]:
                yield item["table_name"]["S"], _plain(item)
            if not answer.get("LastEvaluatedKey"):
                return
            following["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _key(self, name: str) -> dict[str, Any]:
        return {"tenant_id": {"S": self.tenant}, "table_name": {"S": name}}

    def _put(self, name: str, item: Item) -> dict[str, Any]:
        return {"TableName": self.table, "Item": {**self._key(name), **_typed(item)}}

    def _put_raw(self, table: str, file: RawFile, expires: int) -> dict[str, Any]:
        item = {
            **{"key": file.key, "rows": file.rows, "bytes": file.bytes, "seen_at": file.seen_at},
            **{"mode": file.mode, "run": file.run, "expires": expires},
        }
        put = self._put(raw_name(table, file.seq), item)
        return {**put, "ConditionExpression": "attribute_not_exists(tenant_id)"}

    def _update(self, lease: Lease, sets: Item, removes: Iterable[str]) -> dict[str, Any]:
        names = {f"#{number}": name for number, name in enumerate([*sets, *removes])}
        values = _typed({f":{number}": value for number, value in enumerate(sets.values())})
        assignments = ", ".join(f"#{number} = :{number}" for number in range(len(sets)))
        removals = ", ".join(f"#{number}" for number in range(len(sets), len(names)))
        expression = [f"SET {assignments}"] if sets else []
        expression += [f"REMOVE {removals}"] if removals else []
        return {
            "TableName": self.table,
            "Key": self._key(lease.name),
            "UpdateExpression": " ".join(expression),
            "ConditionExpression": "#fence = :fence",
            "ExpressionAttributeNames": {**names, "#fence": "fence"},
            "ExpressionAttributeValues": {**values, **_typed({":fence": lease.fence})},
        }

    def _transact(self, items: list[dict[str, Any]]) -> None:
        # DynamoDB carries out one transaction of a token within 10 minutes, however often a lost reply repeats it.
        token = hashlib.sha256(json.dumps(items, sort_keys=True).encode()).hexdigest()[:36]
        self._call(
            "TransactWriteItems",
            lambda: self.client.transact_write_items(TransactItems=items, ClientRequestToken=token),
        )

    def _is_written(self, lease: Lease, raw: tuple[str, RawFile, int]) -> bool:
        """Returns whether this very write was carried out before, although its reply was lost."""
        table, file, _ = raw
        return self.read(lease.name).get("fence") == lease.fence and self.read(raw_name(table, file.seq)).get(
            "key"
        ) == (file.key)

    def _call(self, operation: str, call: Any) -> Any:
        def attempt() -> Any:
            try:
                return call()
            except ClientError as wrong:
                raise _meaning(wrong) from wrong

        try:
            return self.calls.make(f"dynamodb:{operation}", attempt)
        except CallFailed as wrong:
            raise LedgerFailed(f"the ledger does not answer: {wrong}") from wrong


class _Unmet(Exception):  # noqa: N818
    """The condition of a write does not hold."""


def _meaning(wrong: ClientError) -> Exception:
    """Returns an unmet condition, a code that a retry helps against, or the error itself."""
    code = wrong.response["Error"]["Code"]
    reasons = {reason.get("Code") for reason in wrong.response.get("CancellationReasons", ())}
    if code == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in reasons:
        return _Unmet()
    is_busy = code in ("TransactionConflictException", "TransactionInProgressException")
    if is_busy or reasons & {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}:
        error = {"Code": "ThrottlingException", "Message": ""}
        return ClientError({**wrong.response, "Error": error}, wrong.operation_name)  # type: ignore[typeddict-item]
    return wrong


def _typed(values: Item) -> dict[str, Any]:
    return {name: TypeSerializer().serialize(value) for name, value in values.items()}


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(TypeDeserializer().deserialize(value)) for name, value in item.items() if name not in _KEY}


def _value(value: Any) -> Any:
    """Returns a value of DynamoDB as Python has it; the ledger has whole numbers only."""
    match value:
        case Decimal():
            return int(value)
        case Mapping():
            return {name: _value(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_value(inner) for inner in value]
        case _:
            return value
