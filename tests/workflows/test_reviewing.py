"""The link from a merge to its review: which plan counts, the evidence, and the report of a stale plan."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run as reconcile
from tests.cli.running import Done
from tests.rehearsal.site import FORKS, REPOSITORY, REPOSITORY_ID, Site, opened

Json = dict[str, Any]
NAME, COMMIT, HEAD = "plan-prod-0123", "c" * 40, "a" * 40
BEFORE, MERGED, AFTER = "2026-03-04T05:30:00Z", "2026-03-04T06:00:00Z", "2026-03-04T06:00:01Z"
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
READ = {"actions": "read", "pull-requests": "read"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Pull request 7, planned once and merged into main as COMMIT."""
    with opened(tmp_path, None) as site:  # type: ignore[arg-type] - nobody gets near AWS here
        open_pull_request(site, 7)
        site.merged[COMMIT] = 7
        keep(site, 11)
        yield site


def open_pull_request(site: Site, number: int, **more: Any) -> None:
    site.github.world.open_pull_request(number)
    pull = {"number": number, "state": "closed", "merged_at": MERGED, "base": {"ref": "main"}}
    site.pulls[number] = pull | {"head": {"sha": HEAD, "ref": "change"}} | more


def keep(site: Site, run: int, *, name: str = NAME, head: str = HEAD, plan: str = "plan.json", **more: Any) -> None:
    """A run keeps a plan. Words of the run are `path`, `event` and `head_branch`; everything else is the artifact's."""
    of_run = {"path": ".github/workflows/plan.yml", "event": "pull_request", "head_branch": "change"}
    of_run |= {key: more.pop(key) for key in list(more) if key in of_run}
    site.github.world.runs[run] = {"id": run, "head_sha": head, "pull_requests": [], **of_run}
    origin = {"id": run, "head_sha": head, "repository_id": REPOSITORY_ID, "head_repository_id": REPOSITORY_ID}
    origin |= {key: more.pop(key) for key in list(more) if key in origin}
    folder = site.folder / "artifacts" / str(run)
    folder.mkdir(parents=True)
    (folder / "plan.json").write_text((GOLDEN / plan).read_text())
    made = {"id": 100 + run, "name": name, "expired": False, "created_at": BEFORE, "folder": str(folder)}
    site.artifacts.append({**made, "workflow_run": origin, **more})


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


def ids(site: Site) -> dict[str, str]:
    """The outputs, by their names."""
    return {name: value for name, _, value in re.findall(r"(?m)^([\w-]+)<<(\S+)\n(.*)\n\2$", outputs(site))}


# Which plan counts.


def test_the_plan_of_the_pull_request_that_was_merged_is_found(site: Site, github: Callable[..., Done]) -> None:
    done = github("reviewed", NAME, "--commit", COMMIT)

    assert done.code == 0
    assert ids(site) == {"artifact-id": "111", "run-id": "11", "pull-request": "7"}


def test_of_several_runs_with_the_same_plan_the_newest_counts(site: Site, github: Callable[..., Done]) -> None:
    """S-4."""
    keep(site, 12)

    assert github("reviewed", NAME, "--commit", COMMIT).code == 0
    assert ids(site)["run-id"] == "12"


def test_different_plans_for_the_same_commit_stop_the_apply_and_are_named(
    site: Site, github: Callable[..., Done]
) -> None:
    """S-4."""
    keep(site, 12, plan="plan-empty.json")

    done = github("reviewed", NAME, "--commit", COMMIT)

    digests = [json.loads((GOLDEN / name).read_text())["digest"][:12] for name in ("plan.json", "plan-empty.json")]
    assert (done.code, outputs(site)) == (4, "")
    assert f"{digests[1]} of run 12, {digests[0]} of run 11" in done.err


def test_a_plan_that_is_not_whole_is_not_the_same_plan(site: Site, github: Callable[..., Done]) -> None:
    """S-4: its digest would be the same, so it is not believed."""
    keep(site, 12)
    file = site.folder / "artifacts" / "12" / "plan.json"
    file.write_text(file.read_text().replace('"before": "Basic"', '"before": "Gold"', 1).replace("sales", "salez"))

    done = github("reviewed", NAME, "--commit", COMMIT)

    assert (done.code, outputs(site)) == (4, "")
    assert "unreadable of run 12" in done.err


@pytest.mark.parametrize(
    "newer",
    [
        pytest.param({"head_repository_id": FORKS}, id="a fork's"),
        pytest.param({"head": "b" * 40}, id="another pull request's"),
        pytest.param({"expired": True}, id="one that has expired"),
        pytest.param({"name": "plan-prod-4567"}, id="one of another name"),
        pytest.param({"created_at": AFTER}, id="one kept after the merge"),
        pytest.param({"path": ".github/workflows/evil.yml"}, id="one of another workflow"),
        pytest.param({"event": "push"}, id="one of another event"),
        pytest.param({"event": "workflow_dispatch"}, id="one made by hand"),
        pytest.param({"head_branch": "evil"}, id="one of another branch with the same commit"),
    ],
)
def test_a_plan_without_a_review_of_this_commit_never_counts(
    site: Site, github: Callable[..., Done], newer: Json
) -> None:
    """S-4."""
    keep(site, 12, plan="plan-empty.json", **newer)

    assert github("reviewed", NAME, "--commit", COMMIT).code == 0
    assert ids(site)["run-id"] == "11"


@pytest.mark.parametrize(
    ("only", "reason"),
    [
        ({"created_at": AFTER}, "run 11 kept it after the merge"),
        ({"path": ".github/workflows/evil.yml"}, "run 11 belongs to .github/workflows/evil.yml, event pull_request"),
        ({"event": "push"}, "run 11 belongs to .github/workflows/plan.yml, event push"),
        ({"head_branch": "evil"}, "run 11 was for the branch evil"),
    ],
)
def test_the_reason_is_named_if_no_plan_counts(
    site: Site, github: Callable[..., Done], only: Json, reason: str
) -> None:
    """S-4."""
    site.artifacts.clear()
    shutil.rmtree(site.folder / "artifacts")
    keep(site, 11, **only)

    done = github("reviewed", NAME, "--commit", COMMIT)

    assert (done.code, outputs(site)) == (4, "")
    assert reason in done.err


def test_the_path_of_a_run_may_have_a_ref(site: Site, github: Callable[..., Done]) -> None:
    """GitHub's documentation shows `.github/workflows/build.yml@main`."""
    site.github.world.runs[11]["path"] += "@main"

    assert github("reviewed", NAME, "--commit", COMMIT).code == 0


def test_a_merge_into_another_branch_is_not_a_review_for_main(site: Site, github: Callable[..., Done]) -> None:
    """S-4."""
    site.pulls[7]["base"] = {"ref": "evil-base"}

    done = github("reviewed", NAME, "--commit", COMMIT)

    assert (done.code, outputs(site)) == (4, "")
    assert "does not belong to a pull request merged into main" in done.err
    assert github("reviewed", NAME, "--commit", COMMIT, "--branch", "evil-base").code == 0


@pytest.mark.parametrize("state", ["open", "closed"])
def test_the_same_commit_in_a_pull_request_into_another_branch_stops_the_apply(
    site: Site, github: Callable[..., Done], state: str
) -> None:
    """S-4: that one's run takes its workflow from the other branch, and its artifact looks the same."""
    open_pull_request(site, 8, state=state, merged_at=None, base={"ref": "evil-base"})

    done = github("reviewed", NAME, "--commit", COMMIT)

    assert (done.code, outputs(site)) == (4, "")
    assert "#7 and #8 have the same last commit, and #8 is for the branch evil-base" in done.err


def test_another_pull_request_of_the_branch_with_another_commit_does_not_matter(
    site: Site, github: Callable[..., Done]
) -> None:
    open_pull_request(site, 6, base={"ref": "staging"}, head={"sha": "b" * 40, "ref": "change"})

    assert github("reviewed", NAME, "--commit", COMMIT).code == 0


def test_a_plan_from_before_the_pull_request_got_its_base_does_not_count(
    site: Site, github: Callable[..., Done]
) -> None:
    """S-4."""
    changed = {"event": "base_ref_changed", "created_at": "2026-03-04T05:40:00Z"}
    site.github.world.timeline[7] = [{"event": "labeled", "created_at": "2026-03-04T05:50:00Z"}, changed]

    done = github("reviewed", NAME, "--commit", COMMIT)

    assert (done.code, outputs(site)) == (4, "")
    assert "run 11 kept it before the pull request got its current base branch" in done.err


def test_a_plan_is_found_behind_many_artifacts_of_the_same_name(site: Site, github: Callable[..., Done]) -> None:
    """S-4: more than one page, as anyone who can push a branch can make."""
    for run in range(12, 232):
        keep(site, run, head="b" * 40)

    assert github("reviewed", NAME, "--commit", COMMIT).code == 0
    assert ids(site)["run-id"] == "11"


def test_a_missing_plan_stops_the_apply(site: Site, github: Callable[..., Done]) -> None:
    done = github("reviewed", "plan-prod-4567", "--commit", COMMIT)

    assert (done.code, outputs(site)) == (4, "")
    assert "#7 has kept no plan named plan-prod-4567" in done.err


def test_a_commit_without_a_pull_request_stops_the_apply(site: Site, github: Callable[..., Done]) -> None:
    done = github("reviewed", NAME, "--commit", "d" * 40)

    assert (done.code, outputs(site)) == (4, "")
    assert "does not belong to a pull request merged into main" in done.err


def test_a_commit_of_an_open_pull_request_stops_the_apply(site: Site, github: Callable[..., Done]) -> None:
    site.pulls[7]["merged_at"] = None

    assert github("reviewed", NAME, "--commit", COMMIT).code == 4


def test_a_missing_permission_is_named(github: Callable[..., Done]) -> None:
    done = github("reviewed", NAME, "--commit", COMMIT, permissions={"contents": "read"})

    assert done.code == 1
    assert "actions: read, and pull-requests: read" in done.err


# Evidence.


def test_evidence_is_filed_by_day_and_digest(site: Site, github: Callable[..., Done]) -> None:
    done = github("evidence", str(GOLDEN / "outcome.json"), "--into", "plans")

    document = json.loads((GOLDEN / "outcome.json").read_text())
    name = f"{document['finishedAt'][:10]}-{document['digest'][:12]}.md"
    text = (site.folder / "plans" / document["environment"] / name).read_text()
    assert done.code == 0
    assert text.startswith(f"Applied: the plan of digest `{document['digest']}`")


def test_a_run_that_applied_nothing_leaves_no_evidence(site: Site, github: Callable[..., Done]) -> None:
    done = github("evidence", str(GOLDEN / "outcome-declined.json"), "--into", "plans")

    assert (done.code, (site.folder / "plans").exists()) == (0, False)


def test_a_dry_run_writes_no_evidence(site: Site, github: Callable[..., Done]) -> None:
    done = github("evidence", str(GOLDEN / "outcome.json"), "--into", "plans", "--dry-run")

    assert (done.code, (site.folder / "plans").exists()) == (0, False)
    assert done.out.startswith("would write plans/")


@pytest.mark.parametrize("wrong", [{"environment": "../../prod"}, {"digest": "/../../../../x"}, {"environment": ""}])
def test_a_name_that_leaves_the_folder_is_refused(
    site: Site, github: Callable[..., Done], wrong: dict[str, str]
) -> None:
    document = json.loads((GOLDEN / "outcome.json").read_text())
    (site.folder / "outcome.json").write_text(json.dumps({**document, **wrong}))

    done = github("evidence", "outcome.json", "--into", "plans/deep/er")

    assert (done.code, (site.folder / "plans").exists()) == (64, False)


# Reports.


def _outcome(folder: Path, cells: int, code: int = 4) -> Path:
    """An outcome whose plan has many cells without a review."""
    plan = json.loads((GOLDEN / "plan-empty.json").read_text())
    text = "x|@" * 100
    document = [
        {"action": "update", "key": {"id": str(at)}, "attribute": "A", "before": text, "after": f"{text}{at}"}
        for at in range(cells)
    ]
    change = {"address": "DataTable/T", "action": "update", "fields": [], "rows": [], "cells": document}
    ended = {"exitCode": code, "status": "stale", "startedAt": "2026-03-04T06:00:00Z"}
    path = folder / "outcome.json"
    path.write_text(json.dumps({**plan, "changes": [change], **ended}))
    return path


def test_a_stale_plan_is_reported_once(site: Site, github: Callable[..., Done]) -> None:
    words = ("stale", str(_outcome(site.folder, 2)), "--reviewed", str(GOLDEN / "plan-empty.json"), "--pr", "7")
    permissions = {"pull-requests": "write", "issues": "write"}

    assert [github(*words, permissions=permissions).code for _ in range(2)] == [0, 0]

    (comment,) = site.github.world.comments_on(7)
    assert comment["body"].count("| new |") == 2


def test_a_long_comparison_is_shortened(site: Site, github: Callable[..., Done]) -> None:
    done = github(
        *("stale", str(_outcome(site.folder, 2000)), "--reviewed", str(GOLDEN / "plan-empty.json"), "--pr", "7"),
        permissions={"pull-requests": "write", "issues": "write"},
    )

    (comment,) = site.github.world.comments_on(7)
    assert done.code == 0
    assert "more" in comment["body"]


def test_another_failure_has_no_comparison(site: Site, github: Callable[..., Done]) -> None:
    path = _outcome(site.folder, 2, code=5)

    assert github("stale", str(path), "--reviewed", str(GOLDEN / "plan-empty.json"), "--pr", "7").code == 0
    assert not site.github.world.comments_on(7)


def test_a_dry_run_prints_it(site: Site, github: Callable[..., Done]) -> None:
    done = github("--dry-run", "stale", str(_outcome(site.folder, 1)), "--reviewed", str(GOLDEN / "plan-empty.json"))

    assert "| new |" in done.out
    assert not site.github.asked


def test_a_dry_run_writes_no_outputs(site: Site, github: Callable[..., Done]) -> None:
    done = github("--dry-run", "reviewed", NAME, "--commit", COMMIT)

    assert (done.code, outputs(site)) == (0, "")
    assert "was reviewed in #7" in done.err
