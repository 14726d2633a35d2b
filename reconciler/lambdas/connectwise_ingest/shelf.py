"""The tenant's part of the bucket: raw files, rejected records, files of id sweeps, and results."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError

from reconciler.lambdas.connectwise import keys
from reconciler.lambdas.connectwise.keys import Layer
from reconciler.lambdas.connectwise_ingest.failures import PairFailed
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime

_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
_STEP = timedelta(microseconds=1)


@dataclass(frozen=True)
class Shelf:
    """`client` is of S3, with the tenant's session."""

    client: Any
    calls: Calls
    bucket: str
    tenant: str

    def put_raw(self, table: str, rows: pa.Table, at: datetime) -> tuple[str, int]:
        """Writes a raw file under a key that no object has, and returns its key and size in bytes."""
        body = parquet(rows)
        return self._put_new(lambda stamp: keys.raw_key(self.tenant, table, stamp), body, at), len(body)

    def put_rejected(self, table: str, records: Sequence[Any], at: datetime) -> str:
        """Keeps what cannot be a row, as a JSON list, and returns its key."""
        return self._put_new(lambda stamp: keys.rejected_key(self.tenant, table, stamp), orjson.dumps(records), at)

    def put_result(self, run: str, table: str, result: dict[str, Any]) -> None:
        body = json.dumps(result).encode()
        self._put(keys.result_key(self.tenant, run, table), body, "run")

    def put_state(self, key: str, rows: pa.Table, layer: Layer = "state") -> None:
        """Writes a file of id sweeps, replacing one of the same key."""
        self._put(key, parquet(rows), layer)

    def read(self, key: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Returns columns of a Parquet file, or all of them."""
        body = self._call("s3:GetObject", lambda: self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        return pq.read_table(pa.BufferReader(body), columns=list(columns) if columns else None)

    def _put_new(self, key_at: Any, body: bytes, at: datetime) -> str:
        """Puts an object under the first free key from `at` on, a microsecond apart."""
        while True:
            key = str(key_at(at))
            if self._put(key, body, "raw", only_new=True):
                return key
            at += _STEP

    def _put(self, key: str, body: bytes, layer: Layer, *, only_new: bool = False) -> bool:
        """Puts an object. Returns False if only a new one was wanted and there is one."""
        condition = {"IfNoneMatch": "*"} if only_new else {}

        def attempt() -> bool:
            try:
                self.client.put_object(Bucket=self.bucket, Key=key, Body=body, Tagging=keys.tagging(layer), **condition)
            except ClientError as wrong:
                if only_new and wrong.response["Error"]["Code"] in _TAKEN:
                    return False
                raise
            return True

        return bool(self._call("s3:PutObject", attempt))

    def _call(self, operation: str, call: Any) -> Any:
        try:
            return self.calls.make(operation, call)
        except (CallFailed, OutOfTime) as wrong:
            raise PairFailed("AWS", str(wrong)) from wrong


def parquet(rows: pa.Table) -> bytes:
    """Returns the file's bytes. The same rows give the same bytes."""
    sink = io.BytesIO()
    pq.write_table(rows, sink, compression="zstd", compression_level=1)
    return sink.getvalue()
