"""Proves that the statement of histories gives the same rows under Spark as under DuckDB: python scripts/spark_equal.py

sqlglot translates the one text. `make spark-tests` runs this in an environment of its own, because Spark has 460 MB. It
needs Java 17. Exits with 1 if a digest differs.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from pyspark.sql import SparkSession

from reconciler.lambdas.connectwise_transform.statement import merge

COUNT = 20_000
KNOWN = f"""SELECT range AS source_id, 'v' || (range % 97) AS content, 1000 + range % 5 AS effective_from,
  CAST(NULL AS BIGINT) AS effective_to, 'INSERT' AS change_type, FALSE AS is_deleted,
  1000 + range % 5 AS source_updated_at, 1000 + range % 5 AS confirmed_at, CAST(2000 AS BIGINT) AS first_seen_at,
  CAST(range % 97 AS BIGINT) AS row_hash, CAST(CASE WHEN range % 2 = 0 THEN 7 ELSE 8 END AS BIGINT) AS schema_version
FROM range({COUNT})"""
# New records, changes, absences, second changes, old versions, touches and repetitions.
INCOMING = f"""SELECT source_id, CASE WHEN gone THEN NULL ELSE 'v' || number END AS content,
  CASE WHEN gone THEN -1 ELSE number END AS row_hash, CASE WHEN gone THEN -1 ELSE number END AS _hash_7,
  gone AS is_deleted, CASE WHEN gone THEN seen ELSE stamp END AS source_updated_at, seen AS _seen_at,
  row_number() OVER (ORDER BY source_id, seen, stamp, number) AS _seq, CAST(8 AS BIGINT) AS schema_version
FROM (
  SELECT (range * 7) % ({COUNT} + {COUNT // 10}) AS source_id, range % 101 AS number, range % 53 = 0 AS gone,
    1500 + range % 900 AS stamp, 3000 + range % 1000 AS seen FROM range({COUNT * 3 // 10})
  UNION ALL SELECT (range * 7) % {COUNT}, 200 + range % 11, FALSE, 1500 + range % 900, 4000 + range % 1000
    FROM range({COUNT // 20})
  UNION ALL SELECT range * 3, 1000 + range, FALSE, 500 + range % 100, CAST(5000 AS BIGINT) FROM range({COUNT // 20})
  UNION ALL SELECT range * 5, (range * 5) % 97, FALSE, 1000 + (range * 5) % 5, CAST(6000 AS BIGINT)
    FROM range({COUNT // 20}))"""
SETTINGS = {
    **{"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "2"},
    **{"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.driver.memory": "2g"},
    **{"spark.sql.ansi.enabled": "true", "spark.ui.showConsoleProgress": "false"},
    # Small data: to compile the plans takes longer than to run them.
    **{"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"},
    "spark.sql.adaptive.enabled": "false",
}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        faults = list(_differences(Path(folder)))
    print("\n".join(faults) or "Spark and DuckDB agree.")
    return 1 if faults else 0


def _differences(folder: Path) -> Iterator[str]:
    """Runs the statement under both engines, without and with an older schema of the mapping."""
    with duckdb.connect() as connection:
        for name, text in (("known", KNOWN), ("incoming", INCOMING)):
            connection.execute(f"CREATE TABLE {name} AS {text}")
            connection.execute(f"COPY {name} TO '{folder / name}.parquet' (FORMAT parquet)")
        connection.execute("CREATE VIEW contents AS FROM known")
        spark = session()
        for name in ("known", "incoming"):
            spark.read.parquet(f"{folder / name}.parquet").createOrReplaceTempView(name)
        spark.table("known").createOrReplaceTempView("contents")
        for older in ((), (7,)):
            text = merge(["content"], older)
            own = connection.execute(text).fetchall()
            other = spark.sql(sqlglot.transpile(text, read="duckdb", write="spark")[0]).collect()
            print(f"older schemas {older}: {len(own)} rows, DuckDB {digest(own)}, Spark {digest(other)}")
            if digest(own) != digest(other):
                yield f"the digests differ with the older schemas {older}"
        spark.stop()


def session(more: Mapping[str, str] = {}) -> Any:
    """Returns a session of Spark on this machine, with more settings."""
    builder = SparkSession.builder.master("local[2]")
    for name, value in {**SETTINGS, **more}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def digest(rows: Iterable[Iterable[Any]]) -> str:
    """Returns 16 hex digits of the rows in any order."""
    lines = sorted("\x1f".join(str(value) for value in row) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
