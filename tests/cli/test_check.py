"""`check`: tests the account before the first plan, and never writes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from reconciler.sandbox import ACCOUNT, INSTANCE_ARN
from tests.cli.running import Done, Repository, Server

Reconcile = Callable[..., Done]

READS = ("Get", "List", "Search", "Describe", "Simulate")


def results(done: Done) -> dict[str, str]:
    return {each["name"]: each["result"] for each in json.loads(done.out)["checks"]}


@pytest.fixture
def account(repository: Repository, server: Server, as_user: Reconcile) -> Reconcile:
    """The command on an account that answers like a real one, but simulates nothing and lists no quotas."""
    repository.configure({"prod": {"instance": INSTANCE_ARN}})
    environ = {"AWS_ENDPOINT_URL": server.endpoint, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "x"}
    return lambda *words: as_user(*words, **environ)


def test_a_sandbox_passes_and_lists_once_what_it_lacks(reconcile: Reconcile, server: Server) -> None:
    """m20: it repeated this for ten checks, as if they were errors."""
    done = reconcile("check", "--format", "json")

    assert done.code == 0
    assert results(done) == {
        "credentials": "ok",
        "instance": "ok",
        "permissions, quotas": "unknown",
        "data tables": "ok",
        "Q in Connect": "ok",
    }
    assert "the sandbox evaluates no policies and has no Service Quotas" in done.out
    assert "moto" not in done.out
    assert not [call for call in server.calls() if call.startswith(("iam:", "service-quotas:"))]


def test_a_check_without_an_answer_is_unknown(account: Reconcile) -> None:
    done = account("check", "--format", "json")

    assert done.code == 0
    document = results(done)
    assert document["permissions of apply"] == document["quota: cells per table"] == "unknown"
    assert "failed" not in document.values()


def test_nothing_is_ever_written(reconcile: Reconcile, server: Server) -> None:
    reconcile("apply", "--auto-approve")
    before = server.calls()

    reconcile("check")

    made = {name for name, count in server.calls().items() if count != before.get(name)}
    assert {"sts:GetCallerIdentity", "connect:DescribeInstance", "connect:ListDataTableValues"} <= made
    assert all(name.partition(":")[2].startswith(READS) for name in made)


def test_text_has_symbols_and_words_and_ends_with_the_counts(account: Reconcile) -> None:
    done = account("check")

    assert done.out.startswith(f"Check of shop/prod · {INSTANCE_ARN}\n")
    assert "✓ ok       credentials" in done.out
    assert "? unknown  permissions of apply" in done.out
    assert "more actions, all of them in --format json" in done.out
    assert done.last.startswith("Check: ")
    assert ", 0 failed, " in done.last


def test_json_has_the_content_of_the_text(reconcile: Reconcile) -> None:
    document = json.loads(reconcile("check", "--format", "json").out)

    assert document["format_version"] == "1.0"
    assert (document["stack"], document["environment"], document["instance"]) == ("shop", "lab", INSTANCE_ARN)
    assert sum(document["summary"].values()) == len(document["checks"])
    assert set(document["checks"][0]) == {"name", "result", "message", "remedy", "details"}


def test_a_read_that_is_denied_fails_and_names_the_action(reconcile: Reconcile, server: Server) -> None:
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["SearchDataTables"]})

    done = reconcile("check")

    assert done.code == 1
    assert "✗ failed   permissions of plan" in done.out
    assert "connect:SearchDataTables" in done.out
    assert "→ " in done.out


def test_a_denied_check_is_unknown_and_not_a_failure(reconcile: Reconcile, server: Server) -> None:
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["ListDataTables"]})

    done = reconcile("check", "--format", "json")

    assert done.code == 0
    assert results(done)["data tables"] == "unknown"


@pytest.mark.slow
def test_manifests_with_mistakes_do_not_stop_it(repository: Repository, reconcile: Reconcile) -> None:
    repository.declare({"kind": "DataTable", "metadata": {"name": "Broken"}, "spec": {}})

    done = reconcile("check")

    assert done.code == 0
    assert "! warning  manifests" in done.out
    assert "reconcile validate" in done.out


def test_no_credentials_are_a_failed_check_and_one_clear_line(repository: Repository, as_user: Reconcile) -> None:
    real = {"instance": INSTANCE_ARN, "account": ACCOUNT}
    repository.configure({"prod": real})

    done = as_user("check")

    assert done.code == 1
    assert "✗ failed   credentials" in done.out
    assert "no AWS credentials" in done.out
    assert "AWS_PROFILE" in done.out
    assert "Traceback" not in done.err


def test_another_account_is_a_failed_check_and_nothing_else_is_asked(
    repository: Repository, server: Server, as_user: Reconcile
) -> None:
    arn = INSTANCE_ARN.replace(ACCOUNT, "444455556666")
    repository.configure({"prod": {"instance": arn}})
    environ = {"AWS_ENDPOINT_URL": server.endpoint, "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "x"}

    done = as_user("check", **environ)

    assert done.code == 1
    assert 'but environment "prod" is in 444455556666' in done.out
    assert server.calls() == {"sts:GetCallerIdentity": 1}


def test_a_real_account_is_asked_for_its_credentials_once(account: Reconcile, server: Server) -> None:
    done = account("check")

    assert done.code == 0
    assert server.calls()["sts:GetCallerIdentity"] == 1
