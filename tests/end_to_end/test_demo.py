"""The first steps of a new user."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.long]
CSV = "manifests/base/data-tables/CustomerTypes.csv"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Returns the output of the demo after a change of one CSV cell."""
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "manifests", root / "manifests")
    shutil.copy(ROOT / "reconcile.yaml", root)
    table = root / CSV
    table.write_text(table.read_text(encoding="utf-8").replace("CT-1001,Platinum,15,", "CT-1001,Platinum,22.5,"))
    program = [sys.executable, str(ROOT / "scripts" / "demo.py"), "--root", str(root)]
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "RECONCILE_"))}
    done = subprocess.run(program, capture_output=True, text=True, env={**environ, "NO_COLOR": "1"}, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_demo_s_first_plan_shows_the_changed_cell(output: str) -> None:
    """S0-1, S0-37, S0-53, S0-54."""
    first = output.partition("──── 2.")[0]

    assert re.search(r"CT-1001 +Platinum +22\.5 ", first)
    assert "Plan: 30 to create" in first


def test_the_demo_applies_and_has_nothing_left_to_do(output: str) -> None:
    applied, _, then = output.partition("──── 3.")

    assert "Apply complete: 30 created, 0 changed, 0 deleted · rows: " in applied
    assert "Plan: 0 to create, 0 to update, 0 to delete, 0 blocked" in then.partition("──── 4.")[0]


def test_the_demo_shows_a_text_that_the_console_changed_as_one_line(output: str) -> None:
    """The save also moved every block; apply restores the text alone."""
    drifted, _, then = output.partition("──── 4.")[2].partition("──── 5.")
    busy = "All our lines are busy. Please call again"

    assert re.findall(r"^~ differs (.+)$", drifted, re.MULTILINE) == ["ContactFlow/Main"]
    (line,) = re.findall(r"^ +[~+-] .*$", drifted, re.MULTILINE)
    assert line.strip() == f'~ block "Queue is full": Text: "{busy} tomorrow." → "{busy} in an hour."'
    assert "update ContactFlow/Main" in then.partition("──── 6.")[2].partition("──── 7.")[0]


def test_the_demo_shows_the_edit_as_drift_and_heals_it(output: str) -> None:
    """S0-17, S0-38."""
    drifted, _, healed = output.partition("──── 5.")[2].partition("──── 6.")

    assert re.search(r"CustomerID +CallbackAllowed +last changed", drifted)
    assert re.search(r"CT-1001 +false → true +\d{4}-", drifted)
    assert re.search(r"CT-1001 +false → true", healed)
    assert "Drift: 0 to create, 0 to update" in healed


def test_what_the_demo_exports_has_nothing_to_do(output: str) -> None:
    exported = output.partition("──── 8.")[2]

    assert "Plan: 0 to create, 0 to update, 0 to delete, 0 blocked" in exported.partition("──── 9.")[2]


def test_the_demo_leaves_no_server_behind(output: str) -> None:
    assert output.rstrip().endswith("stopped")
