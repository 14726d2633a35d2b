"""Reads the files of the log in the form of the statement: all rows, the newest of each start, or the open ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.lambdas.connectwise_transform.columns import Column, in_statement, quoted
from reconciler.lambdas.connectwise_transform.statement import KEY, META

NEWEST = f"QUALIFY row_number() OVER (PARTITION BY {KEY}, effective_from ORDER BY commit_no DESC) = 1"


@dataclass(frozen=True)
class LocalFile:
    """A file of the log on this disk, with its number of business columns."""

    path: Path
    columns: int


@dataclass(frozen=True)
class Log:
    """The files of the log. `closed` fetches all of them, and is called only if a row arrived late."""

    tenant: str
    base: LocalFile | None
    tail: Sequence[LocalFile]
    closed: Callable[[], Sequence[LocalFile]]


def read_files(files: Sequence[LocalFile], columns: Sequence[Column], only: str = "") -> str:
    """Returns the statement that gives the rows of files in the form of the statement. `only` is a semi join."""
    groups: dict[int, list[str]] = {}
    for file in files:
        groups.setdefault(file.columns, []).append(quoted(str(file.path)))
    return "\nUNION ALL\n".join(
        f"SELECT {in_statement(columns, stored)} FROM read_parquet([{', '.join(paths)}]) {only}"
        for stored, paths in sorted(groups.items())
    )


def newest(files: Sequence[LocalFile], columns: Sequence[Column], only: str = "") -> str:
    """Returns the statement that gives the newest row of each start, retracted ones too."""
    rows = read_files(files, columns, only)
    return f"SELECT * FROM ({rows}) {NEWEST}" if len(files) > 1 else rows


def history(files: Sequence[LocalFile], columns: Sequence[Column], only: str = "") -> str:
    """Returns the statement that gives every version, as readers of the history see it."""
    if not files:
        return _nothing(columns)
    return f"SELECT * FROM ({newest(files, columns, only)}) WHERE NOT retracted"


def open_rows(log: Log, columns: Sequence[Column], only: str = "") -> str:
    """Returns the statement that gives the open rows: of the base those that the tail does not replace."""
    parts = []
    if log.base is not None:
        rows = f"SELECT * FROM ({read_files([log.base], columns, only)})"
        replaced = f" ANTI JOIN ({_starts(log.tail)}) USING ({KEY}, effective_from)" if log.tail else ""
        parts.append(f"{rows}{replaced} WHERE {_IS_OPEN}")
    if log.tail:
        parts.append(f"SELECT * FROM ({newest(log.tail, columns, only)}) WHERE {_IS_OPEN}")
    return "\nUNION ALL\n".join(parts) or _nothing(columns)


def stored(columns: Sequence[Column] = ()) -> str:
    """Returns the select list of a stored version: the columns of `known`, or with business columns of `contents`."""
    return ", ".join((KEY, *(f'"{column.name}"' for column in columns), *META))


_IS_OPEN = "effective_to IS NULL AND NOT retracted"
_META_TYPES = ("BIGINT", "BIGINT", "VARCHAR", "BOOLEAN", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "BIGINT")


def _nothing(columns: Sequence[Column]) -> str:
    """Returns a statement without rows, whose columns have the types of a file."""
    names = [f'CAST(NULL AS {column.sql}) AS "{column.name}"' for column in columns]
    after = zip((*META, "retracted", "commit_no"), (*_META_TYPES, "BOOLEAN", "BIGINT"), strict=True)
    names += [f"CAST(NULL AS {type}) AS {name}" for name, type in after]
    return f"SELECT {KEY}, {', '.join(names)} FROM (SELECT CAST(NULL AS BIGINT) AS {KEY}) WHERE FALSE"


def _starts(files: Sequence[LocalFile]) -> str:
    paths = ", ".join(quoted(str(file.path)) for file in files)
    return f"SELECT {KEY}, epoch_us(effective_from) AS effective_from FROM read_parquet([{paths}])"
