"""Reads raw files as observations: the business columns of the mapping, the hash of the content, and the times.

Raw files are typed, but a type may have changed between two of them. A value that does not fit is null and counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.lambdas.connectwise_transform.columns import Column, quoted
from reconciler.lambdas.connectwise_transform.mapping import SourceColumns, TableMapping
from reconciler.lambdas.connectwise_transform.statement import ABSENT_HASH, KEY, old_hash

STAMP, SEEN, DELETED, TENANT = "_info__lastUpdated", "_seen_at", "_deleted", "_tenant_id"
PARTS = "chr(31)"  # between the columns of a hash
NULL = "chr(0)"
# A row's number: the place of its file among all of the commit, and its place in the file.
ROWS_OF_A_FILE = 1 << 32
_TZ = "TIMESTAMP WITH TIME ZONE"


@dataclass(frozen=True)
class RawTable:
    """The raw files of one source table, in the ledger's order, and DuckDB's types of their columns."""

    source: SourceColumns
    files: tuple[Path, ...]
    types: Mapping[str, str]
    first: int
    """The place of its first file among all of the commit."""


def describe(files: Sequence[Path]) -> str:
    """Returns the statement whose rows begin with name and type of each column that the files have together."""
    return f"DESCRIBE SELECT * FROM {_read(files)}"


def incoming(tables: Sequence[RawTable], mapping: TableMapping, older: Sequence[TableMapping] = ()) -> str:
    """Returns the statement that gives `incoming` (see `statement.merge`).

    A row without a key is skipped: ingest rejects such records. A record without a stamp has the time of the poll.
    """
    return "\nUNION ALL\n".join(_of_table(table, mapping, older) for table in tables)


def drifted(table: RawTable, columns: Sequence[Column]) -> str:
    """Returns the statement that counts values that do not fit their column, and rows of another tenant."""
    counted = []
    for column, source in zip(columns, table.source.sources, strict=True):
        if source is not None and source in table.types and not _fits(column, table.types[source]):
            raw, value = f'"{source}"', _value(column, source, table.types)
            counted.append(f"count(*) FILTER (WHERE {raw} IS NOT NULL AND {value} IS NULL)")
    return f"SELECT {' + '.join(counted) or '0'} FROM {_read(table.files)}"


def tenants(table: RawTable) -> str:
    """Returns the statement that gives every tenant whose rows the files have."""
    return f"SELECT DISTINCT {TENANT} FROM {_read(table.files)}"


def _of_table(table: RawTable, mapping: TableMapping, older: Sequence[TableMapping]) -> str:
    values = [
        f'{_value(column, source, table.types)} AS "{column.name}"'
        for column, source in zip(mapping.columns, table.source.sources, strict=True)
    ]
    hashes = [(old_hash(it.schema_version), _hash_of(table, it)) for it in older]
    kept = [f"{text} AS {name}" for name, text in hashes]
    stamp, poll = f'epoch_us("{STAMP}")' if STAMP in table.types else "NULL", f"epoch_us({SEEN})"
    names = ", ".join(f'CASE WHEN _gone THEN NULL ELSE "{it.name}" END AS "{it.name}"' for it in mapping.columns)
    hash = _hash([f'"{column.name}"' for column in mapping.columns], mapping.columns, table.source.sources)
    carried = "".join(f", CASE WHEN _gone THEN {ABSENT_HASH} ELSE {name} END AS {name}" for name, _ in hashes)
    absent = f"coalesce({DELETED}, FALSE)" if DELETED in table.types else "FALSE"
    return f"""SELECT {KEY}, {names}, CASE WHEN _gone THEN {ABSENT_HASH} ELSE {hash} END AS row_hash{carried},
  _gone AS is_deleted, CASE WHEN _gone THEN _seen ELSE coalesce(_at, _seen) END AS source_updated_at, _seen AS _seen_at,
  _seq,
  {mapping.schema_version} AS schema_version
FROM (SELECT CAST("{table.source.key}" AS BIGINT) AS {KEY}, {", ".join([*values, *kept])},
    {absent} AS _gone, {stamp} AS _at, {poll} AS _seen,
    ({table.first} + file_index) * {ROWS_OF_A_FILE} + file_row_number AS _seq
  FROM {_read(table.files)} WHERE "{table.source.key}" IS NOT NULL)"""


def _hash_of(table: RawTable, mapping: TableMapping) -> str:
    """Returns the hash under another schema, from the raw columns; null if the schema does not have the table."""
    source = next((it for it in mapping.sources if it.table == table.source.table), None)
    if source is None:
        return "CAST(NULL AS BIGINT)"
    values = [_value(column, name, table.types) for column, name in zip(mapping.columns, source.sources, strict=True)]
    return _hash(values, mapping.columns, source.sources)


def _hash(values: Sequence[str], columns: Sequence[Column], sources: Sequence[str | None]) -> str:
    """Returns the first 60 bits of SHA-256 over the columns as text. Texts have neither separator nor null mark.

    A column that has the stamp is left out: a touch, which changes the stamp alone, makes no version.
    """
    texts = []
    for value, column, source in zip(values, columns, sources, strict=True):
        if source == STAMP:
            continue
        text = value if column.sql == "VARCHAR" else f"CAST({value} AS VARCHAR)"
        if column.sql == "TIMESTAMP":
            text = f"CAST(epoch_us({value}) AS VARCHAR)"
        texts.append(f"coalesce({text}, {NULL})")
    return f"CAST('0x' || substr(sha256(concat_ws({PARTS}, {', '.join(texts or [NULL])})), 1, 15) AS BIGINT)"


def _value(column: Column, source: str | None, types: Mapping[str, str]) -> str:
    """Returns the value of a column in its type; null if no file has the source."""
    if source is None or source not in types:
        return f"CAST(NULL AS {column.sql})"
    raw, type = f'"{source}"', types[source]
    if column.sql == "VARCHAR":
        # The warehouse refuses 0x00; 0x1F parts the columns of a hash.
        return f"replace(replace({_text(raw, type)}, {NULL}, ''), {PARTS}, '')"
    if column.sql == "TIMESTAMP" and type == _TZ:
        return f"make_timestamp(epoch_us({raw}))"
    if type == _TZ:
        return f"TRY_CAST({_text(raw, type)} AS {column.sql})"
    return raw if type == column.sql else f"TRY_CAST({raw} AS {column.sql})"


def _text(raw: str, type: str) -> str:
    """Returns a value as text, equal for 7 and 7.00, and with `Z` for times."""
    if type == "VARCHAR":
        return raw
    if type == _TZ:
        return f"strftime(make_timestamp(epoch_us({raw})), '%Y-%m-%dT%H:%M:%S.%fZ')"
    if type.startswith("DECIMAL"):
        return (
            f"regexp_replace(CAST({raw} AS VARCHAR), '\\.?0+$', '')"
            if not type.endswith(",0)")
            else f"CAST({raw} AS VARCHAR)"
        )
    return f"CAST({raw} AS VARCHAR)"


def _fits(column: Column, type: str) -> bool:
    return type == column.sql or column.sql == "VARCHAR" or (column.sql == "TIMESTAMP" and type == _TZ)


def _read(files: Sequence[Path]) -> str:
    listed = ", ".join(quoted(str(path)) for path in files)
    return f"read_parquet([{listed}], union_by_name = true)"
