"""Brings the database up to date, also one that holds the tables of the program that this one replaces.

That program has tables of the same names with fewer columns, and wall clocks of New York in them. A migration refuses
them. A take-over renames them to `…_replaced`, creates new ones, and copies their rows into staging as rows that
wait. The procedure for rows of old writers converts and merges them. It is one transaction, so it is done or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reconciler.lambdas.contact_calls import statements
from reconciler.lambdas.contact_calls.columns import NAMES
from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.shared import sql_files
from reconciler.lambdas.shared.sql_files import SqlFile

# The first 31 columns are those of the replaced program. It has these tables, but perhaps not all of them.
REPLACED_COLUMNS = NAMES[:31]
REPLACED = ("f_calls", "f_calls_staging", "dim_queues", "dim_users")
DIMENSIONS = {
    "dim_queues": ("queue_id", "queue_name", "last_modified"),
    "dim_users": ("user_id", "user_email", "user_name", "user_lastname", "last_modified"),
}
EXISTING = (
    "select table_name, column_name, character_maximum_length from information_schema.columns"
    " where table_schema = 'connect'"
)
MOVED_CONTACTS = (
    "select count(*) from connect.f_calls where contact_id in (select contact_id from connect.f_calls_replaced"
    " union select contact_id from connect.f_calls_staging_replaced)"
)
TABLE = re.compile(r"create table (?:if not exists )?connect\.(\w+) \(")
COLUMN = re.compile(r"^    (\w+) (?:varchar\((\d+)\))?", re.MULTILINE)
Widths = Mapping[str, int | None]
"""The names of a table's columns, with the widths of texts."""


@dataclass(frozen=True)
class Migrated:
    applied: tuple[str, ...]
    moved: Mapping[str, int] = field(default_factory=dict)
    """The rows of each table that was taken over, and `contacts`: the calls that they are."""


def migrate(connection: Any, at: datetime) -> Migrated:
    """Applies the files that are not applied yet, each in a transaction."""
    cursor = connection.cursor()
    for text in statements.FIRST:
        cursor.execute(text)
    if foreign := _foreign(_existing(cursor)):
        listed = ", ".join(f"connect.{name}" for name in foreign)
        raise LoadFailed(
            f"{listed}: of another program, nothing was changed. Rename them, or move their rows with"
            ' {"migrate": {"takeOver": true}}'
        )
    applied = []
    for file in _missing(cursor):
        _apply(cursor, file, at)
        connection.commit()
        applied.append(file.name)
    connection.commit()
    return Migrated(tuple(applied))


def take_over(connection: Any, at: datetime) -> Migrated:
    """Applies all files and moves the rows of the replaced program's tables in one transaction."""
    cursor = connection.cursor()
    for text in statements.FIRST:
        cursor.execute(text)
    existing = _existing(cursor)
    foreign = _foreign(existing)
    if taken := [f"connect.{name}_replaced" for name in foreign if f"{name}_replaced" in existing]:
        raise LoadFailed(f"{', '.join(taken)}: in the way of an earlier take-over; rename or drop it")
    for name in foreign:
        cursor.execute(f"alter table connect.{name} rename to {name}_replaced")
    _forget(cursor, foreign)
    files = _missing(cursor)
    for file in files:
        _apply(cursor, file, at)
    for name in foreign:
        _move(cursor, name, existing[name])
    cursor.execute(statements.MERGE_WAITING)
    # All renamed tables count: if the answer of a commit is lost, the next try finds everything moved.
    replaced = [name for name in REPLACED if name in foreign or f"{name}_replaced" in existing]
    moved = {name: _count(cursor, f"select count(*) from connect.{name}_replaced") for name in replaced}  # noqa: S608
    if "f_calls" in replaced:
        moved["contacts"] = _count(cursor, MOVED_CONTACTS)
    connection.commit()
    return Migrated(tuple(file.name for file in files), moved)


def _existing(cursor: Any) -> dict[str, dict[str, int | None]]:
    tables: dict[str, dict[str, int | None]] = {}
    cursor.execute(EXISTING)
    for table, column, width in cursor.fetchall():
        tables.setdefault(table, {})[column] = width
    return tables


def _foreign(existing: Mapping[str, Widths]) -> list[str]:
    """Returns the tables of another program. Where f_calls is another program's, its other tables are as well."""
    first = next(file for file in statements.shipped() if file.name == "0001_tables")
    wanted = {}
    for text in first.texts:
        if match := TABLE.match(text):
            wanted[match[1]] = _columns(text)
    foreign = [name for name in REPLACED if name in existing and not _holds(existing[name], wanted[name])]
    if "f_calls" in foreign:
        return [name for name in REPLACED if name in existing]
    return foreign


def _columns(text: str) -> dict[str, int | None]:
    return {name: int(width) if width else None for name, width in COLUMN.findall(text)}


def _holds(existing: Widths, wanted: Widths) -> bool:
    """Returns whether every wanted column exists, and is as wide as it should be."""
    return all(name in existing and (existing[name] or 0) >= (width or 0) for name, width in wanted.items())


def _missing(cursor: Any) -> list[SqlFile]:
    return sql_files.missing(cursor, statements.shipped(), statements.APPLIED)


def _apply(cursor: Any, file: SqlFile, at: datetime) -> None:
    for text in file.texts:
        cursor.execute(text)
    cursor.execute(statements.NOTE_APPLIED, (file.version, at))


def _forget(cursor: Any, tables: Iterable[str]) -> None:
    """Forgets files that create or change one of the tables. An earlier release noted them over foreign tables."""
    for file in statements.shipped():
        named = re.findall(r"table (?:if not exists )?connect\.(\w+)", "\n".join(file.texts))
        if not file.is_replacing and set(named) & set(tables):
            cursor.execute(statements.FORGET_APPLIED, (file.name,))


def _count(cursor: Any, text: str) -> int:
    cursor.execute(text)
    return int(cursor.fetchone()[0])


def _move(cursor: Any, table: str, existing: Widths) -> None:
    """Copies the rows of a renamed table; of a doubled dimension the newest row."""
    if table in DIMENSIONS:
        names = ", ".join(name for name in DIMENSIONS[table] if name in existing)
        newest = f"row_number() over (partition by {DIMENSIONS[table][0]} order by last_modified desc nulls last)"
        cursor.execute(
            f"insert into connect.{table} ({names}) select {names} from"  # noqa: S608
            f" (select {names}, {newest} as place from connect.{table}_replaced) placed where place = 1"
        )
    else:
        names = ", ".join(name for name in REPLACED_COLUMNS if name in existing)
        at = "inserted_at" if "inserted_at" in existing else "null"
        cursor.execute(
            f"insert into connect.f_calls_staging ({names}, ingested_at) select {names}, {at}"  # noqa: S608
            f" from connect.{table}_replaced"
        )
