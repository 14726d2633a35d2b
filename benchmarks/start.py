"""Measures how long the command takes to print its help."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

RUNS = 9


def figures() -> Iterator[str]:
    help_, click = [], []
    for _ in range(RUNS):
        help_.append(_seconds("-m", "reconciler", "--help"))
        click.append(_seconds("-c", "import click"))
    ratios = [one / other for one, other in zip(help_, click, strict=True)]
    spread = f"median of {RUNS} pairs, {min(ratios):.2f}–{max(ratios):.2f}"
    yield f"reconcile --help: {median(ratios):.2f} × import click ({spread})"


def _seconds(*words: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - started
