"""Plants typical bugs of clients of this API, one by one, and checks that the tests fail each time.

python scripts/mutants.py [NAME …]    default: every patch of tests/mutants/
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATCHES = ROOT / "tests" / "mutants"
# The tests that find most bugs, and the others. Together, pytest would run them in the order of their folders.
SUITES = (
    (
        *("tests/plan/test_row_changes.py", "tests/plan/test_table_changes.py", "tests/apply/test_call_counts.py"),
        *("tests/apply/test_faults.py", "tests/laws/test_kind_laws.py"),
    ),
    ("tests/plan",),
)
RED = 1  # pytest's exit code for failed tests; any other code is an error


def main() -> int:
    names = sys.argv[1:] or sorted(path.stem for path in PATCHES.glob("*.patch"))
    survived = [name for name in names if not _turns_red(name)]
    print(
        f"{len(names)} planted, {len(names) - len(survived)} found" + (f"; not found: {survived}" if survived else "")
    )
    return 1 if survived else 0


def _turns_red(name: str) -> bool:
    code, finder = planted(name)
    print(f"{name:24} {finder}", flush=True)
    return code == RED


def planted(name: str) -> tuple[int, str]:
    """Returns pytest's exit code with the bug in place, and the first test that found it."""
    return _tested((PATCHES / f"{name}.patch").read_text(encoding="utf-8"))


def sound() -> tuple[int, str]:
    """Returns pytest's exit code without a bug, and its last line. In a copy that always fails, every bug is found."""
    return _tested("", ((SUITES[0][0],),))


def _tested(patch: str, suites: Sequence[Sequence[str]] = SUITES) -> tuple[int, str]:
    """Runs the suites in a copy with the patch, until one fails."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        for package in ("reconciler", "tests"):
            shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        if patch:
            subprocess.run(["git", "apply", "-"], cwd=copy, input=patch, text=True, check=True)
        environ = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        for suite in suites:
            command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow", *suite]
            done = subprocess.run(command, cwd=copy, env=environ, capture_output=True, text=True, check=False)
            if done.returncode:
                break
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    return done.returncode, (failed or done.stdout.splitlines() or [done.stderr])[-1][:150]


if __name__ == "__main__":
    sys.exit(main())
