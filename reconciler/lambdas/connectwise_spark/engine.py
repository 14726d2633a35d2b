"""Runs the statements of transform in Spark: in place of DuckDB's connection, with the same texts.

The driver has the files of a commit on its disk, and gives them to the executors. So executors have no session of a
tenant. Statements over files alone, such as counts, stay with DuckDB on the driver. The last step of a commit, one
sorted file, is DuckDB's as well: it needs one writer, and the bytes are those that transform writes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
from pyspark import SparkFiles
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from reconciler.lambdas.connectwise_spark import rewriting, tasks
from reconciler.lambdas.connectwise_spark.rewriting import FileScan
from reconciler.lambdas.connectwise_spark.tasks import SOURCE, Piece, Scan, described, quoted, source_of

ROWS_OF_A_PIECE = 1_000_000
_COPY = re.compile(
    r"COPY \(SELECT (?P<list>.*?) FROM \((?P<rows>.*)\) (?P<order>ORDER BY [^()]*)\) TO (?P<to>'.*)", re.DOTALL
)
_SPARK_TYPES = {
    **{"BIGINT": "bigint", "BOOLEAN": "boolean", "VARCHAR": "string"},
    **{"TIMESTAMP": "timestamp_ntz", "TIMESTAMP WITH TIME ZONE": "timestamp"},
}
_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT"})
_numbers = count()  # names of views and files, of this process


class SparkRows:
    """The result of a statement."""

    def __init__(self, rows: Sequence[tuple[Any, ...]] = ()) -> None:
        self._rows = list(rows)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._rows

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows[0] if self._rows else None


class SparkConnection:
    """One commit's tables and views. `local` is DuckDB on the driver, `folder` takes its files."""

    def __init__(self, spark: SparkSession, local: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._spark, self._local, self._folder = spark, local, folder
        self._kept: list[DataFrame] = []
        self._shared: dict[str, str] = {}

    def execute(self, text: str) -> Any:
        """Runs one statement, written for DuckDB. The result has `fetchall` and `fetchone`."""
        if text.startswith("COPY "):
            self._write(text)
            return SparkRows()
        tree = rewriting.parsed(text)
        if isinstance(tree, exp.Create):
            frame = self._frame(tree.expression)
            if str(tree.args["kind"]).upper() == "TABLE":
                frame = frame.persist()
                self._kept.append(frame)
            frame.createOrReplaceTempView(tree.this.name)
            return SparkRows()
        if not rewriting.reads_tables(tree):
            return self._local.execute(text)
        return SparkRows([tuple(row) for row in self._frame(tree).collect()])

    def close(self) -> None:
        """Frees the tables of the commit."""
        for frame in self._kept:
            frame.unpersist()
        self._local.close()

    def _frame(self, tree: exp.Expr) -> DataFrame:
        translated = rewriting.translate(tree, self._columns, lambda: f"scan_{next(_numbers)}")
        for scan in translated.scans:
            self._scanned(scan).createOrReplaceTempView(scan.view)
        return self._spark.sql(translated.text)

    def _columns(self, table: str) -> Sequence[str]:
        columns: Sequence[str] = self._spark.table(table).columns
        return columns

    def _scanned(self, scan: FileScan) -> DataFrame:
        """Returns the rows of a scan, in a task for each piece of a file."""
        listed = ", ".join(f"'{quoted(path)}'" for path in scan.files)
        columns = described(self._local, f"SELECT * FROM read_parquet([{listed}], union_by_name = true)")
        own = described(self._local, f"SELECT * FROM read_parquet('{quoted(scan.files[0])}')")
        self._local.execute(f"CREATE OR REPLACE TEMP VIEW {SOURCE} AS {source_of(scan.files[0], 0, own, columns)}")
        types = {name: _common(type) for name, type in described(self._local, scan.text).items()}
        schema = ", ".join(f"`{name}` {_spark_type(type)}" for name, type in types.items())
        pieces = list(self._pieces(scan.files))
        read = partial(tasks.read_pieces, Scan(scan.text, columns, types), pieces, SparkFiles.get)
        # A number for each piece, in a partition of its own.
        return self._spark.range(0, len(pieces), 1, len(pieces)).mapInArrow(read, schema)

    def _pieces(self, files: Sequence[str]) -> Iterator[Piece]:
        for place, path in enumerate(files):
            row = self._local.execute(f"SELECT num_rows FROM parquet_file_metadata('{quoted(path)}')").fetchone()
            rows = int(row[0]) if row else 0
            for first in range(0, max(rows, 1), ROWS_OF_A_PIECE):
                yield Piece(place, self._share(path), first, first + ROWS_OF_A_PIECE)

    def _share(self, path: str) -> str:
        """Gives a file to the executors, once, and returns its name there."""
        if path not in self._shared:
            # Spark refuses a second file of the same name, and names repeat from commit to commit.
            name = f"{next(_numbers)}.parquet"
            shared = self._folder / name
            try:
                shared.hardlink_to(path)
            except OSError:
                shutil.copyfile(path, shared)
            self._spark.sparkContext.addFile(str(shared))
            self._shared[path] = name
        return self._shared[path]

    def _write(self, text: str) -> None:
        """Writes one sorted file: Spark computes the rows, and DuckDB on this machine sorts and writes them."""
        match = _COPY.fullmatch(text)
        if match is None:
            raise ValueError("a COPY of another form than merging writes")
        parts = Path(self._folder) / f"parts-{next(_numbers)}"
        parts.mkdir()
        frame = self._frame(rewriting.parsed(match["rows"]))
        for part in frame.mapInArrow(tasks.to_parquet, "body binary").toLocalIterator():
            (parts / f"{next(_numbers)}.parquet").write_bytes(part.body)
        rows = f"SELECT * FROM read_parquet('{quoted(parts)}/*.parquet')"
        if not any(parts.iterdir()):
            rows = f"SELECT {', '.join(f'NULL AS {name}' for name in frame.columns)} WHERE FALSE"
        self._local.execute(f"COPY (SELECT {match['list']} FROM ({rows}) {match['order']}) TO {match['to']}")
        shutil.rmtree(parts)


def _common(type: str) -> str:
    """Returns the type that both engines have: whole numbers are BIGINT."""
    return "BIGINT" if type in _WHOLE else type


def _spark_type(type: str) -> str:
    if type.startswith("DECIMAL("):
        return type.lower()
    if type not in _SPARK_TYPES:
        raise ValueError(f"the type {type} has no counterpart in Spark")
    return _SPARK_TYPES[type]
