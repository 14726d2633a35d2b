"""Where the sandbox is not installed: the remedy is a command that works, and names no package index."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.cli import local, opening, run

ROOT = Path(__file__).parents[2]
FROM_LOCK = "pip install --require-hashes -r .reconcile-tool/requirements.lock"


@pytest.fixture(autouse=True)
def without_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (local, opening):
        monkeypatch.setattr(module, "find_spec", lambda name: None)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "reconcile.yaml").write_text("{stack: s, environments: {sandbox: {sandbox: true}}}")
    (tmp_path / "manifests" / "base").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("command", ["plan", "sandbox"])
def test_a_clone_must_install_the_extra(repository: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    """B3."""
    assert run(["-C", str(repository), command]) == 1

    assert "run in a clone of reconcile: pip install '.[sandbox]'" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["plan", "sandbox"])
def test_a_repository_of_init_must_install_its_lock(
    repository: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """B3."""
    run(["-C", str(repository), "init"])

    assert run(["-C", str(repository), command]) == 1

    assert f"run in {repository}: {FROM_LOCK}" in capsys.readouterr().err


def test_a_lock_without_the_sandbox_is_not_suggested(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """B3: repositories of earlier versions have such a lock."""
    (repository / ".reconcile-tool").mkdir()
    (repository / ".reconcile-tool" / "requirements.lock").write_text("boto3==1.0\n")

    run(["-C", str(repository), "plan"])

    assert FROM_LOCK not in capsys.readouterr().err


def test_no_message_installs_the_tool_from_an_index() -> None:
    """B3: the project is not on a package index, so its name there could belong to another author."""
    folders = ("reconciler", "docs", "scripts", "schemas", ".github")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    files += [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "action.yml", "Makefile")]
    by_name = re.compile(r"(install|add|uvx|pipx|run)\s+(--\S+\s+)*['\"]?reconcile[-_]connect(?!-)", re.IGNORECASE)

    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in files if path.suffix != ".pyc"}

    assert [str(path) for path, text in texts.items() if by_name.search(text)] == []
