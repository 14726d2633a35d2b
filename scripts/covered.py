"""Compares the coverage of each Lambda with the required share of lines and branches, from the last `make test-all`.

python scripts/covered.py    run it after pytest with --cov=reconciler.lambdas; reads .coverage
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).resolve().parent.parent
LINES, BRANCHES = 0.95, 0.90
ROOMS = ("agents",)  # code that several Lambdas share by a promise of its own


def main() -> int:
    lambdas = ROOT / "reconciler" / "lambdas"
    folders = sorted([*(path.parent.name for path in lambdas.glob("*/handler.py")), *ROOMS])
    short = [name for name in folders if not _is_covered(name, _totals(name))]
    return 1 if short or not folders else 0


def _totals(name: str) -> dict[str, int]:
    """Returns coverage's counts for one Lambda's folder."""
    coverage = Coverage(data_file=str(ROOT / ".coverage"), config_file=str(ROOT / "pyproject.toml"))
    coverage.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "covered.json"
        coverage.json_report(outfile=str(report), include=[f"*/reconciler/lambdas/{name}/*"])
        totals: dict[str, int] = json.loads(report.read_text(encoding="utf-8"))["totals"]
    return totals


def _is_covered(name: str, totals: dict[str, int]) -> bool:
    lines = totals["covered_lines"] / totals["num_statements"]
    # A folder whose work is done by a room may have no branch of its own.
    branches = totals["covered_branches"] / totals["num_branches"] if totals["num_branches"] else 1.0
    print(f"{name:16} {lines:.1%} of lines ({LINES:.0%} asked), {branches:.1%} of branches ({BRANCHES:.0%} asked)")
    return lines >= LINES and branches >= BRANCHES


if __name__ == "__main__":
    sys.exit(main())
