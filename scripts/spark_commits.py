"""Proves that commits of the Spark job have the rows that commits of transform have: python scripts/spark_commits.py

Two logs get the same work, one by each engine: changes, absences, old versions, types that change between raw files, a
new column, a fill, a compaction and a rebuild. `make spark-tests` runs this where Spark is. Exits with 1 if the rows of
a file differ.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from reconciler.lambdas.connectwise_spark.engine import SparkConnection
from reconciler.lambdas.connectwise_spark.job import SETTINGS as NEEDED
from reconciler.lambdas.connectwise_transform.columns import Column
from reconciler.lambdas.connectwise_transform.commit import Bench, Done, Kind, Work, carry_out
from reconciler.lambdas.connectwise_transform.mapping import SourceColumns, TableMapping
from reconciler.lambdas.connectwise_transform.merging import Connection, connect
from reconciler.lambdas.connectwise_transform.state import Manifest
from scripts.spark_equal import session
from tests.lambdas.connectwise_transform.raw_files import write_raw

SOURCE, TENANT = "service/tickets", "harbor-dental"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
TYPES = {"content": "VARCHAR", "hours": "DECIMAL(18,4)", "due": "TIMESTAMPTZ", "open": "BOOLEAN", "n": "BIGINT"}
DRIFTED = {**TYPES, "hours": "VARCHAR", "n": "VARCHAR"}  # as after a change of the vendor's types
KINDS = {"content": "text", "hours": "decimal", "due": "timestamp", "open": "boolean", "n": "bigint"}
RECORDS, ROWS, FILES = 60, 60, 4


@dataclass
class EngineLog:
    """A log in a folder, whose commits one engine computes."""

    folder: Path
    open_engine: Callable[[Path], Connection]
    manifest: Manifest = field(default_factory=lambda: Manifest(TENANT, "tickets"))
    objects: dict[str, Path] = field(default_factory=dict)

    def work(
        self,
        kind: Kind,
        mapping: TableMapping,
        raw: Sequence[Path] = (),
        span: tuple[int, int] | None = None,
        keys: tuple[str, ...] = (),
    ) -> Done:
        commit = self.manifest.commit + 1
        spans = {SOURCE: span} if span else {}
        current = self.manifest.current(mapping)
        work = Work(kind, commit, EPOCH + timedelta(minutes=commit), current, spans, keys)
        folder = self.folder / str(commit)
        folder.mkdir(parents=True)
        connection = self.open_engine(folder)
        done = carry_out(Bench(connection, lambda key: self.objects[key], folder), work, self.manifest, {SOURCE: raw})
        connection.close()
        self.objects |= {upload.key: upload.path for upload in done.uploads}
        self.manifest = done.manifest or self.manifest
        return done


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
        faults = list(_differences(place, *logs))
    spark.stop()
    print("\n".join(faults) or "The commits of both engines have the same rows.")
    return 1 if faults else 0


def _differences(place: Path, own: EngineLog, other: EngineLog) -> Iterator[str]:
    """Gives both logs the same work, and yields each commit whose files differ."""
    raw = list(_raw_files(place))
    first, second = _mapping(1, *list(KINDS)[:-1]), _mapping(2, *KINDS)
    for number, path in enumerate(raw, 1):
        mapping = first if number < FILES else second
        yield from _compared(
            f"merge {number}", [log.work("merge", mapping, [path], (number, number)) for log in (own, other)]
        )
    whole = (1, len(raw))
    yield from _compared("merge of two", [log.work("merge", second, raw[:2], (1, 2)) for log in (own, other)])
    yield from _compared("fill", [log.work("fill", second, raw, whole) for log in (own, other)])
    keys = tuple(file.key for file in own.manifest.files[1:3])
    yield from _compared("compact", [log.work("compact", second, keys=keys) for log in (own, other)])
    yield from _compared("rebuild", [log.work("rebuild", second, raw, whole) for log in (own, other)])


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


def _mapping(version: int, *names: str) -> TableMapping:
    columns = tuple(Column(name, KINDS[name]) for name in names)
    return TableMapping("tickets", version, columns, (SourceColumns(SOURCE, "id", names),))


def _raw_files(place: Path) -> Iterator[Path]:
    """Yields raw files as ingest writes them. Every second one has other types."""
    chosen = random.Random(7)  # noqa: S311 - the same rows every time
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for number in range(FILES):
            path = place / f"raw-{number}.parquet"
            rows = [_row(chosen, number, at) for at in range(ROWS)]
            write_raw(connection, path, rows, DRIFTED if number % 2 else TYPES, tenant=TENANT)
            yield path


def _row(chosen: random.Random, number: int, at: int) -> Mapping[str, Any]:
    stamp = 10_000 + 800 * number + chosen.randrange(-900, 500)
    return {
        "id": chosen.randrange(RECORDS),
        "at": stamp,
        "seen": 20_000 + 1000 * number + at // 3,
        "gone": chosen.random() < 0.08,
        "content": chosen.choice(["a", "b", "ü\x1fx", None, "c"]),
        "hours": chosen.choice(["1.5", "0", "2.2500", None, "7"]),
        "due": chosen.choice(["2026-01-02 03:04:05.678901+00", None]),
        "open": chosen.choice(["true", "false", None]),
        "n": chosen.choice(["1", "2", None]),
    }


if __name__ == "__main__":
    sys.exit(main())
