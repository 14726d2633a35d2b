"""`agents plan`: its exit codes, its forms, and that it uploads nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.builders.agent_files import ADA, MANAGED, MARY, SECRET, agent_csv
from tests.cli.running import Done, Repository, Server

Reconcile = Callable[..., Done]
ROWS = tuple({**row, "password": SECRET} for row in (ADA, MARY))


@pytest.fixture
def centre(repository: Repository) -> Repository:
    """Without manifests, and with a file of two agents."""
    repository.declare()
    write(repository)
    return repository


def write(repository: Repository, text: str = "") -> None:
    (repository.root / "agents.csv").write_text(text or agent_csv(MANAGED, ROWS), encoding="utf-8")


def test_it_shows_what_an_upload_would_do(centre: Repository, reconcile: Reconcile) -> None:
    done = reconcile("agents", "plan", "agents.csv")

    assert done.code == 0
    assert "+ create User/ada" in done.out
    assert "row 2: a new user" in done.out
    assert "Plan: 2 to create, 0 to update, 0 to delete" in done.out
    assert SECRET not in done.out + done.err


@pytest.mark.parametrize("flags", [(), ("--offline",)])
def test_changes_are_2_only_if_asked_for(centre: Repository, reconcile: Reconcile, flags: tuple[str, ...]) -> None:
    assert reconcile("agents", "plan", "agents.csv", "--detailed-exitcode", *flags).code == 2
    assert reconcile("agents", "plan", "agents.csv", *flags).code == 0


def test_offline_asks_aws_for_nothing(centre: Repository, server: Server, reconcile: Reconcile) -> None:
    before = server.calls()

    done = reconcile("agents", "plan", "agents.csv", "--offline", "--format", "json")

    plan = json.loads(done.out)
    assert plan["summary"]["create"] == 2
    assert server.calls() == before


def test_json_markdown_and_files_have_every_refused_row(centre: Repository, reconcile: Reconcile) -> None:
    write(centre, agent_csv(MANAGED, [{**ROWS[0], "user login": f"user {number}"} for number in range(150)]))

    done = reconcile("agents", "plan", "agents.csv", "--format", "json", "--out", "plan.md", "--out", "plan.html")

    assert json.loads(done.out)["summary"]["blocked"] == 150
    for name in ("plan.md", "plan.html"):
        text = (centre.root / name).read_text(encoding="utf-8")
        assert "row 151: user login" in text
        assert SECRET not in text


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("none.csv",), 64, "none.csv does not exist"),
        (("other.csv",), 1, "is not a file of agents"),
        ((), 64, "missing argument"),
        (("agents.csv", "--out", "plan.doc"), 64, "unknown format"),
    ],
)
def test_a_wrong_file_or_flag_has_its_exit_code(
    centre: Repository, reconcile: Reconcile, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (centre.root / "other.csv").write_text("a,b\n1,2\n")

    done = reconcile("agents", "plan", *arguments)

    assert (done.code, words in done.err) == (code, True)
