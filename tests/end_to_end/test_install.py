"""A colleague installs from the repository that `init` has made, and works in it."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.cli.running import environ


@pytest.mark.slow
def test_a_colleague_installs_the_committed_lock_then_plans_and_runs_init_again(tmp_path: Path) -> None:
    """S2-25, B3: the lock brings the sandbox, the first environment; and `init` of the same version changes nothing."""
    repository = tmp_path / "contact-centre"
    tool = [sys.executable, "-m", "reconciler"]
    subprocess.run([*tool, "init", "--into", repository], env=environ(), cwd=tmp_path, check=True, capture_output=True)
    venv.create(tmp_path / "venv", with_pip=True)
    python, reconcile = (tmp_path / "venv" / "bin" / name for name in ("python", "reconcile"))
    # As the README of the repository says it; wheels alone, so that nothing is built here.
    lock = ["--only-binary", ":all:", "--require-hashes", "-r", ".reconcile-tool/requirements.lock"]
    install = [python, "-m", "pip", "install", "--quiet", "--no-input", *lock]

    subprocess.run(install, cwd=repository, env=environ(), check=True)

    def reconciled(*words: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [reconcile, *words], cwd=repository, env=environ(), capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    try:
        code, planned, wrong = reconciled("plan", "--detailed-exitcode")
        assert (code, "create DataTable/Greetings" in planned) == (2, True), wrong
        assert reconciled("validate")[:2] == (0, "valid: 1 resource in 1 environment, 0 findings\n")
        assert reconciled("init")[:2] == (0, "init: nothing to do\n")
    finally:
        reconciled("sandbox", "--stop")
