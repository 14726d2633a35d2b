"""These tests themselves: enough of them, and they need nothing but this repository."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
# A socket to anywhere but this machine ends the run.
BLOCK = """
import sys
def refuse(event, args):
    if event == "socket.connect" and args[1][0] not in ("127.0.0.1", "::1"):
        raise SystemExit(f"a connection to {args[1]}")
sys.addaudithook(refuse)
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""


def test_there_are_more_tests_of_behaviour_than_were_promised() -> None:
    """S1-15, S1-18, S1-43: 38 were."""
    functions = [
        node.name
        for path in HERE.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]

    assert len(set(functions)) == len(functions) > 2 * 38


@pytest.mark.slow
def test_one_file_runs_from_the_root_verbosely_without_aws_and_network() -> None:
    """S1-15, S1-18, S1-24, S1-39..41, S1-67."""
    mute = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PYTHONPATH"))}
    words = [
        "-v",
        "-m",
        "not slow",
        "tests/lambdas/session_data/test_pairs.py",
        "tests/lambdas/session_data/test_story.py",
    ]
    done = subprocess.run(
        [sys.executable, "-c", BLOCK, *words], cwd=ROOT, env=mute, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_four_parameters_are_four_pairs_on_the_contacts_session PASSED" in done.stdout
    assert "error" not in done.stdout.lower().rpartition("=====")[2]


@pytest.mark.slow
def test_the_function_is_covered_as_was_promised(tmp_path: Path) -> None:
    """S1-42: 95 % of lines, 90 % of branches; an HTML report is made."""
    report = [f"--cov-report=html:{tmp_path / 'html'}", f"--cov-report=json:{tmp_path / 'covered.json'}"]
    words = [
        "-q",
        "-m",
        "not slow",
        "tests/lambdas/session_data",
        "--cov=reconciler.lambdas.session_data",
        "--cov-branch",
    ]
    own = {key: value for key, value in os.environ.items() if not key.startswith("COV_CORE")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *report],
        cwd=ROOT,
        env={**own, "COVERAGE_FILE": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    totals = json.loads((tmp_path / "covered.json").read_text())["totals"]
    assert totals["covered_lines"] / totals["num_statements"] >= 0.95
    assert totals["covered_branches"] / totals["num_branches"] >= 0.9
    assert (tmp_path / "html" / "index.html").is_file()
