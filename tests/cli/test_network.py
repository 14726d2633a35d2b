"""AWS that is unreachable, rejects the credentials, or is another account: one clear line and exit code 1."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import Done, Repository, Server, command

Reconcile = Callable[..., Done]

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture
def real(repository: Repository) -> Repository:
    """An environment like those in an account, though the sandbox answers for it."""
    repository.configure({"prod": {"instance": INSTANCE_ARN, "rates": "unlimited"}})
    return repository


@pytest.mark.slow
def test_an_account_is_asked_once_and_the_ordinary_chain_is_used(real: Repository, server: Server) -> None:
    """S0-27: credentials, Region and endpoint are found the standard way."""
    done = command(real.root, "apply", "--auto-approve", AWS_ENDPOINT_URL=server.endpoint, **KEYS)

    assert done.code == 0
    assert server.calls()["sts:GetCallerIdentity"] == 1


def test_no_network_is_one_clear_line(real: Repository, as_user: Reconcile) -> None:
    done = as_user("plan", AWS_ENDPOINT_URL="http://127.0.0.1:9", **KEYS)

    assert (done.code, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert "check the network and AWS_ENDPOINT_URL" in done.err


def test_missing_credentials_are_one_clear_line(real: Repository, server: Server, as_user: Reconcile) -> None:
    """S0-27: no credentials, no trace of Python."""
    done = as_user("plan", AWS_ENDPOINT_URL=server.endpoint, AWS_SHARED_CREDENTIALS_FILE="/dev/null")

    assert (done.code, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert "AWS_PROFILE" in done.err


def test_another_account_is_an_error_before_anything_is_read(
    real: Repository, server: Server, as_user: Reconcile
) -> None:
    real.configure({"prod": {"instance": INSTANCE_ARN.replace("111122223333", "444455556666")}})

    done = as_user("plan", AWS_ENDPOINT_URL=server.endpoint, **KEYS)

    assert done.code == 1
    assert "111122223333" in done.err
    assert "444455556666" in done.err
    assert set(server.calls()) == {"sts:GetCallerIdentity"}


def test_a_missing_permission_is_named(real: Repository, server: Server, as_user: Reconcile) -> None:
    """S0-59: AccessDenied names the missing action."""
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["SearchDataTables"]})

    done = as_user("plan", AWS_ENDPOINT_URL_CONNECT=server.endpoint, AWS_ENDPOINT_URL=server.endpoint, **KEYS)

    assert done.code == 1
    assert "the role needs the action connect:SearchDataTables" in done.err
