"""The SQL of a load. Values are always parameters; names of tables and columns come from the lock, which checks them.

Delete and insert, not MERGE: Redshift's MERGE has no condition, and reports no counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.lambdas.connectwise_load.catalogue import RETRACTED, SCHEMA, Table

FIRST = (
    f"create schema if not exists {SCHEMA}",
    f"create table if not exists {SCHEMA}.schema_migrations (name varchar(128) not null, applied_at timestamp not null)"
    " diststyle all",
)
APPLIED = f"select name from {SCHEMA}.schema_migrations order by applied_at"  # noqa: S608
NOTE_APPLIED = f"insert into {SCHEMA}.schema_migrations (name, applied_at) values (%s, %s)"  # noqa: S608
COLUMNS = (
    "select table_name, column_name, data_type from information_schema.columns"  # noqa: S608
    f" where table_schema = '{SCHEMA}' order by table_name, ordinal_position"
)
ALONE = f"lock {SCHEMA}.load_lock"
SEEN = f"select staged, inserted, removed, files, tenants from {SCHEMA}.loads where load_id = %s and table_name = %s"  # noqa: S608
NOTE = (
    f"insert into {SCHEMA}.loads (load_id, table_name, staged, inserted, removed, files, tenants, loaded_at)"  # noqa: S608
    " values (%s, %s, %s, %s, %s, %s, %s, %s)"
)
WATERMARKS = f"select tenant_id, commit_no from {SCHEMA}.watermarks where table_name = %s"  # noqa: S608
FORGET = f"delete from {SCHEMA}.watermarks where table_name = %s and tenant_id in ({{marks}})"  # noqa: S608
WATERMARK = ("tenant_id", "table_name", "commit_no", "loaded_at")
COUNT_STAGED = "select tenant_id, count(*) from stage group by tenant_id"
KEY = ("tenant_id", "source_system", "source_id")
START = (*KEY, "effective_from")
DISCARD_LOADED = (
    f"delete from stage using {SCHEMA}.watermarks w"  # noqa: S608
    " where w.tenant_id = stage.tenant_id and w.table_name = %s and stage.commit_no <= w.commit_no"
)
"""Deletes staged rows of commits that the table has. A compacted file may have some."""
SUPERSEDED = (
    f"create temp table superseded as select {', '.join(START)}, max(commit_no) as newest from stage"  # noqa: S608
    f" group by {', '.join(START)} having count(*) > 1"
)


def fill_stage(table: Table, part: str, count: int) -> str:
    """Returns the INSERT of one part into the stage. Columns that its files lack are null."""
    names = ", ".join(table.staged(count))
    return f"insert into stage ({names}) select {names} from {part}"  # noqa: S608


def _same(names: Sequence[str], one: str, other: str) -> str:
    return " and ".join(f"{one}.{name} = {other}.{name}" for name in names)


DISCARD_SUPERSEDED = (
    f"delete from stage using superseded n where {_same(START, 'stage', 'n')} and stage.commit_no < n.newest"  # noqa: S608
)
"""Leaves the newest row of each start."""


def remove(table: Table) -> str:
    """Returns the DELETE of the rows that the staged ones replace."""
    return f"delete from {table.address} using stage n where {_same(START, table.address, 'n')}"  # noqa: S608


def insert(table: Table) -> str:
    names = list(table.kept)
    listed = ", ".join(f"n.{name}" for name in names)
    return f"insert into {table.address} ({', '.join(names)}) select {listed} from stage n where not n.{RETRACTED}"  # noqa: S608


INVARIANTS = ("one open row", "no gap and no overlap")
"""The rules that `broken` counts, in the order of its columns."""


def broken(table: Table) -> str:
    """Returns the query that counts versions of touched records that break each of `INVARIANTS`.

    A version ends where the next one starts, and the last one is open.
    """
    of_key = ", ".join(f"t.{name}" for name in KEY)
    touched = f"(select distinct {', '.join(KEY)} from stage) k"  # noqa: S608
    is_open, is_last = "ends is null", "next_start is null"
    return (
        f"select coalesce(sum(case when ({is_open} and not {is_last}) or ({is_last} and not {is_open})"  # noqa: S608
        " then 1 else 0 end), 0), coalesce(sum(case when ends <> next_start then 1 else 0 end), 0)"
        " from (select t.effective_to as ends,"
        f" lead(t.effective_from) over (partition by {of_key} order by t.effective_from) as next_start"
        f" from {table.address} t join {touched} on {_same(KEY, 'k', 't')}) chain"
    )
