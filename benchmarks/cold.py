"""Measures a cold start: importing a function with its packages from its archive, against importing boto3."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from reconciler.packaging import package
from reconciler.packaging.source import names

RUNS = 9
BARE = "import boto3"
# The first event imports these, not the handler.
LATER = {
    "connectwise_load": ("redshift_connector",),
    "contact_calls": ("pyarrow.parquet", "redshift_connector"),
}


def figures(folder: Path) -> Iterator[str]:
    for name in names():
        archive = package(name, into=folder, python=f"{sys.version_info.major}.{sys.version_info.minor}")
        task = folder / name
        with zipfile.ZipFile(archive.path) as held:
            held.extractall(task)
        program = ", ".join([f"{BARE}, reconciler.lambdas.{name}.handler", *LATER.get(name, ())])
        ratios = [_seconds(task, program) / _seconds(task, BARE) for _ in range(RUNS)]
        spread = f"median of {RUNS} pairs, {min(ratios):.2f}–{max(ratios):.2f}"
        size = f"{archive.unzipped / 1e6:.1f} MB unpacked"
        yield f"{name:21} {size:>18}: {median(ratios):.2f} × the CPU of importing boto3 ({spread})"


def _seconds(task: Path, program: str) -> float:
    """Returns the import time in a new process that finds the archive's modules first, without Python's own start."""
    timed = f"import time; began = time.process_time()\n{program}\nprint(time.process_time() - began)"
    environ = {**os.environ, "PYTHONPATH": str(task), "PYTHONDONTWRITEBYTECODE": "1"}
    # Its own folder, so that no module of this repository is found.
    done = subprocess.run(
        [sys.executable, "-c", timed], env=environ, cwd=task, check=True, capture_output=True, text=True
    )
    return float(done.stdout)
