"""Measures one run in ratios and counts: against the API's minimum, against bare boto3, against the rate limit.

    python -m benchmarks [--small] [PART …]

No figure fails by time, because machines are shared and noisy.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import (
    agents,
    calls,
    centre,
    cold,
    connectwise_ingest,
    connectwise_load,
    connectwise_map,
    contact_calls,
    cpu,
    history,
    kinds,
    pace,
    pipelines,
    session_data,
    start,
)

PARTS = {
    "calls": "Connect calls for tables, counted by the service (floor: the API's minimum)",
    "start": "Starting the command, against importing click",
    "cpu": "Planning unchanged tables of 1,000 cells, against reading the same pages",
    "pace": "Under 2 calls a second, burst 5, 50 ms a round trip",
    "kinds": "Queues, profiles, hours and the like",
    "centre": "Agents, flows and numbers of a contact centre",
    "agents": "Files of agents, against csv.reader and the floor of calls",
    "cold": "Importing each function from its archive, against importing boto3",
    "connectwise_ingest": "connectwise_ingest, against requests and orjson alone, row by row, and dlt",
    "connectwise_load": "connectwise_load, against COPY alone",
    "connectwise_map": "Pairs of tenant and table, through a deployed state machine",
    "contact_calls": "contact_calls, against json.dumps, executemany and the floor of the API",
    "pipelines": "Planning deployed pipelines, against the rates and the reads",
    "session_data": "session_data, against a bare boto3 handler",
    "history": "Commits of history, against one right statement, a plain copy, dbt and dlt",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--small", action="store_true", help="few rows and one repetition: shows that a part runs")
    parser.add_argument("part", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all of them")
    given = parser.parse_args()
    if unknown := set(given.part) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if len(given.part) != 1:
        # Each part has a process of its own, so that the memory of one does not count for another.
        for part in given.part or PARTS:
            subprocess.run(
                [sys.executable, "-m", "benchmarks", *(["--small"] if given.small else []), part], check=True
            )
        return
    (part,) = given.part
    print(f"\n{PARTS[part]}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for line in _figures(part, Path(folder), is_small=given.small):
            print(f"  {line}", flush=True)


def _figures(part: str, folder: Path, *, is_small: bool) -> Iterator[str]:
    match part:
        case "calls":
            return calls.figures(folder)
        case "start":
            return start.figures()
        case "cpu":
            return cpu.figures(folder, 1 if is_small else 100)
        case "pace":
            return pace.figures(folder)
        case "kinds":
            return kinds.figures(folder, *((40, 1) if is_small else ()))
        case "centre":
            return centre.figures(folder)
        case "agents":
            return agents.figures(*((1, 1_000) if is_small else ()))
        case "cold":
            return cold.figures(folder)
        case "connectwise_ingest":
            return connectwise_ingest.figures(folder, *((2_000,) if is_small else ()))
        case "connectwise_load":
            return connectwise_load.figures(*((1_000, 1) if is_small else ()))
        case "connectwise_map":
            return connectwise_map.figures(folder, *((2,) if is_small else ()))
        case "contact_calls":
            return contact_calls.figures(contact_calls.SMALL if is_small else contact_calls.FULL)
        case "history":
            return history.figures(folder)
        case "pipelines":
            return pipelines.figures(folder)
        case _:
            return session_data.figures()


if __name__ == "__main__":
    main()
