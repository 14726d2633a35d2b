"""`make demo-pipelines`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.worlds.archives import built

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.long
def test_the_demo_shows_what_arrives_where_and_checks_it(tmp_path: Path) -> None:
    """S1-7: with no step by hand."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "demo_pipelines.py"), "--archives", str(built())],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ all 61 arrive" in done.stdout
    assert "✓ two users, and a row with a reason" in done.stdout
    assert list(tmp_path.iterdir()) == []
