"""Commits that read raw files again: after a change of the mapping, and to rebuild the history.

A change of the mapping makes no versions. Open rows are filled from the newest raw record of their key. The hash under
the row's own schema proves that this is the record. Closed rows keep what they had.

A rebuild computes the whole history from all raw files at once. Its commit has the difference to the old history, in
one file of changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.lambdas.connectwise_transform import incoming as raw
from reconciler.lambdas.connectwise_transform.incoming import RawTable
from reconciler.lambdas.connectwise_transform.log_files import LocalFile, Log, history, open_rows, stored
from reconciler.lambdas.connectwise_transform.mapping import TableMapping
from reconciler.lambdas.connectwise_transform.merging import (
    TAKEN,
    Connection,
    Merged,
    compute,
    count_drifted,
    counted,
    create,
    create_contents,
    create_known,
    create_taken,
    find_changes,
    must_be_of,
    number,
)
from reconciler.lambdas.connectwise_transform.statement import KEY, META, old_hash


def fill_files(
    connection: Connection, tables: Sequence[RawTable], log: Log, mapping: TableMapping, older: Sequence[TableMapping]
) -> Merged:
    """Computes the open rows that raw files fill; `merging.write_changes` writes them."""
    must_be_of(connection, tables, log.tenant)
    create(connection, "incoming", raw.incoming(tables, mapping, older))
    create(connection, "open_rows", open_rows(log, (), f"SEMI JOIN incoming USING ({KEY})"))
    is_same = " OR ".join(
        f"(o.schema_version = {it.schema_version} AND o.row_hash = i.{old_hash(it.schema_version)})" for it in older
    )
    create(
        connection,
        "incoming",
        f"""SELECT i.* FROM incoming AS i INNER JOIN open_rows AS o ON o.{KEY} = i.{KEY}
        WHERE NOT i.is_deleted AND NOT o.is_deleted AND ({is_same}) QUALIFY row_number() OVER (
          PARTITION BY i.{KEY} ORDER BY i.source_updated_at DESC, i._seen_at DESC, i._seq DESC) = 1""",
    )
    create_known(connection, log)
    merged = compute(connection, older)
    create_contents(connection, log, mapping.columns)
    return merged


def count_unfilled(connection: Connection, log: Log, mapping: TableMapping) -> int:
    """Returns how many open rows have an older schema than the mapping's."""
    rows = open_rows(log, mapping.columns)
    version = mapping.schema_version
    return number(
        connection,
        f"SELECT count(*) FROM ({rows}) WHERE NOT is_deleted AND schema_version <> {version}",
    )


def rebuild_files(
    connection: Connection, tables: Sequence[RawTable], tenant: str, old: Sequence[LocalFile], mapping: TableMapping
) -> Merged:
    """Computes the difference between the history of all raw files and that of the log's files."""
    must_be_of(connection, tables, tenant)
    create(connection, "incoming", raw.incoming(tables, mapping))
    create(connection, "known", f"SELECT {stored()} FROM ({history((), ())})")
    find_changes(connection, "rebuilt")
    create(connection, "stored", f"SELECT {stored()} FROM ({history(old, ())})")
    create(connection, "changes", _difference())
    create_taken(connection)
    rows = history(old, mapping.columns, TAKEN)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW contents AS SELECT {stored(mapping.columns)} FROM ({rows})")
    return counted(connection, drifted=sum(count_drifted(connection, it, mapping) for it in tables))


def _difference() -> str:
    """Returns the statement that compares `rebuilt` with `stored`, in the form of `changes`."""
    differs = " OR ".join(f"r.{name} IS DISTINCT FROM s.{name}" for name in META)
    version, old = (", ".join(f"{alias}.{name}" for name in META) for alias in "rs")
    on = f"s.{KEY} = r.{KEY} AND s.effective_from = r.effective_from"
    return f"""
SELECT r.{KEY}, {version}, r.seq, r.stored_from, FALSE AS retracted, CASE WHEN s.{KEY} IS NULL THEN 'new'
    WHEN s.effective_to IS NULL AND r.effective_to IS NOT NULL THEN 'closed' ELSE 'amended' END AS _outcome
FROM rebuilt AS r LEFT JOIN stored AS s ON {on} WHERE s.{KEY} IS NULL OR {differs}
UNION ALL
SELECT s.{KEY}, {old}, NULL, s.effective_from, TRUE, 'retracted'
FROM stored AS s LEFT JOIN rebuilt AS r ON {on} WHERE r.{KEY} IS NULL"""
