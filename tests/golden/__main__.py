"""Writes the golden files: `python -m tests.golden`; with `--print`, to stdout."""

from __future__ import annotations

import sys
from pathlib import Path

from .reports import REPORTS

if __name__ == "__main__":
    for name, make in REPORTS.items():
        if "--print" in sys.argv:
            sys.stdout.write(make())
        else:
            (Path(__file__).parent / name).write_text(make(), encoding="utf-8", newline="")
