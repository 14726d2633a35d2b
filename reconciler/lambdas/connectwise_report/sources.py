"""Reads what a run left: lanes, results of pairs, the result of the load, and the items of the ledger."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from reconciler.lambdas.connectwise.failures import Failed
from reconciler.lambdas.connectwise.keys import lanes_key, result_key
from reconciler.lambdas.connectwise.ledger import Item, Ledger, canonical_name
from reconciler.lambdas.shared.calls import CallFailed, Calls

T = TypeVar("T")
R = TypeVar("R")
ABSENT = frozenset({"NoSuchKey", "404"})
FIRST, LAST = "canonical/", "canonical0"  # 0 follows /
WORKERS = 16


class ReportFailed(Failed):
    """The bucket, the ledger or the event: no report can be made."""


@dataclass(frozen=True)
class Sources:
    """The places that a report reads. `s3` and `dynamodb` are clients with the function's own role."""

    s3: Any
    dynamodb: Any
    calls: Calls
    bucket: str
    table: str

    def lanes(self, run: str) -> list[dict[str, Any]]:
        """Returns the pairs of a run. Raises `ReportFailed` if there is no such run."""
        lanes = self.json(lanes_key(run))
        if lanes is None:
            raise ReportFailed(f"there is no run {run}: {lanes_key(run)} is missing")
        return [dict(pair) for lane in lanes for pair in lane["pairs"]]

    def result(self, run: str, pair: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Returns what a pair left, or None if its function was ended before."""
        result: Mapping[str, Any] | None = self.json(result_key(pair["tenant_id"], run, pair["table_name"]))
        return result

    def load(self, run: str) -> Mapping[str, Any] | None:
        """Returns the result of the load, or None if it left none."""
        result: Mapping[str, Any] | None = self.json(f"loads/{run}/result.json")
        return result

    def ledger(self, tenant: str) -> Ledger:
        return Ledger(self.dynamodb, self.calls, self.table, tenant)

    def canonical(self, tenant: str) -> dict[str, Item]:
        """Returns the items of a tenant's canonical tables, by table."""
        prefix = canonical_name("")
        return {name.removeprefix(prefix): item for name, item in self.ledger(tenant).items(FIRST, LAST)}

    def put(self, key: str, content: Any) -> None:
        body = json.dumps(content, indent=1).encode()
        self._call("s3:PutObject", key, lambda: self.s3.put_object(Bucket=self.bucket, Key=key, Body=body))

    def json(self, key: str) -> Any:
        """Returns an object as JSON, or None if there is none. Raises `ReportFailed`."""
        body = self._call("s3:GetObject", key, lambda: self._body(key))
        try:
            return None if body is None else json.loads(body)
        except ValueError as wrong:
            raise ReportFailed(f"{key} is not JSON") from wrong

    def _body(self, key: str) -> bytes | None:
        try:
            body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as wrong:
            if wrong.response["Error"]["Code"] in ABSENT:
                return None
            raise
        return body

    def _call(self, operation: str, key: str, call: Callable[[], T]) -> T:
        try:
            return self.calls.make(operation, call)
        except CallFailed as wrong:
            raise ReportFailed(f"{key}: {wrong}") from wrong


def together(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Returns the results of work on items, several at a time and in their order."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, items))
