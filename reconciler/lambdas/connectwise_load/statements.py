"""The SQL of a load. Values are always parameters; names of tables and columns come from the lock, which checks them.

Delete and insert, not MERGE: Redshift's MERGE has no condition, and reports no counts.
"""

from __future__ import annotations

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
COUNT_NEWEST = "select count(*) from newest"
COUNT_STAGED = "select tenant_id, count(*) from stage group by tenant_id"
KEY = "tenant_id, source_system, source_id"


def fill_stage(table: Table, part: str, count: int) -> str:
    """Returns the INSERT of one part into the stage. Columns that its files lack are null."""
    names = ", ".join(table.staged(count))
    return f"insert into stage ({names}) select {names} from {part}"  # noqa: S608


def newest(table: Table) -> str:
    """Returns the statement that keeps the newest row of each start above the tenant's watermark."""
    return (
        "create temp table newest as select * from ("  # noqa: S608
        " select s.*, row_number() over ("
        "partition by s.tenant_id, s.source_system, s.source_id, s.effective_from order by s.commit_no desc) as place"
        f" from stage s left join {SCHEMA}.watermarks w on w.tenant_id = s.tenant_id and w.table_name = '{table.name}'"
        " where s.commit_no > coalesce(w.commit_no, 0)) ranked where place = 1"
    )


def remove(table: Table) -> str:
    """Returns the DELETE of the rows that the newest ones replace."""
    matches = " and ".join(
        f"{table.address}.{name} = n.{name}" for name in ("tenant_id", "source_system", "source_id", "effective_from")
    )
    return f"delete from {table.address} using newest n where {matches}"  # noqa: S608


def insert(table: Table) -> str:
    names = list(table.kept)
    listed = ", ".join(f"n.{name}" for name in names)
    return f"insert into {table.address} ({', '.join(names)}) select {listed} from newest n where not n.{RETRACTED}"  # noqa: S608


def invariants(table: Table) -> dict[str, str]:
    """Returns queries that count broken keys among those that were touched; each must give 0."""
    touched = f"select distinct {KEY} from newest"  # noqa: S608
    joined = " and ".join(f"k.{name} = t.{name}" for name in ("tenant_id", "source_system", "source_id"))
    rows = f"{table.address} t join ({touched}) k on {joined}"
    of_key = "t.tenant_id, t.source_system, t.source_id"
    chain = f"over (partition by {of_key} order by t.effective_from)"
    return {
        "one open row": (
            f"select count(*) from (select {of_key} from {rows} group by {of_key}"  # noqa: S608
            " having sum(case when t.effective_to is null then 1 else 0 end) <> 1) broken"
        ),
        "no gap and no overlap": (
            "select count(*) from (select t.effective_from,"  # noqa: S608
            f" lag(t.effective_to) {chain} as ended, row_number() {chain} as place from {rows}) chain"
            " where place > 1 and (ended is null or ended <> effective_from)"
        ),
    }
