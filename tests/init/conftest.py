from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli import run
from tests.cli.running import Done

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/00000000-0000-4000-8000-000000000000"
Reconcile = Callable[..., Done]


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A new repository without any content."""
    folder = tmp_path / "contact-centre"
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


@pytest.fixture
def reconcile(empty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reconcile:
    monkeypatch.chdir(empty)
    for name in ("RECONCILE_ENV", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)

    def reconciled(*arguments: str) -> Done:
        capsys.readouterr()
        code = run(arguments)
        return Done(code, *capsys.readouterr())

    return reconciled
