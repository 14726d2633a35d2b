from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.cli import run
from reconciler.github.comment import GitHubAccess
from reconciler.github.rest import Rest
from tests.cli.running import Done
from tests.github.stand_in import ACTIONS, StandIn, serving
from tests.github.stand_in.world import REPOSITORY, SERVER
from tests.github.steps import PULL, Step

Connect = Callable[..., Rest]


@pytest.fixture
def github() -> Iterator[StandIn]:
    with serving() as server:
        yield server


@pytest.fixture
def waits() -> list[float]:
    """The seconds of every wait; waiting itself takes no time."""
    return []


@pytest.fixture
def connect(github: StandIn, waits: list[float]) -> Iterator[Connect]:
    opened: list[Rest] = []

    def connected(token: str = "t-actions", needs: str = "issues: write", *, now: float = 0.0) -> Rest:  # noqa: S107
        opened.append(Rest(github.url, token, needs, wait=waits.append, clock=lambda: now))
        return opened[-1]

    yield connected
    for rest in opened:
        rest.__exit__(None, None, None)


@pytest.fixture
def place(connect: Connect) -> GitHubAccess:
    return GitHubAccess(connect(), REPOSITORY, ACTIONS)


@pytest.fixture
def step(github: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Step:
    github.world.open_pull_request(PULL)
    (tmp_path / "event.json").write_text(json.dumps(github.world.event(PULL)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CI", "RECONCILE_ENV", "GITHUB_REF", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": github.url,
        "GITHUB_SERVER_URL": SERVER,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_RUN_ID": "42",
        "GITHUB_SHA": "f" * 40,
        "GITHUB_TOKEN": "t-actions",
        "GITHUB_WORKSPACE": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }.items():
        monkeypatch.setenv(name, value)

    def called(*arguments: str) -> Done:
        capsys.readouterr()
        code = run(arguments)
        return Done(code, *capsys.readouterr())

    return Step(tmp_path, called)
