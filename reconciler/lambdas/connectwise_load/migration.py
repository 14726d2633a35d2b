"""Brings the warehouse up to date: bookkeeping, tables, columns, views, and the schemas of tenants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.lambdas.connectwise.tenants import Tenant
from reconciler.lambdas.connectwise_load import statements, views
from reconciler.lambdas.connectwise_load.catalogue import SCHEMA, Table, reported_type
from reconciler.lambdas.connectwise_load.failures import LoadFailed
from reconciler.lambdas.connectwise_load.histories import Histories
from reconciler.lambdas.shared import sql_files

PACKAGE = "reconciler.lambdas.connectwise_load"
Live = Mapping[str, Mapping[str, str]]
"""The types of columns, by table and column."""


@dataclass(frozen=True)
class Migrated:
    applied: tuple[str, ...]
    granted: int = 0
    revoked: int = 0


def migrate(
    connection: Any, tables: Mapping[str, Table], tenants: Sequence[Tenant], histories: Histories, at: datetime
) -> Migrated:
    """Applies what is missing, each in a transaction. Raises `LoadFailed` for a column that has another type."""
    cursor = connection.cursor()
    for text in statements.FIRST:
        cursor.execute(text)
    applied = []
    for file in sql_files.missing(cursor, sql_files.shipped(PACKAGE), statements.APPLIED):
        for text in file.texts:
            cursor.execute(text)
        _note(connection, file.version, at)
        applied.append(file.name)
    live = read_live(cursor)
    for table in tables.values():
        applied += _brought_up(connection, table, live, at, has_versions=histories.has_versions(table.name))
    connection.commit()
    granted, revoked = _open_to_readers(connection, tables, tenants, histories)
    connection.commit()
    return Migrated(tuple(applied), granted, revoked)


def refuse_outdated(cursor: Any, tables: Mapping[str, Table]) -> None:
    """Raises `LoadFailed` while a file, a table or a column is missing."""
    live = read_live(cursor)
    if "schema_migrations" not in live:
        raise LoadFailed(_missing("everything"))
    absent = [file.name for file in sql_files.missing(cursor, sql_files.shipped(PACKAGE), statements.APPLIED)]
    for table in tables.values():
        if table.name not in live:
            absent.append(table.name)
            continue
        absent += [f"{table.name}.{name}" for name in table.kept if name not in live[table.name]]
    if absent:
        raise LoadFailed(_missing(", ".join(absent)))


def read_live(cursor: Any) -> Live:
    tables: dict[str, dict[str, str]] = {}
    cursor.execute(statements.COLUMNS)
    for table, column, type in cursor.fetchall():
        tables.setdefault(table, {})[column] = type
    return tables


def _missing(what: str) -> str:
    return f'the warehouse is outdated, it lacks {what}: send {{"migrate": true}}'


def _brought_up(connection: Any, table: Table, live: Live, at: datetime, *, has_versions: bool) -> list[str]:
    """Creates a table, or adds its columns, and replaces its views if columns were added. Returns what it did."""
    cursor, known = connection.cursor(), live.get(table.name)
    if known is None:
        cursor.execute(table.create())
        done = [table.name]
    else:
        for name, type in table.kept.items():
            if name in known and known[name] != reported_type(type):
                raise LoadFailed(f"{table.address}.{name} is {known[name]}, and columns.lock.json says {type}")
        added = [name for name in table.kept if name not in known]
        for name in added:
            cursor.execute(table.add(name))
        done = [f"{table.name}.{name}" for name in added]
    if not has_versions and views.history_view(table) in live:
        cursor.execute(views.drop_view(SCHEMA, views.history_view(table)))
    for name, query in views.views(table, has_versions=has_versions).items():
        if done or name not in live:
            for text in views.create_view(SCHEMA, name, query):
                cursor.execute(text)
            done.append(name)
    for name in done:
        cursor.execute(statements.NOTE_APPLIED, (name, at))
    connection.commit()
    return done


def _note(connection: Any, version: str, at: datetime) -> None:
    connection.cursor().execute(statements.NOTE_APPLIED, (version, at))
    connection.commit()


def _open_to_readers(
    connection: Any, tables: Mapping[str, Table], tenants: Sequence[Tenant], histories: Histories
) -> tuple[int, int]:
    """Gives each tenant's readers its views, and takes them from everyone else. Returns both counts."""
    for first, second in views.same_schema(tenant.id for tenant in tenants):
        raise LoadFailed(f"the tenants {first} and {second} would share the schema {views.schema_of(first)}")
    cursor = connection.cursor()
    cursor.execute(views.EXISTING)
    existing = {(schema, name): int(count) for schema, name, count in cursor.fetchall()}
    cursor.execute(views.DEFINITIONS)
    have_versions = {(schema, name): views.selects_versions(text) for schema, name, text in cursor.fetchall()}
    cursor.execute(views.USERS)
    users = {str(name) for (name,) in cursor.fetchall()}
    granted = revoked = 0
    for tenant in tenants:
        schema = views.schema_of(tenant.id)
        if tenant.readers or any(known == schema for known, _ in existing):
            cursor.execute(f"create schema if not exists {schema}")
            for table in tables.values():
                has_versions = histories.has_versions(table.name, tenant.id)
                # A view has all columns of its table, and version_id.
                is_fresh = existing.get((schema, table.name)) == len(table.kept) + 1
                if not is_fresh or have_versions.get((schema, table.name)) != has_versions:
                    _make_view(cursor, table, tenant, has_versions=has_versions)
            for reader in tenant.readers:
                _let_in(cursor, schema, reader, users)
                granted += 1
            revoked += _shut_out(cursor, schema, tenant.readers)
        connection.commit()
    return granted, revoked


def _make_view(cursor: Any, table: Table, tenant: Tenant, *, has_versions: bool) -> None:
    schema = views.schema_of(tenant.id)
    query = views.tenant_view(table, tenant.id, has_versions=has_versions)
    for text in views.create_view(schema, table.name, query):
        cursor.execute(text)


def _let_in(cursor: Any, schema: str, reader: str, users: set[str]) -> None:
    if not views.READER.fullmatch(reader):
        raise LoadFailed(
            f"a reader of {schema} is not the name of a database user; it must match {views.READER.pattern}"
        )
    if reader not in users:
        cursor.execute(views.create_user(reader))
        users.add(reader)
    for text in views.grants(schema, reader):
        cursor.execute(text)


def _shut_out(cursor: Any, schema: str, readers: Sequence[str]) -> int:
    """Takes the views from users who are readers no longer."""
    cursor.execute(views.ENTERING, (schema,))
    former = [str(name) for (name,) in cursor.fetchall() if name not in readers]
    former = [name for name in former if views.READER.fullmatch(name)]
    for name in former:
        for text in views.revokes(schema, name):
            cursor.execute(text)
    return len(former)
