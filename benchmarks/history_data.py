"""Invents a history of records by construction: raw files, and the versions that they must give.

history.parquet   N records, one observation each
batch.parquet     0.3 N rows: 10 % new records, 55 % changes, 5 % second changes, 10 % touches, 10 % repetitions,
                  10 % old versions that are seen late
small.parquet     1,000 changes
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

TEXTS, NUMBERS, DECIMALS, FLAGS = 12, 4, 3, 2
TYPES = (
    ("text",) * TEXTS + ("bigint",) * NUMBERS + ("decimal(18,4)",) * DECIMALS + ("boolean",) * FLAGS + ("timestamp",)
)
NAMES = tuple(f"c{number:02}" for number in range(len(TYPES)))
TENANT = "harbor-dental"
# Ingest writes a raw file when it has so many rows. Here they are a part of a file, which DuckDB reads alike.
ROWS_A_FILE = 20_480
_FIRST, _CHANGED, _SMALL = "2025-06-01", "2026-02-01", "2026-08-01"


def write_raw(connection: Any, folder: Path, count: int) -> None:
    """Writes the three raw files for so many records."""
    size = Sizes(count)
    _write(connection, folder / "history.parquet", _first(count), "2026-01-01")
    rows = [
        *_new(size),
        f"SELECT range * 3 + 1, 0, {_stamp(_CHANGED, 'range')} FROM range({size.touched})",
        f"SELECT range * 3 + 2, 0, {_stamp(_FIRST, 'range * 3 + 2')} FROM range({size.repeated})",
    ]
    _write(connection, folder / "batch.parquet", " UNION ALL ".join(rows), "2026-06-01")
    small = f"SELECT range * {count // 1000}, 7, {_stamp(_SMALL, 'range')} FROM range(1000)"
    _write(connection, folder / "small.parquet", small, "2026-09-01")


def expected(count: int) -> str:
    """Returns the statement of the versions after history and batch: id, bump, effective_from, effective_to."""
    rows = " UNION ALL ".join([_first(count), *_new(Sizes(count))])
    following = "lead(stamp) OVER (PARTITION BY id ORDER BY stamp)"
    return f"""SELECT id, bump, stamp AS effective_from, {following} AS effective_to
        FROM ({rows}) AS t(id, bump, stamp)"""


class Sizes:
    """The numbers of rows of each sort in a batch for so many records."""

    def __init__(self, count: int) -> None:
        batch = count * 3 // 10
        self.count, self.added, self.changed = count, batch // 10, batch * 55 // 100
        self.twice, self.touched, self.repeated, self.old = batch // 20, batch // 10, batch // 10, batch // 10


def _first(count: int) -> str:
    return f"SELECT range, 0, {_stamp(_FIRST, 'range')} FROM range({count})"


def _new(size: Sizes) -> list[str]:
    """Returns the rows that give versions: new records, changes, second changes, and old versions seen late."""
    return [
        f"SELECT {size.count} + range, 0, {_stamp(_CHANGED, 'range')} FROM range({size.added})",
        f"SELECT range * 3, 1, {_stamp(_CHANGED, 'range')} FROM range({size.changed})",
        f"SELECT range * 3, 2, {_stamp(_CHANGED, 'range + 600')} FROM range({size.twice})",
        f"SELECT {size.count} - 1 - range, 9, {_stamp('2025-01-01', 'range')} FROM range({size.old})",
    ]


def columns(id: str = "id", bump: str = "bump") -> str:
    """Returns the business columns as functions of the record and the number of its change."""
    value = f"({id} + {bump} * 7919)"
    parts = [f"'text ' || (({value} * {number * 7 + 3}) % {1000 * (number + 1)})" for number in range(TEXTS)]
    parts += [f"CAST(({value} * {number * 11 + 5}) % 100000 AS BIGINT)" for number in range(NUMBERS)]
    parts += [f"CAST((({value}) * {number + 3} % 10000) / 100 AS DECIMAL(18,4))" for number in range(DECIMALS)]
    parts += [f"({value} % {number + 2} = 0)" for number in range(FLAGS)]
    parts += [f"TIMESTAMP '2020-01-01' + to_seconds({value} % 1000000)"]
    return ", ".join(f"{part} AS {name}" for part, name in zip(parts, NAMES, strict=True))


def _stamp(day: str, seconds: str) -> str:
    return f"TIMESTAMP '{day}' + to_seconds(({seconds}) % 3000000)"


def _write(connection: Any, path: Path, rows: str, poll: str) -> None:
    connection.execute(f"""COPY (SELECT id, {columns()}, stamp::TIMESTAMPTZ AS "_info__lastUpdated", '{{}}' AS unmapped,
        '{TENANT}' AS _tenant_id, 'connectwise' AS _source_system, TIMESTAMPTZ '{poll}' AS _seen_at,
        row_number() OVER () AS _seq, FALSE AS _deleted, CAST(NULL AS VARCHAR) AS _unknown
        FROM ({rows}) AS t(id, bump, stamp))
        TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_A_FILE})""")
