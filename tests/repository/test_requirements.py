"""The requirements of what this replaces: each has a test, or a document that overrides it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_every_requirement_is_shown_or_overridden() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "requirements.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
