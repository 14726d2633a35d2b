"""Measures commits of history: against one right statement, a plain copy, dbt snapshots and dlt, each in a process.

Seconds are of the whole process: wall, and CPU, which a busy machine disturbs less. Megabytes are its peak. Ratios are
medians of pairs.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks.history_data import write_raw

RUNS = 3
ROOT = Path(__file__).resolve().parents[1]
PYTHON_OF_PEERS = Path(os.environ.get("RECONCILE_PEERS", ROOT / ".venv-peers" / "bin" / "python"))
SCRIPTS = ROOT / "benchmarks" / "peers"
Figures = Mapping[str, float]
KEYS = ("seconds", "cpu", "megabytes", "written")
OWN = [sys.executable, "-m", "benchmarks.history_candidates"]
PEERS = {
    "dbt timestamp": [str(PYTHON_OF_PEERS), str(SCRIPTS / "history_dbt.py"), "timestamp"],
    "dbt check": [str(PYTHON_OF_PEERS), str(SCRIPTS / "history_dbt.py"), "check"],
    "dlt": [str(PYTHON_OF_PEERS), str(SCRIPTS / "history_dlt.py")],
}
COMMANDS = {name: [*OWN, name] for name in ("plain", "statement", "log", "log-based")} | PEERS
STORES = {"log-based": "log", "dbt timestamp": "dbt-timestamp", "dbt check": "dbt-check"}


def figures(folder: Path) -> Iterator[str]:
    for count in (200_000, 2_000_000):
        place = folder / str(count)
        place.mkdir()
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            write_raw(connection, place, count)
        yield f"{count:,} records and {count * 3 // 10:,} rows, 22 columns"
        yield from _compared(place)
        yield from _proven(place, count)


def _compared(folder: Path) -> Iterator[str]:
    """Runs every candidate on a store that has the history, and compares it with the statement."""
    names = [name for name in COMMANDS if Path(COMMANDS[name][0]).exists()]
    for name in names:
        shutil.rmtree(_store(folder, name), ignore_errors=True)
        _run(name, folder, "history")
        _store(folder, name).rename(folder / f"first {name}")
    measured: dict[str, list[Figures]] = {name: [] for name in names}
    for _ in range(RUNS):
        for name in names:
            shutil.rmtree(_store(folder, name), ignore_errors=True)
            shutil.copytree(folder / f"first {name}", _store(folder, name))
            measured[name].append(_run(name, folder, "batch"))
    for name in names:
        yield f"  {name:14} {_line(measured[name], measured['statement'])}"
    for name in PEERS:
        if name not in names:
            yield f"  {name} is not measured: there is no {PYTHON_OF_PEERS}"
            continue
        wall, cpu = (_ratio(measured[name], measured["log"], key) for key in ("seconds", "cpu"))
        yield f"  {name}: {wall:.1f} × the time of the log, and {cpu:.1f} × its CPU"


def _proven(folder: Path, count: int) -> Iterator[str]:
    """Compares the log with the history that the data have by construction, and replays the batch."""
    for name in ("log-based", "log"):
        shutil.rmtree(folder / "log", ignore_errors=True)
        for raw in ("history", "batch"):
            _run(name, folder, raw)
        lacking, extra = _answer("is-right", folder, str(count))
        replay = _run(name, folder, "batch")
        again = _answer("is-right", folder, str(count))
        written = f"{replay['written']:.0f} bytes written"
        yield f"  {name}: {lacking} missing, {extra} extra; after a replay {again[0]} and {again[1]}, {written}"
        if name == "log-based":
            yield _moved(_run("log-due", folder, "small"))
    own, floor = _run("log", folder, "small"), _run("statement", folder, "small")
    absolute = f"{own['seconds']:.2f} s, {own['megabytes']:.0f} MB, {own['written'] / 1e6:.2f} MB written"
    ratios = ", ".join(f"{own[key] / floor[key]:.3f}" for key in KEYS)
    yield f"  1,000 changes: {absolute}; {ratios} × the statement"


def _moved(run: Figures) -> str:
    """Compares the bytes of a commit with those of its changes and of the open rows; its base is new."""
    moved = run["read"] + run["written"]
    ratio = moved / (run["changed"] + run["current"])
    return f"  1,000 changes read and write {moved / 1e6:.2f} MB, {ratio:.2f} × changes and open rows (goal 1.5)"


def _line(measured: list[Figures], floor: list[Figures]) -> str:
    seconds, cpu, megabytes, written = (median(it[key] for it in measured) for key in KEYS)
    ratios = ", ".join(f"{_ratio(measured, floor, key):.2f}" for key in KEYS)
    absolute = f"{seconds:6.2f} s, {cpu:6.2f} s of CPU, {megabytes:5.0f} MB, {written / 1e6:6.1f} MB written"
    return f"{absolute}; {ratios} × the statement"


def _ratio(measured: list[Figures], floor: list[Figures], key: str) -> float:
    return median(it[key] / other[key] for it, other in zip(measured, floor, strict=True))


def _store(folder: Path, name: str) -> Path:
    """Returns where a candidate keeps its files."""
    return folder / STORES.get(name, name)


def _run(name: str, folder: Path, raw: str) -> Figures:
    return dict(_answer(name, folder, raw))


def _answer(name: str, folder: Path, raw: str) -> Any:
    """Runs a candidate in a process of its own, and returns the JSON of its last line."""
    with tempfile.TemporaryDirectory() as home:
        wall, before = time.perf_counter(), _cpu_of_children()
        done = subprocess.run(
            [*COMMANDS.get(name, [*OWN, name]), str(folder), raw],
            cwd=ROOT,
            env={**os.environ, "DO_NOT_TRACK": "1", "HOME": home},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = {"seconds": time.perf_counter() - wall, "cpu": _cpu_of_children() - before}
    if done.returncode:
        raise SystemExit(f"{name} failed with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    answer = json.loads(done.stdout.splitlines()[-1])
    return {**answer, **seconds} if isinstance(answer, dict) else answer


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
