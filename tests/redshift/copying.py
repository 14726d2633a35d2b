"""COPY … FROM 's3://…' IAM_ROLE … FORMAT PARQUET as Redshift does it: by position, every object, all or nothing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

STATEMENT = re.compile(
    r"^\s*copy\s+(?P<table>[\w.]+)\s+from\s+'(?P<uri>s3://[^']+)'\s*(?P<rest>.*?);?\s*$", re.IGNORECASE | re.DOTALL
)
ROLE = re.compile(r"\biam_role\s+'([^']*)'", re.IGNORECASE)
PARQUET = re.compile(r"\bformat\s+(?:as\s+)?parquet\b", re.IGNORECASE)
# The other options of a COPY from Parquet.
OTHERS = re.compile(r"\b(manifest|statupdate\s+(?:on|off)|fillrecord|acceptinvchars|explicit_ids)\b", re.IGNORECASE)
TAKEN = {
    "integer": (pa.int32(),),
    "bigint": (pa.int64(),),
    "double precision": (pa.float64(),),
    "boolean": (pa.bool_(),),
    "date": (pa.date32(),),
    "timestamp without time zone": (pa.timestamp("us"), pa.timestamp("ms")),
    "character varying": (pa.string(),),
}


class CopyFailed(Exception):  # noqa: N818
    """The database's error; the message is Redshift's, or similar."""


@dataclass(frozen=True)
class Copy:
    table: str
    uri: str
    is_manifest: bool
    role: str


def read_copy(sql: str) -> Copy | None:
    """The COPY that a statement is, or None. Raises `CopyFailed` where it says what COPY from Parquet may not."""
    match = STATEMENT.match(sql)
    if not match:
        return None
    role = ROLE.search(match["rest"])
    left = OTHERS.sub("", PARQUET.sub("", ROLE.sub("", match["rest"])))
    if not PARQUET.search(match["rest"]) or not role or left.strip():
        raise CopyFailed(f"COPY from Parquet takes an IAM_ROLE and no {left.strip()!r}")
    return Copy(match["table"], match["uri"], bool(re.search(r"\bmanifest\b", match["rest"], re.IGNORECASE)), role[1])


def rows(s3: Any, copy: Copy, types: list[str] | None) -> Iterator[bytes]:
    """The objects as CSV; `types` are the table's, where they are known."""
    for bucket, key, length in _objects(s3, copy):
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        if length is not None and length != len(body):
            raise CopyFailed(f"{key} has {len(body)} bytes, its manifest says {length}")
        table = pq.read_table(io.BytesIO(body), partitioning=None)
        _refuse_other_types(table.schema, types)
        for batch in table.to_batches(max_chunksize=20000):
            sink = io.BytesIO()
            pc.write_csv(batch, sink, pc.WriteOptions(include_header=False))
            yield sink.getvalue()


def _objects(s3: Any, copy: Copy) -> list[tuple[str, str, int | None]]:
    bucket, key = _split(copy.uri)
    if copy.is_manifest:
        entries = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())["entries"]
        # Columnar files need their length in a manifest [documented].
        return [(*_split(each["url"]), int(each["meta"]["content_length"])) for each in entries]
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
    found = [(bucket, each["Key"], None) for page in pages for each in page.get("Contents", ())]
    if not found:
        raise CopyFailed(f"The specified S3 prefix '{key}' does not exist")
    return found


def _split(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _refuse_other_types(schema: pa.Schema, types: list[str] | None) -> None:
    if types is None:
        return
    if len(types) != len(schema):
        raise CopyFailed(f"Unmatched number of columns between table and file: {len(types)} and {len(schema)}")
    for field, type in zip(schema, types, strict=True):
        is_number = type == "numeric" and pa.types.is_decimal(field.type)
        if field.type not in TAKEN.get(type, ()) and not is_number:
            raise CopyFailed(f"{field.name} has an incompatible Parquet schema: {field.type} for {type}")
