"""The benchmarks run to their end. Their figures are for people: no test judges a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    [
        *("calls", "start", "cpu", "kinds", "agents", "session_data", "contact_calls"),
        *("connectwise_ingest", "connectwise_load"),
    ],
)
def test_a_part_of_the_benchmarks_prints_figures_and_ends(part: str) -> None:
    """`pace`, `centre`, `cold`, `connectwise_map` and `pipelines` take minutes, and use what the others use."""
    command = [sys.executable, "-m", "benchmarks", "--small", part]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1500)

    assert done.returncode == 0, done.stderr
    assert "×" in done.stdout or "floor" in done.stdout
