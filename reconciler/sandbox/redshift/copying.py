"""COPY … FROM 's3://…' IAM_ROLE … FORMAT PARQUET as Redshift does it: by position, every object, all or nothing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.sandbox.redshift.shelf import NotReadable, RoleShelf

if TYPE_CHECKING:
    import pyarrow as pa

STATEMENT = re.compile(
    r"^\s*copy\s+(?P<table>[\w.]+)\s+from\s+'(?P<uri>s3://[^']+)'\s*(?P<rest>.*?);?\s*$", re.IGNORECASE | re.DOTALL
)
ROLE = re.compile(r"\biam_role\s+(?:'(?P<arn>[^']*)'|(?P<default>default))", re.IGNORECASE)
PARQUET = re.compile(r"\bformat\s+(?:as\s+)?parquet\b", re.IGNORECASE)
# The other options of a COPY from Parquet.
OTHERS = re.compile(r"\b(manifest|statupdate\s+(?:on|off)|fillrecord|acceptinvchars|explicit_ids)\b", re.IGNORECASE)
MANIFEST = re.compile(r"\bmanifest\b", re.IGNORECASE)
TAKEN = {
    "integer": ("int32",),
    "bigint": ("int64",),
    "double precision": ("double",),
    "boolean": ("bool",),
    "date": ("date32[day]",),
    "timestamp without time zone": ("timestamp[us]", "timestamp[ms]"),
    "timestamp with time zone": ("timestamp[us, tz=UTC]", "timestamp[ms, tz=UTC]"),
    "character varying": ("string",),
}


class CopyFailed(Exception):  # noqa: N818
    """The database's error; the message is Redshift's, or similar."""


@dataclass(frozen=True)
class Copy:
    table: str
    uri: str
    is_manifest: bool
    role: str
    """The ARN; empty for `default`."""


def read_copy(sql: str) -> Copy | None:
    """Returns the COPY that a statement is, or None. Raises `CopyFailed` if COPY from Parquet lacks an option."""
    match = STATEMENT.match(sql)
    if not match:
        return None
    role = ROLE.search(match["rest"])
    left = OTHERS.sub("", PARQUET.sub("", ROLE.sub("", match["rest"])))
    if not PARQUET.search(match["rest"]) or not role or left.strip():
        raise CopyFailed(f"COPY from Parquet takes an IAM_ROLE and no {left.strip()!r}")
    return Copy(match["table"], match["uri"], bool(MANIFEST.search(match["rest"])), role["arn"] or "")


def rows(shelf: RoleShelf, copy: Copy, types: list[str] | None) -> Iterator[bytes]:
    """Yields the objects as CSV. `types` are the table's, or None. Raises `CopyFailed` and `NotReadable`."""
    # They take a third of a second, and most sandboxes copy nothing.
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    for bucket, key, length in _objects(shelf, copy):
        body = shelf.read(bucket, key)
        if length is not None and length != len(body):
            raise CopyFailed(f"{key} has {len(body)} bytes, its manifest says {length}")
        table = pq.read_table(io.BytesIO(body), partitioning=None)
        _refuse_other_types(table.schema, types)
        for batch in table.to_batches(max_chunksize=20000):
            sink = io.BytesIO()
            pc.write_csv(batch, sink, pc.WriteOptions(include_header=False))
            yield sink.getvalue()


def _objects(shelf: RoleShelf, copy: Copy) -> list[tuple[str, str, int | None]]:
    bucket, key = _split(copy.uri)
    if copy.is_manifest:
        objects: list[tuple[str, str, int | None]] = []
        for entry in json.loads(shelf.read(bucket, key))["entries"]:
            # "mandatory": a missing file is an error; the default is false. Columnar files need their length [database
            # developer guide, "Using a manifest to specify data files"].
            place = _split(entry["url"])
            try:
                shelf.read(*place)
            except NotReadable:
                if entry.get("mandatory"):
                    raise
                continue
            objects.append((*place, int(entry["meta"]["content_length"])))
        return objects
    keys = shelf.keys(bucket, key)
    if not keys:
        raise CopyFailed(f"The specified S3 prefix '{key}' does not exist")
    return [(bucket, name, None) for name in keys]


def _split(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _refuse_other_types(schema: pa.Schema, types: list[str] | None) -> None:
    if types is None:
        return
    if len(types) != len(schema):
        raise CopyFailed(f"Unmatched number of columns between table and file: {len(types)} and {len(schema)}")
    for field, type in zip(schema, types, strict=True):
        is_number = type == "numeric" and str(field.type).startswith("decimal")
        if str(field.type) not in TAKEN.get(type, ()) and not is_number:
            raise CopyFailed(f"{field.name} has an incompatible Parquet schema: {field.type} for {type}")
