from __future__ import annotations

import os
import pty
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reconciler.cli import run
from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import Done, Repository, Server, client, environ, rows, shown_on, table
from tests.cli.two_instances import KEYS, Instance, Reconcile, configure


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


@pytest.fixture
def as_user(reconcile: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Runs the command within this process, with the variables that a process of its own would have."""

    def reconciled(*arguments: str, **more: str) -> Done:
        variables = environ(**more)
        with monkeypatch.context() as patch:
            for name in set(os.environ) - set(variables):
                patch.delenv(name)
            for name, text in variables.items():
                patch.setenv(name, text)
            return reconcile(*arguments)

    return reconciled


@pytest.fixture
def at_a_terminal(as_user: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Runs the command within this process, with a terminal for stdin and stderr, and answers its question."""

    def reconciled(answer: str, *arguments: str, **more: str) -> Done:
        controller, terminal = pty.openpty()
        os.write(controller, f"{answer}\n".encode())
        with ThreadPoolExecutor(1) as pool:
            shown = pool.submit(shown_on, controller)
            with monkeypatch.context() as patch, open(terminal) as stdin, open(os.dup(terminal), "w") as stderr:
                patch.setattr(sys, "stdin", stdin)
                patch.setattr(sys, "stderr", stderr)
                done = as_user(*arguments, TERM="xterm", **more)
            err = shown.result()
        os.close(controller)
        return Done(done.code, done.out, err)

    return reconciled


@pytest.fixture
def dev(server: Server) -> Instance:
    return Instance(server, INSTANCE_ARN)


@pytest.fixture
def prod(server: Server) -> Instance:
    """A second instance in the same account."""
    connect = client(server)
    made = connect.create_instance(
        InstanceAlias="second",
        IdentityManagementType="CONNECT_MANAGED",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=True,
    )
    while connect.describe_instance(InstanceId=made["Id"])["Instance"]["InstanceStatus"] != "ACTIVE":
        pass
    return Instance(server, made["Arn"])


@pytest.fixture
def two(repository: Repository, server: Server, as_user: Reconcile, dev: Instance, prod: Instance) -> Reconcile:
    """The command with the environments `dev` and `prod`, and no manifest."""
    configure(repository, dev, prod)
    for path in (repository.root / "manifests" / "base").iterdir():
        path.unlink()
    return lambda *words: as_user(*words, AWS_ENDPOINT_URL=server.endpoint, **KEYS)
