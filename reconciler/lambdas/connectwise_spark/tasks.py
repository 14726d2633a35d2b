"""The work of one task of Spark: DuckDB reads a piece of a Parquet file, or rows become a Parquet file in memory.

DuckDB computes what depends on one row alone, so values, types and hashes are those of transform. Executors import this
module, so it imports neither Spark nor boto.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

SOURCE = "scanned"
"""The name of the file in the text of a scan."""
ROW, PLACE = "file_row_number", "file_index"
ROWS_OF_A_BATCH = 20_000


class Piece(NamedTuple):
    """Rows of one file: from `first` up to `until`. `place` is the place of the file among all."""

    place: int
    name: str
    first: int
    until: int


@dataclass(frozen=True)
class Scan:
    """A statement over one file. `columns` are those of all files together, `types` those of the result."""

    text: str
    columns: Mapping[str, str]
    types: Mapping[str, str]


def source_of(path: str, place: int, own: Mapping[str, str], columns: Mapping[str, str], only: str = "") -> str:
    """Returns the statement that reads one file as if it were read with the others: `own` are its columns' types."""
    parts = []
    for name, type in columns.items():
        if own.get(name) == type:
            parts.append(f'"{name}"')
        else:
            value = f'CAST("{name}" AS {type})' if name in own else f"CAST(NULL AS {type})"
            parts.append(f'{value} AS "{name}"')
    return f"SELECT {', '.join([*parts, ROW])}, {place} AS {PLACE} FROM read_parquet('{quoted(path)}'){only}"


def read_pieces(
    scan: Scan, pieces: Sequence[Piece], find: Callable[[str], str], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Yields the rows of pieces. Each row of `batches` has the number of one; `find` returns the path of a file."""
    for batch in batches:
        for number in batch.column(0).to_pylist():
            yield from _read(scan, find(pieces[number].name), pieces[number])


def _read(scan: Scan, path: str, piece: Piece) -> Iterator[pa.RecordBatch]:
    only = f" WHERE {ROW} >= {piece.first} AND {ROW} < {piece.until}"
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        own = described(connection, f"SELECT * FROM read_parquet('{quoted(path)}')")
        connection.execute(f"CREATE VIEW {SOURCE} AS {source_of(path, piece.place, own, scan.columns, only)}")
        cast = ", ".join(f'CAST("{name}" AS {type}) AS "{name}"' for name, type in scan.types.items())
        yield from connection.sql(f"SELECT {cast} FROM ({scan.text})").to_arrow_reader(ROWS_OF_A_BATCH)


def to_parquet(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yields one row with the bytes of a Parquet file that has all rows; nothing if there are none."""
    body, writer = BytesIO(), None
    for batch in batches:
        if batch.num_rows:
            writer = writer or pq.ParquetWriter(body, batch.schema, compression="zstd")
            writer.write_batch(batch)
    if writer:
        writer.close()
        yield pa.RecordBatch.from_arrays([pa.array([body.getvalue()], pa.binary())], ["body"])


def described(connection: duckdb.DuckDBPyConnection, text: str) -> dict[str, str]:
    """Returns the columns of a statement, with DuckDB's types."""
    return {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE {text}").fetchall()}


def quoted(path: str | Path) -> str:
    """Returns a path for a literal of SQL."""
    return str(path).replace("'", "''")
