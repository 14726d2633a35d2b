"""Values of a run from GitHub's own variables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.errors import UsageError
from reconciler.github.run import WorkflowRun, read_run, token_of

SHA, HEAD = "a" * 40, "b" * 40
VARIABLES = {"GITHUB_REPOSITORY": "example/contact-centre", "GITHUB_SHA": SHA, "GITHUB_RUN_ID": "42"}


def test_a_run_knows_its_address_and_its_commit() -> None:
    run = read_run({**VARIABLES, "GITHUB_SERVER_URL": "https://github.example.com"})

    assert run.url == "https://github.example.com/example/contact-centre/actions/runs/42"
    assert run.commit_url == f"https://github.example.com/example/contact-centre/commit/{SHA}"
    assert run.pull_request == 0


def test_a_run_for_a_pull_request_knows_its_number_and_its_head(tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": HEAD}}}), encoding="utf-8")

    run = read_run({**VARIABLES, "GITHUB_EVENT_PATH": str(event)})

    assert (run.pull_request, run.commit) == (7, HEAD)


def test_a_merge_reference_names_a_pull_request_too() -> None:
    assert read_run({**VARIABLES, "GITHUB_REF": "refs/pull/12/merge"}).pull_request == 12


def test_unknown_values_are_empty() -> None:
    run = read_run({"GITHUB_REPOSITORY": "example/contact-centre"})

    assert run == WorkflowRun("example/contact-centre")
    assert (run.url, run.commit_url, run.api) == ("", "", "https://api.github.com")


def test_calling_github_needs_a_repository() -> None:
    run = read_run({"GITHUB_RUN_ID": "42", "GITHUB_SHA": SHA})

    assert (run.url, run.commit_url) == ("", "")
    with pytest.raises(UsageError, match="OWNER/NAME"):
        run.required_repository()


@pytest.mark.parametrize("name", ["contact-centre", "a/b/c", "a/b?x=1", "../user", "a/b\n"])
def test_an_invalid_repository_is_wrong_usage(name: str) -> None:
    with pytest.raises(UsageError, match="OWNER/NAME"):
        read_run({"GITHUB_REPOSITORY": name})


@pytest.mark.parametrize("content", ["", "[", None])
def test_an_unreadable_event_is_wrong_usage(tmp_path: Path, content: str | None) -> None:
    event = tmp_path / "event.json"
    if content is not None:
        event.write_text(content, encoding="utf-8")

    with pytest.raises(UsageError, match="GITHUB_EVENT_PATH"):
        read_run({**VARIABLES, "GITHUB_EVENT_PATH": str(event)})


@pytest.mark.parametrize("event", [[], {"pull_request": None}, {"pull_request": {"number": "7", "head": []}}])
def test_an_event_of_another_kind_names_no_pull_request(tmp_path: Path, event: object) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event), encoding="utf-8")

    run = read_run({**VARIABLES, "GITHUB_EVENT_PATH": str(path)})

    assert (run.pull_request, run.commit) == (0, SHA)


@pytest.mark.parametrize(("run", "sha"), [("1) [x](https://example.com", "main"), ("", "a" * 7), ("-1", "A" * 40)])
def test_an_invalid_number_or_commit_is_not_shown(run: str, sha: str) -> None:
    run_ = read_run({**VARIABLES, "GITHUB_RUN_ID": run, "GITHUB_SHA": sha})

    assert (run_.id, run_.commit) == ("", "")


def test_the_token_comes_from_the_environment() -> None:
    assert token_of({"GITHUB_TOKEN": " a\n", "GH_TOKEN": "b"}) == "a"
    assert token_of({"GH_TOKEN": "b"}) == "b"
    assert token_of({}) == ""
