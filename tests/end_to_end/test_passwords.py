"""Passwords from the command to AWS: a run may be killed at any call, and no password is ever shown or written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run
from tests.cli.running import Repository, Server, client_of
from tests.end_to_end.killing import applied, declared, finishes_after, prepared
from tests.worlds.agents import HERE, REQUIRED
from tests.worlds.passwords import PLANTED

GENERATED, STORED = "reconcile/shop/lab/users/ada/password", "first-password"
CALLS = 27
ACCEPTED = 22  # the first look for the generated password finds none
FIRST = 19  # the calls before are the plan's
SAMPLE = (21,)
# An even call is killed before AWS carries it out, an odd one after it. Only an accepted call can be killed after it.
OTHERS = [call for call in range(FIRST, CALLS + 1) if call not in SAMPLE and (call % 2 == 0 or call <= ACCEPTED)]


@pytest.fixture(scope="module")
def server(one_server: Server) -> Server:
    return one_server


@pytest.fixture
def repository(server: Server, tmp_path: Path) -> Repository:
    made = prepared(server, tmp_path, user("ada", generate=True), user("eve", secret=STORED))
    secrets(server).create_secret(Name=STORED, SecretString=json.dumps({"password": PLANTED}))
    return made


def user(name: str, **password: Any) -> dict[str, Any]:
    identity = {"firstName": name.title(), "lastName": "Byron"}
    return declared("User", name, identityInfo=identity, password=password, **REQUIRED)


def secrets(server: Server) -> Any:
    return client_of(server, "secretsmanager")


def passwords(server: Server) -> tuple[str, str]:
    """Returns both passwords: the planted one, and the one that the run has made."""
    return PLANTED, str(secrets(server).get_secret_value(SecretId=GENERATED)["SecretString"])


def users(server: Server) -> list[str]:
    listed = client_of(server, "connect").list_users(**HERE)["UserSummaryList"]
    return sorted(it["Username"] for it in listed)


def files(repository: Repository) -> str:
    return "\n".join(path.read_text("utf-8") for path in repository.root.rglob("*") if path.is_file())


@pytest.mark.slow
@pytest.mark.parametrize("fault", [{}, {"lostReply": {"every": 1, "operations": ["CreateUser", "CreateSecret"]}}])
def test_no_password_is_in_a_report_a_log_or_a_file(
    repository: Repository, server: Server, capsys: pytest.CaptureFixture[str], fault: dict[str, Any]
) -> None:
    """S4-31."""
    server.set_faults(**fault)
    at, plan = ["-C", str(repository.root), "-vv", "--log-format", "json"], repository.root / "plan"
    for form in ("json", "html", "md", "txt"):
        assert run([*at, "plan", "--out", f"{plan}.{form}"]) == 0

    assert run([*at, "apply", "--auto-approve", "--full", "--outcome", f"{plan}-outcome.json"]) == 0
    assert run([*at, "plan", "--format", "json"]) == 0

    shown = "".join(capsys.readouterr()) + files(repository)
    assert users(server) == ["ada", "eve"]
    assert "CreateUser" in shown
    assert [text for text in passwords(server) if text in shown] == []


def test_a_refused_user_is_reported_without_the_password(
    repository: Repository, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "InvalidParameterException"
    server.set_faults(error={"every": 1, "code": code, "operations": ["CreateUser"]})

    assert run(["-C", str(repository.root), "-vv", "apply", "--auto-approve"]) == 1

    shown = "".join(capsys.readouterr()) + files(repository)
    assert code in shown
    assert [text for text in passwords(server) if text in shown] == []


def finished_after(repository: Repository, server: Server, call: int) -> None:
    finishes_after(repository, server, call)

    assert users(server) == ["ada", "eve"]
    assert [text for text in passwords(server) if text in files(repository)] == []
    versions = secrets(server).list_secret_version_ids(SecretId=GENERATED)["Versions"]
    assert len(versions) == 1


@pytest.mark.slow
@pytest.mark.parametrize("call", SAMPLE)
def test_killed_at_a_call_here_and_there(repository: Repository, server: Server, call: int) -> None:
    finished_after(repository, server, call)


@pytest.mark.slow
@pytest.mark.parametrize("call", OTHERS)
def test_killed_at_every_other_call_of_apply(repository: Repository, server: Server, call: int) -> None:
    finished_after(repository, server, call)


def test_the_run_takes_so_many_calls(repository: Repository, server: Server) -> None:
    before = sum(server.calls().values())
    assert applied(repository) == 0

    assert sum(server.calls().values()) - before == CALLS
