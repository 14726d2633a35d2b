"""Every report of the samples equals its golden file, byte for byte. `python -m tests.golden` writes them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .reports import REPORTS

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_its_golden_file(name: str) -> None:
    expected = (HERE / name).read_bytes()

    assert REPORTS[name]().encode() == expected


def test_every_golden_file_has_a_report() -> None:
    files = {path.name for path in HERE.iterdir() if path.suffix not in ("", ".py")}

    assert files == set(REPORTS)


@pytest.mark.slow
def test_reports_do_not_depend_on_the_hash_seed() -> None:
    one, other = (_printed(seed) for seed in ("1", "2"))

    assert one == other
    assert one == "".join(make() for make in REPORTS.values()).encode()


def _printed(seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "tests.golden", "--print"]
    return subprocess.run(command, cwd=HERE.parents[1], env=environment, check=True, capture_output=True).stdout
