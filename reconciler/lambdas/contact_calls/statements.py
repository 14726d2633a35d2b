"""The SQL for Redshift. Values are always parameters. COPY takes none, so its names are checked."""

from __future__ import annotations

from reconciler.lambdas.contact_calls.columns import NAMES, OF_THE_LOAD
from reconciler.lambdas.shared import sql_files
from reconciler.lambdas.shared.sql_files import SqlFile

STAGED = (*OF_THE_LOAD, *NAMES)
LOADED = ("staged", "inserted", "updated", "unchanged", "late")
SEEN = f"select {', '.join(LOADED)} from connect.f_calls_loads where load_id = %s"  # noqa: S608 - constant names
# Each load takes this lock first: two loads at a time would not see each other's contacts. LOCK keeps readers out, too
# [Redshift: "causes reads and writes on the table to wait"], so it takes a table that no report reads.
ALONE = "lock connect.load_lock"
MERGE = "call connect.insert_new_f_calls(%s, %s, %s, %s, %s, %s)"
MERGE_DIMENSIONS = "call connect.merge_dimensions(%s)"
MERGE_WAITING = "call connect.insert_new_f_calls()"
# The table of the shipped files that were applied.
FIRST = (
    "create schema if not exists connect",
    "create table if not exists connect.schema_migrations (name varchar(128) not null, applied_at timestamp not null)"
    " diststyle all",
)
APPLIED = "select name from connect.schema_migrations order by applied_at"
FORGET_APPLIED = "delete from connect.schema_migrations where name = %s"
NOTE_APPLIED = "insert into connect.schema_migrations (name, applied_at) values (%s, %s)"
DIMENSION = ("load_id", "dimension", "id", "name", "last_modified")


def copy(uri: str, role: str) -> str:
    """Returns the COPY into staging. Raises ValueError for characters that are not safe in a literal."""
    return sql_files.copy("connect.f_calls_staging", uri, role)


def shipped() -> tuple[SqlFile, ...]:
    """Returns the shipped .sql files: those that change tables in their order, then the others."""
    return sql_files.shipped("reconciler.lambdas.contact_calls")
