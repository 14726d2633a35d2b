"""Reads the rows of a canonical table of a connectwise pipeline, from the change files in its bucket.

The reading rule: of each (source_id, effective_from), the row with the highest commit_no counts, unless it is
retracted. It holds for a plain listing of the folder, also while compacted files and their inputs both exist.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.documents.hints import brief, did_you_mean, listed
from reconciler.errors import CallError, UsageError
from reconciler.kinds.services import S3
from reconciler.lambdas.connectwise.keys import canonical_key, stamp_of
from reconciler.lambdas.connectwise_transform.columns import AFTER, BEFORE
from reconciler.pipelines.connectwise import Stores, chosen_tenant, read_tenants
from reconciler.pipelines.reading import PipelineError
from reconciler.port import AwsPort

WORKERS = 16
RETRACTED = "retracted"
BATCH = 1000  # rows that are in memory at a time
_FILES = "SELECT * FROM read_parquet(?, union_by_name = true)"  # a file of an older mapping lacks columns
_NEWEST = "QUALIFY row_number() OVER (PARTITION BY source_id, effective_from ORDER BY commit_no DESC) = 1"
_CURRENT = "AND effective_to IS NULL AND NOT is_deleted"
_ORDER = "ORDER BY source_id, effective_from"


@dataclass(frozen=True)
class CanonicalTable:
    """A canonical table of a tenant. `keys`: the change files, the newest first."""

    tenant: str
    table: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class RowBatch:
    """Some rows. Values are those of Python; times are in UTC without a zone."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


class DuckDbMissingError(PipelineError):
    """DuckDB, which reads the files, is not installed."""


def find_table(aws: AwsPort, stores: Stores, tenant: str, table: str) -> CanonicalTable:
    """Returns the table with its files; without any if it has no rows yet.

    Raises `UsageError` for an unknown tenant or table, with near matches.
    """
    folder = _folder(tenant, table)
    keys = [str(item["Key"]) for item in _listed(aws, stores.bucket, folder, "Contents")]
    files = sorted((key for key in keys if key.endswith(".parquet")), key=stamp_of, reverse=True)
    if not files:
        _must_exist(aws, stores, tenant, table)
    return CanonicalTable(tenant, table, tuple(files))


def read_rows(aws: AwsPort, bucket: str, table: CanonicalTable, *, has_history: bool) -> Iterator[RowBatch]:
    """Yields the rows in the order of source_id and effective_from: all versions, or the current ones.

    The files are kept in a private folder until the last row. A deleted record has no current row. Raises
    `DuckDbMissingError`, and `PipelineError` if a file has gone since it was listed.
    """
    duckdb = _import_duckdb()
    if not table.keys:
        return
    with tempfile.TemporaryDirectory(prefix="reconcile-rows-") as name:
        paths = _fetch(aws, bucket, table.keys, Path(name))
        connection = duckdb.connect(config={"temp_directory": name})
        try:
            files = [[str(path) for path in paths]]
            columns = _columns(connection, files)
            names = ", ".join(_quoted(name) for name in columns)
            only = "" if has_history else _CURRENT
            statement = f"SELECT {names} FROM ({_FILES} {_NEWEST}) WHERE NOT retracted {only} {_ORDER}"  # noqa: S608
            result = connection.execute(statement, files)
            while rows := result.fetchmany(BATCH):
                yield RowBatch(columns, rows)
        finally:
            connection.close()


def _folder(tenant: str, table: str) -> str:
    """Returns the folder of the change files, which ends with a slash."""
    return canonical_key(tenant, table, stamp_of("2000-01-01T000000Z.parquet")).rpartition("/")[0] + "/"


def _listed(aws: AwsPort, bucket: str, prefix: str, items: str) -> Iterator[dict[str, Any]]:
    """Yields the objects of a folder, or its folders, and nothing below them."""
    params = {"Bucket": bucket, "Prefix": prefix, "Delimiter": "/"}
    for page in aws.pages(S3.name, "ListObjectsV2", items, params):
        yield from page


def _must_exist(aws: AwsPort, stores: Stores, tenant: str, table: str) -> None:
    """Raises `UsageError` if no tenant has the name, or the tenant has other tables only."""
    chosen_tenant(read_tenants(aws, stores.tenants), tenant)
    above = _folder(tenant, table).removesuffix(f"{table}/")
    prefixes = [str(item["Prefix"]) for item in _listed(aws, stores.bucket, above, "CommonPrefixes")]
    tables = [prefix.removeprefix(above).removesuffix("/") for prefix in prefixes]
    if tables and table not in tables:
        hint = did_you_mean(table, tables) or f"; there is {listed(tables)}"
        raise UsageError(f"tenant {brief(tenant)} has no canonical table {brief(table)}{hint}")


def _fetch(aws: AwsPort, bucket: str, keys: Sequence[str], folder: Path) -> list[Path]:
    """Writes the objects into the folder, and returns their paths in the order of the keys."""

    def fetch(place: int) -> Path:
        path = folder / f"{place:06}.parquet"
        try:
            body = aws.read(S3.name, "GetObject", {"Bucket": bucket, "Key": keys[place]})["Body"]
        except CallError as wrong:
            if not wrong.is_gone:
                raise
            raise PipelineError(f"{keys[place]} has gone since it was listed; run the command again") from None
        path.write_bytes(body)
        return path

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(fetch, range(len(keys))))


def _columns(connection: Any, files: list[list[str]]) -> tuple[str, ...]:
    """Returns the columns of the rows. Those of a mapping stand together, also if an older file lacks the last ones."""
    described = connection.execute(f"DESCRIBE {_FILES}", files).fetchall()
    names = [str(row[0]) for row in described]
    business = [name for name in names if name not in BEFORE and name not in AFTER]
    return (*BEFORE, *business, *(name for name in AFTER if name in names and name != RETRACTED))


def _quoted(name: str) -> str:
    """Returns a name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def _import_duckdb() -> Any:
    """Returns the module. Raises `DuckDbMissingError` with the command that installs it."""
    try:
        import duckdb
    except ImportError:
        message = (
            "rows are read with DuckDB, which is not installed; run in a clone of reconcile: pip install '.[rows]'"
        )
        raise DuckDbMissingError(message) from None
    return duckdb
