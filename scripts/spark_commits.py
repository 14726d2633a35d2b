"""Proves that commits of the Spark job have the rows that commits of transform have: python scripts/spark_commits.py

Two logs get the same work, one by each engine: changes, absences, old versions, types that change between raw files,
new columns, fills, a compaction and a rebuild. `make spark-tests` runs this where Spark is. Exits with 1 if the rows of
a file differ.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from reconciler.lambdas.connectwise_spark.engine import SparkConnection
from reconciler.lambdas.connectwise_spark.job import SETTINGS as NEEDED
from reconciler.lambdas.connectwise_transform.commit import Done
from reconciler.lambdas.connectwise_transform.merging import connect
from scripts.spark_equal import session
from scripts.spark_work import EngineLog, works


def main() -> int:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = session(NEEDED)

    def with_duckdb(folder: Path) -> duckdb.DuckDBPyConnection:
        return connect(folder, memory_megabytes=500, threads=1)

    def with_spark(folder: Path) -> SparkConnection:
        return SparkConnection(spark, with_duckdb(folder), folder)

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        logs = EngineLog(place / "duckdb", with_duckdb), EngineLog(place / "spark", with_spark)
        faults = [fault for name, results in works(place, logs) for fault in _compared(name, results)]
    spark.stop()
    print("\n".join(faults) or "The commits of both engines have the same rows.")
    return 1 if faults else 0


def _compared(name: str, results: Sequence[Done]) -> Iterator[str]:
    digests = [[(upload.key, digest(upload.path)) for upload in done.uploads] for done in results]
    print(f"{name}: {results[0].merged.rows} rows, digests {[it for _, it in digests[0]]}", flush=True)
    if digests[0] != digests[1]:
        yield f"{name}: the rows differ, or their order"
    if results[0].merged != results[1].merged:
        yield f"{name}: the counts differ: {results[0].merged} and {results[1].merged}"


def digest(path: Path) -> str:
    """Returns 16 hex digits of the rows of a file, in their order."""
    rows = duckdb.sql(f"FROM read_parquet('{path}')").fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
