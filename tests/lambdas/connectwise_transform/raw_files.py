"""Raw files as ingest writes them: typed columns, times with a zone, and the columns that ingest adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CONTENT = {"content": "VARCHAR"}


def write_raw(
    connection: Any, path: Path, rows: Sequence[Mapping[str, Any]], types: Mapping[str, str] = CONTENT, *, tenant: str
) -> None:
    """Writes rows with id, at, seen, gone and the columns of `types`. Times are microseconds; `at` may be None."""
    names = ["id", "_at", "_seen", "_deleted", *(f'"{name}"' for name in types)]
    values = []
    for row in rows:
        first = [literal(row[name]) for name in ("id", "at", "seen")]
        rest = [f"CAST({literal(row.get(name))} AS {type})" for name, type in types.items()]
        values.append(f"({', '.join([*first, literal(row.get('gone', False)), *rest])})")
    connection.execute(f"""COPY (SELECT * EXCLUDE (_at, _seen),
        make_timestamp(CAST(_at AS BIGINT))::TIMESTAMPTZ AS "_info__lastUpdated",
        make_timestamp(_seen)::TIMESTAMPTZ AS _seen_at, {literal(tenant)} AS _tenant_id,
        'connectwise' AS _source_system, row_number() OVER () AS _seq, CAST(NULL AS VARCHAR) AS _unknown
        FROM (VALUES {", ".join(values)}) AS t({", ".join(names)})) TO {literal(str(path))} (FORMAT parquet)""")


def literal(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool() | int():
            return str(value)
        case _:
            return "'" + str(value).replace("'", "''") + "'"
