"""Figures from one run, as ratios and counts: against the floor of the API, against bare boto3, against the bound.

    python -m benchmarks [--tables 100]

Nothing is gated by time here: machines are shared and noisy.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import calls, contact_calls, cpu, kinds, pace, session_data, start


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tables", type=int, default=100, help="tables of 1,000 cells in the CPU figures")
    tables = parser.parse_args().tables
    with tempfile.TemporaryDirectory() as folder:
        for title, lines in _parts(Path(folder), tables):
            print(f"\n{title}")
            for line in lines:
                print(f"  {line}", flush=True)


def _parts(folder: Path, tables: int) -> Iterator[tuple[str, Iterator[str]]]:
    yield "Connect calls, counted by the service (floor: facts of the API)", calls.figures(folder)
    yield "Starting the command, against importing click", start.figures()
    yield (
        f"Planning {tables} unchanged tables of 1,000 cells, against reading the same pages",
        cpu.figures(folder, tables),
    )
    yield "Under 2 calls a second, burst 5, 50 ms a round trip", pace.figures(folder)
    yield "Queues, profiles, hours and the like", kinds.figures(folder)
    yield "contact_calls, against json.dumps, executemany and the floor of the API", contact_calls.figures()
    yield "session_data, against a bare boto3 handler", session_data.figures(folder)


if __name__ == "__main__":
    main()
