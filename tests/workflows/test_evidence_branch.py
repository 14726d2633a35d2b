"""Evidence of applies on a branch of its own: the script of `apply.yml` that pushes it, in a real repository."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workflows.reading import TEMPLATES, read

SCRIPT = read(TEMPLATES / "apply.yml")["jobs"]["evidence"]["steps"][-1]["run"]
REPOSITORY = "example/contact-centre"
Pushed = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    folder = tmp_path / "server" / REPOSITORY
    subprocess.run(["git", "init", "--quiet", "--bare", folder], check=True)
    return folder


@pytest.fixture
def push(tmp_path: Path) -> Pushed:
    """Runs the job with each environment's evidence, as the artifact has it. Pauses take no time."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sleep").symlink_to("/bin/true")
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"

    def pushed(run: str, **evidence: str) -> subprocess.CompletedProcess[str]:
        temp = tmp_path / f"run-{run}"
        for environment, text in evidence.items():
            folder = temp / "outcomes" / f"outcome-{environment}" / "outcome" / "plans" / environment
            folder.mkdir(parents=True)
            (folder / "2026-03-04-0123456789ab.md").write_text(text)
        environ = {"PATH": path, "HOME": str(tmp_path), "RUNNER_TEMP": str(temp), "TOKEN": "t"}
        environ |= {"GITHUB_SERVER_URL": f"file://{tmp_path / 'server'}", "GITHUB_REPOSITORY": REPOSITORY}
        environ |= {"GITHUB_SHA": "c" * 40, "GITHUB_RUN_ID": run}
        temp.mkdir(exist_ok=True)
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", SCRIPT]
        return subprocess.run(command, cwd=temp, env=environ, capture_output=True, text=True, check=False)

    return pushed


def kept(remote: Path) -> list[str]:
    return _git(remote, "ls-tree", "-r", "--name-only", "plans")


def commits(remote: Path) -> int:
    return len(_git(remote, "log", "--format=%h", "plans"))


def _git(remote: Path, *words: str) -> list[str]:
    return subprocess.run(["git", *words], cwd=remote, check=True, capture_output=True, text=True).stdout.splitlines()


def test_each_run_adds_its_own(remote: Path, push: Pushed) -> None:
    first, second = push("1", prod="one"), push("2", lab="two")

    assert (first.returncode, second.returncode) == (0, 0)
    assert kept(remote) == ["plans/lab/2026-03-04-0123456789ab.md", "plans/prod/2026-03-04-0123456789ab.md"]


def test_a_repeated_job_adds_nothing(remote: Path, push: Pushed) -> None:
    push("1", prod="one")

    again = push("2", prod="one")

    assert (again.returncode, commits(remote)) == (0, 1)


def test_a_refused_push_is_repeated(remote: Path, push: Pushed) -> None:
    _refusing_once(remote, "true")

    done = push("1", prod="one")

    assert (remote / "refused").exists()
    assert (done.returncode, commits(remote)) == (0, 1)


def test_evidence_of_other_runs_stays(remote: Path, push: Pushed) -> None:
    push("1", prod="one")
    _another(remote)
    _refusing_once(remote, "cp refs/heads/waiting refs/heads/plans")

    done = push("2", lab="two")

    assert done.returncode == 0
    assert kept(remote) == [
        "plans/lab/2026-03-04-0123456789ab.md",
        "plans/other.md",
        "plans/prod/2026-03-04-0123456789ab.md",
    ]


def _refusing_once(remote: Path, meanwhile: str) -> None:
    hook = remote / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\nif [ ! -e refused ]; then touch refused; {meanwhile}; exit 1; fi\n")
    hook.chmod(0o755)


def _another(remote: Path) -> None:
    """Pushes the commit of another run first."""
    clone = remote.parent / "clone"
    _git(remote, "clone", "--quiet", "--branch", "plans", str(remote), str(clone))
    (clone / "plans" / "other.md").write_text("theirs")
    _git(clone, "add", "--all")
    _git(clone, "-c", "user.name=n", "-c", "user.email=n@example.com", "commit", "--quiet", "--message", "theirs")
    _git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/waiting")


def test_without_an_applied_change_there_is_no_branch(remote: Path, push: Pushed) -> None:
    done = push("1")

    assert (done.returncode, _git(remote, "branch")) == (0, [])
