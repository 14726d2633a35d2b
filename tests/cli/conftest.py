from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.cli import run
from tests.cli.running import Done, Repository, Server, rows, serving, table


@pytest.fixture(scope="session")
def one_server() -> Iterator[Server]:
    """Starts one server for all tests of a worker. Starting it takes longer than most tests."""
    with serving() as server:
        yield server


@pytest.fixture
def server(one_server: Server) -> Server:
    one_server.reset()
    return one_server


@pytest.fixture
def repository(server: Server, tmp_path: Path) -> Repository:
    """One table of three rows, declared in the environment `lab` but not live yet."""
    made = Repository(tmp_path)
    made.configure()
    made.declare(table(rows=rows(3)))
    made.use(server)
    return made


@pytest.fixture
def reconcile(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Runs the command within this process, which is much faster."""
    monkeypatch.chdir(repository.root)
    for name in ("NO_COLOR", "FORCE_COLOR", "CI", "GITHUB_ACTIONS", "RECONCILE_ENV"):
        monkeypatch.delenv(name, raising=False)

    def reconciled(*arguments: str) -> Done:
        capsys.readouterr()
        code = run(arguments)
        return Done(code, *capsys.readouterr())

    return reconciled
