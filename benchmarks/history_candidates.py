"""One candidate of the history benchmark, in a process of its own: python -m benchmarks.history_candidates NAME FOLDER

Prints JSON with the peak megabytes and the bytes that were written. The folder has the files of
`history_data`. Each candidate has a folder of its own there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.history_data import NAMES, TENANT, TYPES, columns, expected
from benchmarks.memory import peak_megabytes
from reconciler.lambdas.connectwise_transform import merging
from reconciler.lambdas.connectwise_transform.columns import Column, in_file, in_statement
from reconciler.lambdas.connectwise_transform.commit import Bench, Work, carry_out
from reconciler.lambdas.connectwise_transform.incoming import incoming
from reconciler.lambdas.connectwise_transform.log_files import LocalFile, history
from reconciler.lambdas.connectwise_transform.mapping import SourceColumns, TableMapping
from reconciler.lambdas.connectwise_transform.state import Manifest, from_json, to_json
from reconciler.lambdas.connectwise_transform.statement import KEY, changes, with_content

SOURCE = "service/tickets"
COLUMNS = tuple(Column(name, type) for name, type in zip(NAMES, TYPES, strict=True))
MAPPING = TableMapping("tickets", 1, COLUMNS, (SourceColumns(SOURCE, "id", NAMES),))
# Megabytes that DuckDB may use before it spills. In a function of 2,048, the default, it has 1,024. The goal for memory
# is that of a statement without a limit, and needs less at two million records.
MEMORY = 800


def log_commit(folder: Path, raw: str, tail_share: float) -> dict[str, int]:
    """Commits a raw file to the log, as the function does.

    Returns the bytes written and read, and those of the changes and of the open rows before.
    """
    store, pointer = folder / "log", folder / "log" / "manifest.json"
    store.mkdir(exist_ok=True)
    manifest = from_json(pointer.read_bytes()) if pointer.exists() else Manifest(TENANT, "tickets")
    place = store / f"commit-{manifest.commit + 1}"
    place.mkdir(exist_ok=True)
    connection = merging.connect(place, memory_megabytes=MEMORY, threads=2)
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=manifest.commit)
    work = Work("merge", manifest.commit + 1, at, MAPPING, {SOURCE: (1, 1)})
    changed, current = folder / f"{raw}.parquet", manifest.base.bytes if manifest.base else 0
    fetched = {changed}

    def fetch(key: str) -> Path:
        path = store / key.replace("/", "#")
        fetched.add(path)
        return path

    done = carry_out(Bench(connection, fetch, place, tail_share), work, manifest, {SOURCE: [changed]})
    read = sum(path.stat().st_size for path in fetched)
    written = 0
    for upload in done.uploads:
        upload.path.rename(store / upload.key.replace("/", "#"))
        written += (store / upload.key.replace("/", "#")).stat().st_size
    if done.manifest:
        pointer.write_bytes(to_json(done.manifest))
    return {"written": written, "read": read, "changed": changed.stat().st_size, "current": current}


def statement(folder: Path, raw: str) -> int:
    """Applies the same rules to the whole history in one statement: reads all of it, and writes all of it."""
    store = folder / "statement"
    store.mkdir(exist_ok=True)
    old, new = store / "history.parquet", store / "next.parquet"
    connection = _plain(store)
    tables = merging.raw_tables(connection, {SOURCE: [folder / f"{raw}.parquet"]}, MAPPING)
    connection.execute(f"CREATE TEMP TABLE incoming AS {incoming(tables, MAPPING)}")
    stored = f"SELECT {in_statement(COLUMNS, len(COLUMNS))} FROM read_parquet('{old}')"
    if not old.exists():
        stored = history((), COLUMNS)
    connection.execute(f"CREATE TEMP VIEW known AS {stored}; CREATE TEMP VIEW contents AS FROM known")
    connection.execute(f"CREATE TEMP TABLE changes AS {changes()}")
    kept = f"SELECT * EXCLUDE (commit_no) FROM known ANTI JOIN changes USING ({KEY}, effective_from)"
    changed = f"SELECT * EXCLUDE (_outcome) FROM ({with_content(NAMES)}) WHERE NOT retracted"
    whole = f"SELECT {in_file(COLUMNS, TENANT, 'connectwise', '1')} FROM ({kept} UNION ALL BY NAME {changed})"
    connection.execute(f"COPY ({whole}) TO '{new}' {merging.PARQUET}")
    new.rename(old)
    return old.stat().st_size


def plain(folder: Path, raw: str) -> int:
    """Reads the whole history and the batch, and writes them: no rule at all."""
    store = folder / "plain"
    store.mkdir(exist_ok=True)
    old, new = store / "history.parquet", store / "next.parquet"
    connection = _plain(store)
    known = f"SELECT * FROM read_parquet('{old}') UNION ALL " if old.exists() else ""
    connection.execute(
        f"COPY ({known}SELECT * FROM read_parquet('{folder / raw}.parquet')) TO '{new}' {merging.PARQUET}"
    )
    new.rename(old)
    return old.stat().st_size


def _plain(store: Path) -> Any:
    return duckdb.connect(
        config={"threads": 2, "temp_directory": str(store / "spill"), "preserve_insertion_order": False}
    )


def is_right(folder: Path, count: int) -> tuple[int, int]:
    """Returns how many versions the log lacks, and how many it has too many, after history and batch."""
    store = folder / "log"
    manifest = from_json((store / "manifest.json").read_bytes())
    files = [LocalFile(store / file.key.replace("/", "#"), file.columns) for file in manifest.files]
    connection = _plain(store)
    names = ", ".join(NAMES)
    stored = history(files, COLUMNS)
    connection.execute(
        f"CREATE TEMP TABLE stored AS SELECT {KEY} AS id, make_timestamp(effective_from) AS effective_from, "
        f"make_timestamp(effective_to) AS effective_to, {names} FROM ({stored})"
    )
    connection.execute(
        f"CREATE TEMP TABLE wanted AS SELECT id, effective_from, effective_to, {columns()} FROM ({expected(count)})"
    )
    lacking, extra = (
        connection.execute(f"SELECT count(*) FROM (FROM {a} EXCEPT FROM {b})").fetchone()
        for a, b in (("wanted", "stored"), ("stored", "wanted"))
    )
    return int(lacking[0]), int(extra[0])


CANDIDATES: dict[str, Callable[[Path, str], dict[str, int]]] = {
    # Without and with a new base: a commit writes one when a fifth of the open rows has changed.
    "log": lambda folder, raw: log_commit(folder, raw, 1000.0),
    "log-based": lambda folder, raw: log_commit(folder, raw, 0.0),
    # With the share of the function.
    "log-due": lambda folder, raw: log_commit(folder, raw, Bench.tail_share),
    "statement": lambda folder, raw: {"written": statement(folder, raw)},
    "plain": lambda folder, raw: {"written": plain(folder, raw)},
}


def main() -> None:
    name, folder, raw = sys.argv[1:4]
    if name == "is-right":
        print(json.dumps(is_right(Path(folder), int(raw))))
        return
    counts = CANDIDATES[name](Path(folder), raw)
    print(json.dumps({"megabytes": peak_megabytes(), **counts}))


if __name__ == "__main__":
    main()
