"""`pipelines` before anything is deployed: names, wrong usage, and what is not there."""

from __future__ import annotations

import json

import pytest

from tests.cli.completing import completed
from tests.cli.running import Reconcile, Repository, Server

from .documents import CALLS, SESSIONS


@pytest.fixture(autouse=True)
def declared(repository: Repository) -> None:
    repository.declare(CALLS, SESSIONS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["status", "contact-cals"], 'no pipeline "contact-cals"; did you mean "contact-calls"?'),
        (["status", "--format", "xml"], "xml"),
        (["status", "--tenant", "harbor-dental"], "--tenant is for pipelines of type connectwise"),
        (["rows", "contact-calls", "--tenant", "a", "--table", "b"], "rows are those of type connectwise"),
        (["rows", "contact-calls", "--tenant", "a"], 'missing option "--table"'),
        (["run"], "missing argument"),
        (["run", "contact-cals"], 'did you mean "contact-calls"?'),
        (["run", "session-data"], "contact flows call it; there is nothing to run by hand"),
        (["run", "contact-calls", "--event", "{"], "--event is not JSON"),
        (["run", "contact-calls", "--event", "[]"], "--event must be a JSON object"),
    ],
)
def test_wrong_usage_ends_with_64_and_invokes_nothing(
    reconcile: Reconcile, server: Server, arguments: list[str], message: str
) -> None:
    done = reconcile("pipelines", *arguments)

    assert (done.code, done.out) == (64, "")
    assert message in done.err
    assert "lambda:Invoke" not in server.calls()


def test_the_status_of_what_is_not_deployed_ends_with_1_and_names_the_remedy(reconcile: Reconcile) -> None:
    done = reconcile("pipelines", "status", "contact-calls")

    assert done.code == 1
    assert "error" in done.out
    assert "the function shop-lab-contact-calls is not live; deploy it with reconcile apply" in done.out


def test_an_error_of_one_pipeline_hides_no_other_one(reconcile: Reconcile) -> None:
    done = reconcile("pipelines", "status", "--format", "json")

    states = {pipeline["name"]: pipeline["status"] for pipeline in json.loads(done.out)["pipelines"]}
    assert done.code == 1
    assert states == {"contact-calls": "error", "session-data": "failed"}


def test_a_run_of_what_is_not_deployed_is_an_error(reconcile: Reconcile) -> None:
    done = reconcile("pipelines", "run", "contact-calls", "--auto-approve")

    assert done.code == 1
    assert "deploy it with reconcile apply" in done.err


def test_a_run_needs_a_named_environment(repository: Repository, reconcile: Reconcile) -> None:
    sandbox = {"sandbox": True}
    repository.configure({"lab": sandbox, "loft": sandbox})

    done = reconcile("pipelines", "run", "contact-calls")

    assert done.code == 64
    assert "which environment?" in done.err


def test_names_of_pipelines_are_completed(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, reconcile: Reconcile
) -> None:
    assert completed("pipelines", "status") == ["contact-calls", "session-data"]
    assert completed("pipelines", "run", incomplete="ses") == ["session-data"]
