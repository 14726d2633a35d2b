"""The work of a log, for one engine or two: changes, absences, types that change, new columns, fills, a compaction.

`scripts/spark_commits.py` gives it to two engines. A test looks at its statements.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from reconciler.lambdas.connectwise_transform.columns import Column
from reconciler.lambdas.connectwise_transform.commit import Bench, Done, Kind, Work, carry_out
from reconciler.lambdas.connectwise_transform.mapping import SourceColumns, TableMapping
from reconciler.lambdas.connectwise_transform.merging import Connection
from reconciler.lambdas.connectwise_transform.state import Manifest
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


def works(place: Path, logs: Sequence[EngineLog]) -> Iterator[tuple[str, list[Done]]]:
    """Gives every log the same work. Yields the name of each commit, with the result of each log."""
    raw = list(_raw_files(place))
    first, second = _mapping(1, *list(KINDS)[:-1]), _mapping(2, *KINDS)
    for number, path in enumerate(raw, 1):
        mapping = first if number < FILES else second
        yield f"merge {number}", [log.work("merge", mapping, [path], (number, number)) for log in logs]
    whole = (1, len(raw))
    yield "merge of two", [log.work("merge", second, raw[:2], (1, 2)) for log in logs]
    yield "fill", [log.work("fill", second, raw, whole) for log in logs]
    keys = tuple(file.key for file in logs[0].manifest.files[1:3])
    yield "compact", [log.work("compact", second, keys=keys) for log in logs]
    yield "rebuild", [log.work("rebuild", second, raw, whole) for log in logs]
    # Every raw file has expired, so nothing is filled: the manifest has a column that no file has.
    third = _mapping(3, *KINDS, "again")
    yield "fill without raw files", [log.work("fill", third, span=(1, 0)) for log in logs]
    yield "merge after it", [log.work("merge", third, raw[2:3], (3, 3)) for log in logs]


def _mapping(version: int, *names: str) -> TableMapping:
    """Returns a mapping whose columns have the names of their sources; `again` has the content a second time."""
    columns = tuple(Column(name, KINDS.get(name, "text")) for name in names)
    sources = tuple(name if name in KINDS else "content" for name in names)
    return TableMapping("tickets", version, columns, (SourceColumns(SOURCE, "id", sources),))


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
