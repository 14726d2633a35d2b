"""The state in DynamoDB: a watermark, and an item for each window.

Every contact that ended before the watermark is loaded. The watermark only moves forward, by conditional writes after
commits. So the next run catches up after a failed or missing run. Two runs at a time do no harm. Items hold times,
counts and ids of contacts, and no content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from reconciler.lambdas.contact_calls.failures import LedgerFailed
from reconciler.lambdas.contact_calls.windows import Window
from reconciler.lambdas.shared.calls import CallFailed, Calls

STATE = "state"
WINDOW, QUARANTINE = "window#", "quarantine#"
REASON_LENGTH = 500


@dataclass(frozen=True)
class State:
    watermark: datetime | None = None
    paused: str = ""
    quarantined: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Noted:
    """The record of a window."""

    start: datetime
    status: str
    reason: str = ""


@dataclass(frozen=True)
class Ledger:
    """The state. `pipeline` separates several of them in one table, whose keys are the texts `pipeline` and `item`."""

    client: Any
    calls: Calls
    table: str
    pipeline: str

    def state(self) -> State:
        item = self._call("GetItem", Key=self._key(STATE), ConsistentRead=True).get("Item", {})
        watermark = item.get("watermark", {}).get("S")
        return State(
            datetime.fromisoformat(watermark) if watermark else None,
            item.get("paused", {}).get("S", ""),
            frozenset(item.get("quarantined", {}).get("SS", ())),
        )

    def begin(self, at: datetime) -> datetime:
        """Writes the first watermark, and returns the one that is there."""
        self.advance(at)
        return self.state().watermark or at

    def advance(self, to: datetime) -> bool:
        """Moves the watermark forward. Returns False if it is already there."""
        try:
            self._call(
                "UpdateItem",
                Key=self._key(STATE),
                UpdateExpression="SET watermark = :to",
                ConditionExpression="attribute_not_exists(watermark) OR watermark < :to",
                ExpressionAttributeValues={":to": {"S": spelled(to)}},
            )
        except _Unmet:
            return False
        return True

    def pause(self, reason: str) -> None:
        """Sets the reason of a pause; an empty one resumes."""
        set_it = {
            "UpdateExpression": "SET paused = :reason",
            "ExpressionAttributeValues": {":reason": {"S": reason[:REASON_LENGTH]}},
        }
        self._call("UpdateItem", Key=self._key(STATE), **(set_it if reason else {"UpdateExpression": "REMOVE paused"}))

    def quarantine(self, contact: str, reason: str, at: datetime, ended: datetime | None = None) -> None:
        """Skips a contact from now on; an item keeps the reason."""
        values = {":reason": {"S": reason[:REASON_LENGTH]}, ":at": {"S": spelled(at)}}
        expression = "SET reason = :reason, noted_at = :at"
        if ended:
            expression, values[":ended"] = f"{expression}, ended_at = :ended", {"S": spelled(ended)}
        self._call(
            "UpdateItem",
            Key=self._key(f"{QUARANTINE}{contact}"),
            UpdateExpression=expression,
            ExpressionAttributeValues=values,
        )
        self._change_quarantine("ADD", [contact])

    def release(self, contacts: Iterable[str]) -> None:
        """Skips contacts no longer. Their items stay as a record."""
        self._change_quarantine("DELETE", contacts)

    def _change_quarantine(self, verb: str, contacts: Iterable[str]) -> None:
        self._call(
            "UpdateItem",
            Key=self._key(STATE),
            UpdateExpression=f"{verb} quarantined :contacts",
            ExpressionAttributeValues={":contacts": {"SS": sorted(set(contacts))}},
        )

    def held(self) -> dict[str, dict[str, str]]:
        """Returns reason and times of every contact that was ever in quarantine, by id."""
        items = self._items(QUARANTINE, f"{QUARANTINE}\U0010ffff")
        names = {"reason": "reason", "noted_at": "at", "ended_at": "ended"}
        return {
            item["item"]["S"].removeprefix(QUARANTINE): {
                key: item[name]["S"] for name, key in names.items() if name in item
            }
            for item in items
        }

    def undescribed_attempts(self, window: Window) -> int:
        """Returns how many runs of a window failed because of descriptions, if none has succeeded."""
        key = self._key(f"{WINDOW}{spelled(window.start)}")
        item = self._call("GetItem", Key=key, ConsistentRead=True).get("Item", {})
        return int(item.get("undescribed", {}).get("N", 0)) if item.get("status", {}).get("S") == "failed" else 0

    def note(
        self, window: Window, status: str, counts: Mapping[str, int], reason: str = "", at: datetime | None = None
    ) -> None:
        """Records a window. A window that is done stays done, whatever a later replay does."""
        values: dict[str, Any] = {
            ":status": {"S": status},
            ":label": {"S": window.label},
            ":until": {"S": spelled(window.end)},
            ":reason": {"S": reason[:REASON_LENGTH]},
            ":at": {"S": spelled(at or datetime.now(UTC))},
            ":counts": {"M": {name: {"N": str(count)} for name, count in counts.items()}},
        }
        counters = "attempts :one, undescribed :one" if reason.startswith("DescribeFailed") else "attempts :one"
        condition = {} if status == "done" else {"ConditionExpression": "attribute_not_exists(#s) OR #s <> :done"}
        try:
            self._call(
                "UpdateItem",
                Key=self._key(f"{WINDOW}{spelled(window.start)}"),
                UpdateExpression="SET #s = :status, label = :label, #u = :until, reason = :reason, noted_at = :at, "
                f"counts = :counts ADD {counters}",
                ExpressionAttributeNames={"#s": "status", "#u": "until"},
                ExpressionAttributeValues=values
                | {":one": {"N": "1"}}
                | ({":done": {"S": "done"}} if condition else {}),
                **condition,
            )
        except _Unmet:
            return

    def noted(self, start: datetime | None, end: datetime) -> Iterator[Noted]:
        """Yields the records of windows that begin within [start, end), in order; None: from the first."""
        for item in self._items(f"{WINDOW}{spelled(start)}" if start else WINDOW, f"{WINDOW}{spelled(end)}"):
            begins = datetime.fromisoformat(item["item"]["S"].removeprefix(WINDOW))
            if begins < end:
                yield Noted(begins, item["status"]["S"], item.get("reason", {}).get("S", ""))

    def _items(self, first: str, last: str) -> Iterator[Mapping[str, Any]]:
        following: dict[str, Any] = {}
        while True:
            page = self._call(
                "Query",
                KeyConditionExpression="pipeline = :pipeline AND #i BETWEEN :first AND :last",
                ExpressionAttributeNames={"#i": "item"},
                ExpressionAttributeValues={
                    ":pipeline": {"S": self.pipeline},
                    ":first": {"S": first},
                    ":last": {"S": last},
                },
                ConsistentRead=True,
                **following,
            )
            yield from page["Items"]
            if not page.get("LastEvaluatedKey"):
                return
            following = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _key(self, item: str) -> dict[str, Any]:
        return {"pipeline": {"S": self.pipeline}, "item": {"S": item}}

    def _call(self, operation: str, **params: Any) -> Any:
        method = {"GetItem": "get_item", "UpdateItem": "update_item", "Query": "query"}[operation]

        def attempt() -> Any:
            try:
                return getattr(self.client, method)(TableName=self.table, **params)
            except ClientError as wrong:
                if wrong.response["Error"]["Code"] == "ConditionalCheckFailedException":
                    raise _Unmet from wrong
                raise

        try:
            return self.calls.make(f"dynamodb:{operation}", attempt)
        except CallFailed as wrong:
            raise LedgerFailed(f"the ledger does not answer: {wrong}") from wrong


class _Unmet(Exception):  # noqa: N818
    """The condition of a write does not hold."""


def spelled(instant: datetime) -> str:
    """Returns a text of fixed length, so that texts sort like times."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
