"""The work of one commit in DuckDB: from local raw files and the files of the log to one file of changes.

It reads the open rows of the keys that arrive. It reads closed rows only of keys with a row that belongs earlier. So
the length of the history does not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import duckdb

from reconciler.lambdas.connectwise.keys import SOURCE
from reconciler.lambdas.connectwise_transform import incoming as raw
from reconciler.lambdas.connectwise_transform.columns import Column, in_file, quoted
from reconciler.lambdas.connectwise_transform.incoming import RawTable
from reconciler.lambdas.connectwise_transform.log_files import LocalFile, Log, history, newest, open_rows, stored
from reconciler.lambdas.connectwise_transform.mapping import SourceColumns, TableMapping
from reconciler.lambdas.connectwise_transform.statement import COUNT_ABSENCES, KEY, OVERDUE, changes, with_content

TAKEN = f"SEMI JOIN taken USING ({KEY})"
COUNTS = ("insert", "update", "delete", "restore", "close", "retract")
# A dictionary of many values costs a third of the CPU of writing, and makes the file larger. A thread reads and writes
# whole row groups: with DuckDB's 122,880 rows most commits would have only one. Smaller ones make files larger.
PARQUET = "(FORMAT parquet, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 4096, ROW_GROUP_SIZE 61440)"


class Rows(Protocol):
    """The result of a statement."""

    def fetchall(self) -> list[Any]: ...

    def fetchone(self) -> tuple[Any, ...] | None: ...


class Connection(Protocol):
    """The engine of a commit. It runs the statements of this package, which are written for DuckDB.

    It must keep the tables and views that they create until it is closed. `connectwise_spark` has another engine.
    """

    def execute(self, query: str, /) -> Rows: ...

    def close(self) -> None: ...


class WrongRaw(ValueError):  # noqa: N818 - the name says what is wrong
    """A raw file cannot be used; the message says why, and repeats no content."""


@dataclass(frozen=True)
class Merged:
    """The counts of a commit. `rows`: how many rows its file has; `overdue`: how many keys had a late row."""

    rows: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    """By the names of `COUNTS`."""
    overdue: int = 0
    drifted: int = 0


def connect(folder: Path, *, memory_megabytes: int, threads: int) -> duckdb.DuckDBPyConnection:
    """Opens an empty database in memory that spills into the folder. It loads no extension from anywhere."""
    connection = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": f"{memory_megabytes}MB",
            "temp_directory": str(folder),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def raw_tables(connection: Connection, files: Mapping[str, Sequence[Path]], mapping: TableMapping) -> list[RawTable]:
    """Returns the raw files of each source table with their columns. Raises `WrongRaw`."""
    tables, first = [], 0
    for source in mapping.sources:
        paths = tuple(files.get(source.table, ()))
        if paths:
            types = {str(row[0]): str(row[1]) for row in connection.execute(raw.describe(paths)).fetchall()}
            _must_have_columns(source, types)
            tables.append(RawTable(source, paths, types, first))
        first += len(paths)
    return tables


def merge_files(
    connection: Connection, tables: Sequence[RawTable], log: Log, mapping: TableMapping, older: Sequence[TableMapping]
) -> Merged:
    """Computes the changes; `write_changes` writes them. Raises `WrongRaw` for rows of another tenant."""
    must_be_of(connection, tables, log.tenant)
    create(connection, "incoming", raw.incoming(tables, mapping))
    create(connection, "open_rows", open_rows(log, (), f"SEMI JOIN incoming USING ({KEY})"))
    create(connection, "overdue", OVERDUE)
    overdue = number(connection, "SELECT count(*) FROM overdue")
    needed = _older_needed(connection, overdue, older)
    if needed:
        create(connection, "incoming", raw.incoming(tables, mapping, needed))
    create_known(connection, log, overdue)
    merged = compute(connection, needed, overdue, sum(count_drifted(connection, it, mapping) for it in tables))
    create_contents(connection, log, mapping.columns, overdue)
    return merged


def compute(connection: Connection, older: Sequence[TableMapping], overdue: int = 0, drifted: int = 0) -> Merged:
    """Creates `changes` from `incoming` and `known`, and counts them."""
    find_changes(connection, "changes", older)
    return counted(connection, overdue, drifted)


def find_changes(connection: Connection, table: str, older: Sequence[TableMapping] = ()) -> None:
    """Creates a table with the changes that `incoming` makes to `known`."""
    has_absences = number(connection, COUNT_ABSENCES) > 0
    create(connection, table, changes([it.schema_version for it in older], has_absences=has_absences))


def counted(connection: Connection, overdue: int = 0, drifted: int = 0) -> Merged:
    """Counts what `changes` has."""
    counts = dict.fromkeys(COUNTS, 0)
    text = "SELECT _outcome, change_type, count(*) FROM changes GROUP BY ALL"
    for outcome, change, rows in connection.execute(text).fetchall():
        name = {"new": change.lower(), "closed": "close", "retracted": "retract"}.get(outcome)
        if name:
            counts[name] += rows
    return Merged(number(connection, "SELECT count(*) FROM changes"), counts, overdue, drifted)


def write_changes(connection: Connection, columns: Sequence[Column], tenant: str, commit: int, path: Path) -> None:
    """Writes the changes in the order of their keys, so that a retry gives the same bytes."""
    answer = with_content([column.name for column in columns])
    _write(connection, f"SELECT {in_file(columns, tenant, SOURCE, str(commit))} FROM ({answer})", path)


def longest_text(connection: Connection, columns: Sequence[Column], rows: str) -> int:
    """Returns the number of bytes of the longest text in the business columns of a table or statement."""
    sizes = [f'coalesce(max(strlen("{column.name}")), 0)' for column in columns if column.sql == "VARCHAR"]
    return number(connection, f"SELECT greatest(0, {', '.join(sizes)}) FROM {rows}") if sizes else 0


def write_base(connection: Connection, log: Log, columns: Sequence[Column], path: Path) -> int:
    """Writes every open row, and returns how many there are."""
    rows = open_rows(log, columns)
    _write(connection, f"SELECT {in_file(columns, log.tenant, SOURCE, 'commit_no')} FROM ({rows})", path)
    return count_rows(connection, path)


def write_compacted(
    connection: Connection, tenant: str, files: Sequence[LocalFile], columns: Sequence[Column], path: Path
) -> int:
    """Writes the newest row of each start that the files have, and returns how many there are.

    A retracted start stays, because a file that is not among these may still have it.
    """
    rows = newest(files, columns)
    _write(connection, f"SELECT {in_file(columns, tenant, SOURCE, 'commit_no')} FROM ({rows})", path)
    return count_rows(connection, path)


def create_known(connection: Connection, log: Log, overdue: int = 0) -> None:
    """Creates `known`: the open rows, and the closed rows of the keys that have a late row."""
    text = f"SELECT {stored()} FROM open_rows"
    if overdue:
        text += f" UNION ALL {_closed(log, (), 'overdue')}"
    create(connection, "known", text)


def create_contents(connection: Connection, log: Log, columns: Sequence[Column], overdue: int = 0) -> None:
    """Creates `contents`. It is a view: a commit reads business columns of the log only while it writes.

    It has the stored versions of the keys of which `changes` takes over one.
    """
    create_taken(connection)
    text = f"SELECT {stored(columns)} FROM ({open_rows(log, columns, TAKEN)})"
    if overdue:
        text += f" UNION ALL {_closed(log, columns, 'taken')}"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW contents AS {text}")


def create_taken(connection: Connection) -> None:
    """Creates `taken`: the keys with a change that has the content of a stored version."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW taken AS SELECT DISTINCT {KEY} FROM changes WHERE seq IS NULL")


def _closed(log: Log, columns: Sequence[Column], keys: str) -> str:
    rows = history(log.closed(), columns, f"SEMI JOIN {keys} USING ({KEY})")
    return f"SELECT {stored(columns)} FROM ({rows}) WHERE effective_to IS NOT NULL"


def _older_needed(connection: Connection, overdue: int, older: Sequence[TableMapping]) -> list[TableMapping]:
    """Returns the older schemas whose hashes this commit needs: of late rows, or of open rows not yet filled."""
    if overdue or not older:
        return list(older)
    versions = {row[0] for row in connection.execute("SELECT DISTINCT schema_version FROM open_rows").fetchall()}
    return [mapping for mapping in older if mapping.schema_version in versions]


def _must_have_columns(source: SourceColumns, types: Mapping[str, str]) -> None:
    missing = [name for name in (source.key, raw.SEEN, raw.TENANT) if name not in types]
    if missing:
        raise WrongRaw(f"the raw files of {source.table} lack {', '.join(missing)}")


def must_be_of(connection: Connection, tables: Sequence[RawTable], tenant: str) -> None:
    """Raises `WrongRaw` if a raw file has rows of another tenant."""
    for table in tables:
        owners = {row[0] for row in connection.execute(raw.tenants(table)).fetchall()}
        if owners - {tenant}:
            raise WrongRaw(f"the raw files of {table.source.table} have rows of another tenant")


def count_drifted(connection: Connection, table: RawTable, mapping: TableMapping) -> int:
    """Returns how many values of raw files do not fit the type of their column; they are null in it."""
    return number(connection, raw.drifted(table, mapping.columns))


def create(connection: Connection, name: str, text: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {text}")


def number(connection: Connection, text: str) -> int:
    """Returns the one whole number that a statement gives."""
    row = connection.execute(text).fetchone()
    return int(row[0]) if row else 0


def count_rows(connection: Connection, path: Path) -> int:
    return number(connection, f"SELECT count(*) FROM read_parquet({quoted(str(path))})")


def _write(connection: Connection, text: str, path: Path) -> None:
    ordered = f"{text} ORDER BY {KEY}, effective_from"
    connection.execute(f"COPY ({ordered}) TO {quoted(str(path))} {PARQUET}")
