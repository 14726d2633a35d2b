"""`secret set`: gives a declared secret its value, and nothing ever shows that value."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.running import Done, Reconcile, Repository, Server, client_of, environ, resource

ADDRESS, NAME = "Secret/desk/warehouse", "desk/warehouse"
VALUE = '{"username": "loader", "password": "s3cr3t-words"}'
FORMER = "the-former-words"

Fed = Callable[..., Done]


@pytest.fixture
def fed(repository: Repository, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch) -> Fed:
    """Runs the command with these bytes on stdin."""
    repository.declare(resource("Secret", NAME))

    def ran(stdin: bytes, *arguments: str) -> Done:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        return reconcile(*arguments)

    return ran


@pytest.fixture
def live(fed: Fed, reconcile: Reconcile, server: Server) -> Any:
    """The secret is live and empty; returns boto3's client."""
    assert reconcile("apply", "--auto-approve").code == 0
    return client_of(server, "secretsmanager")


def value(live: Any) -> str:
    return str(live.get_secret_value(SecretId=NAME)["SecretString"])


def test_a_value_on_stdin_becomes_the_value_without_its_last_line_end(fed: Fed, live: Any) -> None:
    done = fed(f"{VALUE}\n".encode(), "secret", "set", ADDRESS)

    assert done.code == 0
    assert value(live) == VALUE
    assert done.out.startswith(f"{ADDRESS} has a new value, version ")


def test_nothing_shows_the_value(fed: Fed, live: Any, repository: Repository) -> None:
    done = fed(VALUE.encode(), "-v", "secret", "set", ADDRESS)

    files = [path.read_text("utf-8", errors="replace") for path in repository.root.rglob("*") if path.is_file()]
    assert done.code == 0
    assert not [text for text in (done.out, done.err, *files) if "s3cr3t" in text]


def test_a_value_that_is_there_is_replaced_only_when_asked(fed: Fed, live: Any) -> None:
    live.put_secret_value(SecretId=NAME, SecretString=FORMER)

    refused = fed(VALUE.encode(), "secret", "set", ADDRESS)
    kept = value(live)
    replaced = fed(VALUE.encode(), "secret", "set", ADDRESS, "--replace")

    assert (refused.code, kept) == (3, FORMER)
    assert "give --replace" in refused.err
    assert (replaced.code, value(live)) == (0, VALUE)
    previous = live.get_secret_value(SecretId=NAME, VersionStage="AWSPREVIOUS")["SecretString"]
    assert previous == FORMER


def test_a_dry_run_writes_nothing(fed: Fed, live: Any) -> None:
    done = fed(VALUE.encode(), "--dry-run", "secret", "set", ADDRESS)

    assert (done.code, done.out.strip()) == (0, f"would set the value of {ADDRESS}")
    assert "VersionIdsToStages" not in live.describe_secret(SecretId=NAME)


@pytest.mark.parametrize(
    ("stdin", "code", "words"),
    [
        (b"", 1, "the value is empty"),
        (b"\n", 1, "the value is empty"),
        (b"x" * 65_537, 1, "65,537 bytes; AWS keeps up to 65,536"),
        (b"caf\xe9", 64, "not UTF-8 text: byte 4"),
    ],
)
def test_a_value_that_aws_would_not_take_is_an_error(fed: Fed, live: Any, stdin: bytes, code: int, words: str) -> None:
    done = fed(stdin, "secret", "set", ADDRESS)

    assert done.code == code
    assert words in done.err
    assert "VersionIdsToStages" not in live.describe_secret(SecretId=NAME)


@pytest.mark.parametrize("address", ["Secret/desk/warehous", "Queue/Sales", "desk/warehouse", "Secret/"])
def test_an_address_that_is_not_declared_is_wrong_usage(fed: Fed, address: str) -> None:
    done = fed(VALUE.encode(), "secret", "set", address)

    assert done.code == 64
    assert f'no secret "{address}"' in done.err


def test_a_near_address_is_proposed(fed: Fed) -> None:
    done = fed(VALUE.encode(), "secret", "set", "Secret/desk/warehous")

    assert f'did you mean "{ADDRESS}"' in done.err


def test_a_secret_that_is_not_live_says_what_creates_it(fed: Fed) -> None:
    done = fed(VALUE.encode(), "secret", "set", ADDRESS)

    assert done.code == 1
    assert f"{ADDRESS} is not live; create it with" in done.err


def test_a_secret_of_another_owner_is_left_alone(fed: Fed, server: Server) -> None:
    another = client_of(server, "secretsmanager")
    another.create_secret(Name=NAME, SecretString=FORMER)

    done = fed(VALUE.encode(), "secret", "set", ADDRESS, "--replace")

    assert done.code == 3
    assert "this stack does not manage it" in done.err
    assert value(another) == FORMER


def test_a_secret_that_is_scheduled_for_deletion_gets_no_value(fed: Fed, live: Any) -> None:
    live.delete_secret(SecretId=NAME, RecoveryWindowInDays=7)

    done = fed(VALUE.encode(), "secret", "set", ADDRESS)

    assert done.code == 1
    assert "is scheduled for deletion" in done.err


def test_mistakes_of_the_manifests_come_first(fed: Fed, repository: Repository) -> None:
    repository.declare(resource("Secret", NAME, {"recoveryWindowInDays": 1}))

    done = fed(VALUE.encode(), "secret", "set", ADDRESS)

    assert done.code == 1
    assert "recoveryWindowInDays" in done.err


def test_an_environment_must_be_named_if_there_are_several(fed: Fed, repository: Repository) -> None:
    repository.configure({"lab": {"sandbox": True}, "test": {"sandbox": True}})

    done = fed(VALUE.encode(), "secret", "set", ADDRESS)

    assert done.code == 64
    assert "which environment?" in done.err


@pytest.mark.slow
def test_a_prompt_shows_nothing_and_asks_twice(live: Any, repository: Repository) -> None:
    controller, terminal = pty.openpty()
    words = [sys.executable, "-m", "reconciler", "secret", "set", ADDRESS]
    # Without a session of its own, the prompt would ask at the terminal of the test run.
    with subprocess.Popen(
        words,
        cwd=repository.root,
        env=environ(),
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        start_new_session=True,
    ) as running:
        os.close(terminal)
        shown = ""
        for _ in range(2):
            while not shown.endswith(": "):
                shown += os.read(controller, 65536).decode()
            os.write(controller, f"{VALUE}\n".encode())
            shown += os.read(controller, 65536).decode()
        out, _ = running.communicate(timeout=60)
        os.close(controller)

    assert running.returncode == 0
    assert "has a new value" in out
    assert shown.count("Value of") == 1
    assert "s3cr3t" not in shown
    assert value(live) == VALUE
