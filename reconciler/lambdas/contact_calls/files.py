"""Writes rows as Parquet with a fixed schema, in staging's order, and raw records as JSON lines.

COPY maps columns by position and takes exact types, so a column of nulls has its type too.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from reconciler.lambdas.contact_calls.columns import COLUMNS
from reconciler.lambdas.contact_calls.transform import Row

NUMERIC = re.compile(r"numeric\((\d+),(\d+)\)")


def parquet(rows: Sequence[Row], load_id: str, source: str, at: datetime) -> bytes:
    """Returns the Parquet file. `at` is UTC without an offset, as all times in rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema()
    of_the_load = [[value] * len(rows) for value in (load_id, source, at)]
    columns = [*of_the_load, *zip(*rows, strict=True)] if rows else [[] for _ in schema]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays, schema=schema), sink, compression="snappy")
    return sink.getvalue()


@cache
def _schema() -> Any:
    import pyarrow as pa

    types = {"integer": pa.int32(), "timestamp": pa.timestamp("us")}
    first = [
        pa.field("load_id", pa.string()),
        pa.field("source", pa.string()),
        pa.field("ingested_at", types["timestamp"]),
    ]
    rest = []
    for column in COLUMNS:
        number = NUMERIC.fullmatch(column.type)
        type = pa.decimal128(int(number[1]), int(number[2])) if number else types.get(column.type, pa.string())
        rest.append(pa.field(column.name, type))
    return pa.schema([*first, *rest])


def manifest(uri: str, size: int) -> bytes:
    """Returns a manifest of exactly one file; Parquet needs its length."""
    return json.dumps({"entries": [{"url": uri, "mandatory": True, "meta": {"content_length": size}}]}).encode()


def json_lines(records: Iterable[Mapping[str, Any]]) -> bytes:
    """Returns compressed JSON lines; equal records give equal bytes. ASCII also takes the half characters of JSON."""
    lines = (json.dumps(record, default=_spelled, separators=(",", ":")) for record in records)
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def _spelled(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else repr(value)
