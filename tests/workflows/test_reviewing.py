"""What joins a merge to its review: which plan counts, what is kept of it, and what is said where it is another now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run as reconcile
from tests.cli.running import Done
from tests.rehearsal.site import FORKS, OURS, REPOSITORY, Site, opened

Json = dict[str, Any]
NAME, COMMIT, HEAD = "plan-prod-0123", "c" * 40, "a" * 40
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
READ = {"actions": "read", "pull-requests": "read"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Pull request 7, planned once and merged as COMMIT."""
    with opened(tmp_path, None) as site:  # type: ignore[arg-type] - nobody gets near AWS here
        site.github.world.open_pull_request(7)
        site.pulls[7] = {"number": 7, "merged_at": "2026-03-04T06:00:00Z", "head": {"sha": HEAD}}
        site.merged[COMMIT] = 7
        keep(site, 11)
        yield site


def keep(site: Site, run: int, *, name: str = NAME, head: str = HEAD, **more: Any) -> None:
    origin = {"id": run, "head_sha": head, "repository_id": OURS, "head_repository_id": OURS}
    origin |= {key: more.pop(key) for key in list(more) if key in origin}
    site.artifacts.append({"id": 100 + run, "name": name, "expired": False, "workflow_run": origin, **more})


@pytest.fixture
def github(site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    monkeypatch.chdir(site.folder)
    monkeypatch.setenv("GITHUB_REPOSITORY", REPOSITORY)
    monkeypatch.setenv("GITHUB_API_URL", site.github.url)
    monkeypatch.setenv("GITHUB_OUTPUT", str(site.folder / "output"))
    for name in ("GH_TOKEN", "GITHUB_ACTIONS", "GITHUB_EVENT_PATH", "GITHUB_RUN_ID"):
        monkeypatch.delenv(name, raising=False)

    def asked(*words: str, permissions: Json = READ) -> Done:
        token = site.issue_token(_event(), permissions)
        monkeypatch.setenv("GITHUB_TOKEN", token)
        capsys.readouterr()
        return Done(reconcile(["github", *words]), *capsys.readouterr())

    return asked


def _event() -> Any:
    from tests.rehearsal.site import Event

    return Event("push", "refs/heads/main", COMMIT, COMMIT)


def outputs(site: Site) -> str:
    path = site.folder / "output"
    return path.read_text() if path.exists() else ""


# Which plan counts.


def test_the_plan_of_the_pull_request_that_was_merged_is_found(site: Site, github: Callable[..., Done]) -> None:
    done = github("reviewed", NAME, "--commit", COMMIT)

    assert done.code == 0
    assert "\n11\n" in outputs(site)
    assert "\n7\n" in outputs(site)


def test_of_several_runs_the_newest_counts(site: Site, github: Callable[..., Done]) -> None:
    keep(site, 12)

    assert github("reviewed", NAME, "--commit", COMMIT).code == 0
    assert "\n12\n" in outputs(site)


@pytest.mark.parametrize(
    "newer",
    [
        pytest.param({"head_repository_id": FORKS}, id="a fork's"),
        pytest.param({"head": "b" * 40}, id="another pull request's"),
        pytest.param({"expired": True}, id="one that has expired"),
        pytest.param({"name": "plan-prod-4567"}, id="one of another name"),
    ],
)
def test_what_nobody_reviewed_with_this_commit_never_counts(
    site: Site, github: Callable[..., Done], newer: Json
) -> None:
    keep(site, 12, **newer)

    assert github("reviewed", NAME, "--commit", COMMIT).code == 0
    assert "\n11\n" in outputs(site)


def test_a_plan_that_is_missing_is_no_free_pass(site: Site, github: Callable[..., Done]) -> None:
    done = github("reviewed", "plan-prod-4567", "--commit", COMMIT)

    assert (done.code, outputs(site)) == (4, "")
    assert "#7 has kept none of the name plan-prod-4567" in done.err


def test_nor_is_a_commit_without_a_pull_request(site: Site, github: Callable[..., Done]) -> None:
    done = github("reviewed", NAME, "--commit", "d" * 40)

    assert (done.code, outputs(site)) == (4, "")
    assert "came by no merged pull request" in done.err


def test_nor_is_one_whose_pull_request_is_still_open(site: Site, github: Callable[..., Done]) -> None:
    site.pulls[7]["merged_at"] = None

    assert github("reviewed", NAME, "--commit", COMMIT).code == 4


def test_a_missing_permission_is_named(github: Callable[..., Done]) -> None:
    done = github("reviewed", NAME, "--commit", COMMIT, permissions={"contents": "read"})

    assert done.code == 1
    assert "actions: read, and pull-requests: read" in done.err


# What is kept.


def test_evidence_is_what_was_applied_by_its_day_and_digest(site: Site, github: Callable[..., Done]) -> None:
    done = github("evidence", str(GOLDEN / "outcome.json"), "--into", "plans")

    told = json.loads((GOLDEN / "outcome.json").read_text())
    name = f"{told['finishedAt'][:10]}-{told['digest'][:12]}.md"
    text = (site.folder / "plans" / told["environment"] / name).read_text()
    assert done.code == 0
    assert text.startswith(f"Applied: the plan of digest `{told['digest']}`")


def test_where_nothing_was_applied_nothing_is_kept(site: Site, github: Callable[..., Done]) -> None:
    done = github("evidence", str(GOLDEN / "outcome-declined.json"), "--into", "plans")

    assert (done.code, (site.folder / "plans").exists()) == (0, False)


def test_a_dry_run_keeps_nothing_and_says_what_it_would(site: Site, github: Callable[..., Done]) -> None:
    done = github("evidence", str(GOLDEN / "outcome.json"), "--into", "plans", "--dry-run")

    assert (done.code, (site.folder / "plans").exists()) == (0, False)
    assert done.out.startswith("would write plans/")


@pytest.mark.parametrize("wrong", [{"environment": "../../prod"}, {"digest": "/../../../../x"}, {"environment": ""}])
def test_a_name_that_leads_out_of_the_folder_is_refused(
    site: Site, github: Callable[..., Done], wrong: dict[str, str]
) -> None:
    told = json.loads((GOLDEN / "outcome.json").read_text())
    (site.folder / "outcome.json").write_text(json.dumps({**told, **wrong}))

    done = github("evidence", "outcome.json", "--into", "plans/deep/er")

    assert (done.code, (site.folder / "plans").exists()) == (64, False)


# What is said.


def _outcome(folder: Path, cells: int, code: int = 4) -> Path:
    """Of an apply whose plan has so many cells that nobody reviewed."""
    plan = json.loads((GOLDEN / "plan-empty.json").read_text())
    text = "x|@" * 100
    told = [
        {"action": "update", "key": {"id": str(at)}, "attribute": "A", "before": text, "after": f"{text}{at}"}
        for at in range(cells)
    ]
    change = {"address": "DataTable/T", "action": "update", "fields": [], "rows": [], "cells": told}
    ended = {"exitCode": code, "status": "stale", "startedAt": "2026-03-04T06:00:00Z"}
    path = folder / "outcome.json"
    path.write_text(json.dumps({**plan, "changes": [change], **ended}))
    return path


def test_a_stale_plan_is_told_once_however_often_it_is_tried(site: Site, github: Callable[..., Done]) -> None:
    words = ("stale", str(_outcome(site.folder, 2)), "--reviewed", str(GOLDEN / "plan-empty.json"), "--pr", "7")
    permissions = {"pull-requests": "write", "issues": "write"}

    assert [github(*words, permissions=permissions).code for _ in range(2)] == [0, 0]

    (comment,) = site.github.world.comments_on(7)
    assert comment["body"].count("| new |") == 2


def test_a_difference_that_is_too_long_is_told_in_part(site: Site, github: Callable[..., Done]) -> None:
    done = github(
        *("stale", str(_outcome(site.folder, 2000)), "--reviewed", str(GOLDEN / "plan-empty.json"), "--pr", "7"),
        permissions={"pull-requests": "write", "issues": "write"},
    )

    (comment,) = site.github.world.comments_on(7)
    assert done.code == 0
    assert "more" in comment["body"]


def test_an_apply_that_failed_otherwise_has_no_difference(site: Site, github: Callable[..., Done]) -> None:
    path = _outcome(site.folder, 2, code=5)

    assert github("stale", str(path), "--reviewed", str(GOLDEN / "plan-empty.json"), "--pr", "7").code == 0
    assert not site.github.world.comments_on(7)


def test_a_dry_run_prints_it(site: Site, github: Callable[..., Done]) -> None:
    done = github("--dry-run", "stale", str(_outcome(site.folder, 1)), "--reviewed", str(GOLDEN / "plan-empty.json"))

    assert "| new |" in done.out
    assert not site.github.asked


def test_a_dry_run_hands_nothing_on(site: Site, github: Callable[..., Done]) -> None:
    done = github("--dry-run", "reviewed", NAME, "--commit", COMMIT)

    assert (done.code, outputs(site)) == (0, "")
    assert "was reviewed in #7" in done.err
