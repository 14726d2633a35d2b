"""The commands that a workflow's steps call, with GitHub's own variables and nothing of AWS."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import run
from reconciler.model import Action, Change, Outcome, Plan, Ref
from reconciler.report import dumps, outcome_json, plan_json
from tests.cli.running import Done, environ
from tests.github.stand_in import Fault, StandIn, Token
from tests.github.stand_in.faults import secondary_limit
from tests.github.stand_in.world import REPOSITORY, SERVER
from tests.github.test_runner import outputs_of
from tests.golden.samples import SCOPE, done_outcome, empty_plan, full_outcome, full_plan, small_plan

PULL = 7


@dataclass(frozen=True)
class Step:
    """A step of a job that runs for a pull request, in a folder of its own."""

    folder: Path
    call: Callable[..., Done]

    def write(self, name: str, told: Plan | Outcome | dict[str, Any]) -> str:
        content = told if isinstance(told, dict) else plan_json(told) if isinstance(told, Plan) else outcome_json(told)
        (self.folder / name).write_text(dumps(content), encoding="utf-8")
        return name

    def github(self, *arguments: str) -> Done:
        return self.call("github", *arguments)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


@pytest.fixture
def step(github: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Step:
    github.world.open_pull_request(PULL)
    (tmp_path / "event.json").write_text(json.dumps(github.world.event(PULL)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CI", "RECONCILE_ENV", "GITHUB_REF", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": github.url,
        "GITHUB_SERVER_URL": SERVER,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_RUN_ID": "42",
        "GITHUB_SHA": "f" * 40,
        "GITHUB_TOKEN": "t-actions",
        "GITHUB_WORKSPACE": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
    }.items():
        monkeypatch.setenv(name, value)

    def called(*arguments: str) -> Done:
        capsys.readouterr()
        code = run(arguments)
        return Done(code, *capsys.readouterr())

    return Step(tmp_path, called)


def comments(github: StandIn) -> list[str]:
    return [each["body"] for each in github.world.comments_on(PULL)]


def issues(github: StandIn) -> list[dict[str, Any]]:
    return [issue for issue in github.world.issues.values() if "pull_request" not in issue]


# The comment.


def test_a_plan_is_told_on_the_pull_request_of_the_run(github: StandIn, step: Step) -> None:
    done = step.github("comment", step.write("plan.json", full_plan()))

    (body,) = comments(github)
    assert (done.code, done.out) == (0, "")
    assert "comment made: https://github.example.com/" in done.err
    assert "### Plan for `contact-centre/prod`" in body
    assert "commit [`1234567`]" in body
    assert f"[run]({SERVER}/{REPOSITORY}/actions/runs/42)" in body


def test_the_next_push_updates_it_also_when_nothing_is_left_to_do(github: StandIn, step: Step) -> None:
    step.github("comment", step.write("plan.json", full_plan()))

    done = step.github("comment", step.write("plan.json", empty_plan()))

    (body,) = comments(github)
    assert "comment updated" in done.err
    assert "✓ nothing to do" in body


def test_another_pull_request_can_be_named(github: StandIn, step: Step) -> None:
    github.world.open_pull_request(9)

    step.github("comment", step.write("plan.json", small_plan()), "--pr", "9")

    assert (len(comments(github)), len(github.world.comments_on(9))) == (0, 1)


def test_what_would_be_said_can_be_looked_at(github: StandIn, step: Step) -> None:
    done = step.github("comment", step.write("plan.json", small_plan()), "--dry-run")

    assert done.code == 0
    assert "### Plan for `contact-centre/prod`" in done.out
    assert github.asked == []


def test_a_token_that_may_not_comment_is_no_end_of_a_good_plan(github: StandIn, step: Step) -> None:
    github.world.tokens["t-actions"] = Token(permissions={"pull-requests": "read"})

    done = step.github("comment", step.write("plan.json", small_plan()))

    assert done.code == 0
    assert "warning: the plan could not be told on the pull request: POST /repos/" in done.err
    assert "write `pull-requests: write` under the job's `permissions:`" in done.err
    assert done.out.startswith("::warning title=reconcile github::the plan could not be told")


def test_it_is_the_end_where_that_is_asked_for(github: StandIn, step: Step) -> None:
    github.world.tokens["t-actions"] = Token(permissions={"pull-requests": "read"})

    done = step.github("comment", step.write("plan.json", small_plan()), "--strict")

    assert done.code == 1
    assert "error: POST /repos/" in done.err


@pytest.mark.parametrize("missing", ["GITHUB_TOKEN", "GITHUB_EVENT_PATH"])
def test_without_a_token_or_a_pull_request_there_is_a_warning(
    github: StandIn, step: Step, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)

    done = step.github("comment", step.write("plan.json", small_plan()))

    assert done.code == 0
    assert "warning: " in done.err
    assert github.writes() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not JSON"),
        (dumps({**plan_json(small_plan()), "stack": "other"}), "has been edited"),
        (None, "can not be read"),
    ],
)
def test_a_plan_that_is_none_is_wrong_usage(github: StandIn, step: Step, content: str | None, said: str) -> None:
    if content is not None:
        (step.folder / "plan.json").write_text(content, encoding="utf-8")

    done = step.github("comment", "plan.json")

    assert done.code == 64
    assert said in done.err
    assert github.asked == []


def test_an_app_of_another_name_is_told_how_to_find_its_comments_again(github: StandIn, step: Step) -> None:
    github.world.tokens["t-actions"] = Token("our-app[bot]")
    plan = step.write("plan.json", small_plan())

    first = step.github("comment", plan)
    second = step.github("comment", plan, "--author", "our-app[bot]")

    assert "give --author 'our-app[bot]'" in first.err
    assert "comment updated" in second.err
    assert len(comments(github)) == 1


def test_a_person_finds_what_that_person_has_written(github: StandIn, step: Step) -> None:
    github.world.tokens["t-actions"] = Token("anna")
    plan = step.write("plan.json", small_plan())

    assert "comment made" in step.github("comment", plan).err
    assert "comment updated" in step.github("comment", plan).err


def test_a_limit_and_a_lost_reply_are_lived_through(github: StandIn, step: Step) -> None:
    github.faults = [secondary_limit(after="0"), Fault("POST", "comments", written=True)]

    done = step.github("comment", step.write("plan.json", small_plan()))

    assert done.code == 0
    assert len(comments(github)) == 1


def test_the_token_is_never_said(github: StandIn, step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_0123456789secret")

    done = step.call("-v", "github", "comment", step.write("plan.json", small_plan()))

    assert "Bad credentials" in done.err
    assert "ghs_0123456789secret" not in done.out + done.err


# The summary.


def test_a_plan_is_told_in_summary_outputs_and_annotations(github: StandIn, step: Step) -> None:
    done = step.github("summary", step.write("plan.json", full_plan()))

    assert done.code == 0
    assert "### Plan for `contact-centre/prod`" in step.read("summary")
    assert outputs_of(step.read("output")) == {
        **{"changes": "true", "creates": "1", "updates": "3", "deletes": "2", "blocked": "1"},
        "digest": plan_json(full_plan())["digest"],
    }
    assert done.out.splitlines()[0].startswith("::warning file=manifests/base/rekeyed.yaml,line=1,title=DataTable/Rek")
    assert all(line.startswith(("::warning ", "::notice ")) for line in done.out.splitlines())
    assert github.asked == []


def test_nothing_to_do_is_an_output_too(step: Step) -> None:
    done = step.github("summary", step.write("plan.json", empty_plan()))

    assert (done.code, done.out) == (0, "")
    assert outputs_of(step.read("output"))["changes"] == "false"


def test_drift_is_told_in_its_own_words(step: Step) -> None:
    step.github("summary", "--drift", step.write("drift.json", small_plan()))

    assert "### Drift of `contact-centre/prod`" in step.read("summary")


def test_an_outcome_is_told_with_its_status(step: Step) -> None:
    done = step.github("summary", step.write("outcome.json", full_outcome()))

    assert "### Applied to `contact-centre/prod`: partial" in step.read("summary")
    assert outputs_of(step.read("output"))["status"] == "partial"
    assert outputs_of(step.read("output"))["exit-code"] == "5"
    assert done.out.startswith("::error title=apply%3A partial::some items failed")


def test_sources_are_named_from_the_repositorys_root_on(step: Step) -> None:
    (step.folder / "centre").mkdir()
    (step.folder / "centre" / "reconcile.yaml").touch()

    done = step.github("-C", "centre", "summary", step.write("plan.json", full_plan()))

    assert "file=centre/manifests/base/rekeyed.yaml" in done.out


def test_a_summary_is_no_larger_than_the_step_has_room_for(step: Step) -> None:
    (step.folder / "summary").write_bytes(b"x" * (1_024 * 1_024 - 3_000))

    step.github("summary", step.write("plan.json", full_plan()))

    assert (step.folder / "summary").stat().st_size <= 1_024 * 1_024


# Drift.


def test_drift_opens_an_issue_and_its_end_closes_it(github: StandIn, step: Step) -> None:
    opened = step.github("drift", step.write("drift.json", small_plan()), "--exit-code", "2")
    closed = step.github("drift", step.write("drift.json", empty_plan()), "--exit-code", "0")

    (issue,) = issues(github)
    assert (opened.code, closed.code) == (0, 0)
    assert f"issue opened: {issue['html_url']}" in opened.err
    assert "issue closed" in closed.err
    assert (issue["title"], issue["state"]) == ("Drift in contact-centre/prod", "closed")
    assert "last changed 2026-03-04T05:06:07Z ca-central-1" in issue["body"]
    (word,) = [each["body"] for each in github.world.comments.values()]
    assert "Live is as declared again · commit" in word


@pytest.mark.parametrize("code", ["1", "3", "64", "130"])
def test_an_error_is_no_drift(github: StandIn, step: Step, code: str) -> None:
    done = step.github("drift", "nowhere.json", "--exit-code", code)

    assert done.code == 0
    assert "left as it is" in done.err
    assert github.asked == []


@pytest.mark.parametrize("words", [["drift", "drift.json", "--exit-code", "2"], ["applied", "outcome.json"]])
def test_an_issue_that_can_not_be_written_is_the_end(github: StandIn, step: Step, words: list[str]) -> None:
    step.write("drift.json", small_plan())
    step.write("outcome.json", full_outcome())
    github.world.tokens["t-actions"] = Token(permissions={"issues": "read"})

    done = step.github(*words)

    assert done.code == 1
    assert "write `issues: write` under the job's `permissions:`" in done.err


# An apply.


def test_a_failed_apply_opens_an_issue_and_a_good_one_closes_it(github: StandIn, step: Step) -> None:
    opened = step.github("applied", step.write("outcome.json", full_outcome()))
    again = step.github("applied", step.write("outcome.json", replace(full_outcome(), retries=9)))
    closed = step.github("applied", step.write("outcome.json", done_outcome()))

    (issue,) = issues(github)
    words = [done.err.split(":")[0] for done in (opened, again, closed)]
    assert words == ["issue opened", "issue updated", "issue closed"]
    assert (issue["title"], issue["state"]) == ("Apply to contact-centre/prod failed", "closed")
    assert "**✗ exit code 5**" in issue["body"]


def test_an_apply_without_an_outcome_is_told_where_its_environment_is_named(github: StandIn, step: Step) -> None:
    said = {"stack": "shop", "environments": {"lab": {"sandbox": True}, "loft": {"sandbox": True}}}
    (step.folder / "reconcile.yaml").write_text(json.dumps(said), encoding="utf-8")

    unnamed = step.github("applied", "nowhere.json", "--exit-code", "1")
    named = step.github("applied", "nowhere.json", "--exit-code", "1", "-e", "loft")

    (issue,) = issues(github)
    assert (unnamed.code, named.code) == (64, 0)
    assert "lab or loft" in unnamed.err
    assert issue["title"] == "Apply to shop/loft failed"
    assert "**✗ exit code 1**" in issue["body"]


def test_an_apply_without_an_outcome_is_told_of_the_plan_that_was_reviewed(github: StandIn, step: Step) -> None:
    reviewed = step.write("plan.json", small_plan())

    step.github("applied", "nowhere.json", "--exit-code", "1", "--reviewed", reviewed)

    assert issues(github)[0]["title"] == "Apply to contact-centre/prod failed"


def test_an_apply_of_which_nobody_says_how_it_ended_is_wrong_usage(github: StandIn, step: Step) -> None:
    done = step.github("applied", "nowhere.json")

    assert done.code == 64
    assert "--exit-code" in done.err


def test_the_issue_of_a_stale_plan_says_what_has_changed(github: StandIn, step: Step) -> None:
    other = Plan(SCOPE, (Change(Action.DELETE, Ref("Queue", "q | @octocat")),))
    reviewed = step.write("plan.json", small_plan())
    stale = replace(done_outcome(), plan=other, status="stale", exit_code=4, results={}, message="live has changed")

    step.github("applied", step.write("outcome.json", stale), "--reviewed", reviewed)

    body = issues(github)[0]["body"]
    assert "live has changed" in body
    assert "CUST001" in body


@pytest.mark.parametrize(
    ("told", "words"),
    [(small_plan(), ["applied", "f.json"]), (full_outcome(), ["comment", "f.json"])],
)
def test_a_plan_is_no_outcome_and_an_outcome_no_plan(step: Step, told: Plan | Outcome, words: list[str]) -> None:
    step.write("f.json", told)

    assert step.github(*words).code == 64


# All of them.


def test_none_of_them_asks_aws_for_anything(step: Step) -> None:
    script = (
        "import sys\nfrom reconciler.cli import run\n"
        f"code = run(['github', 'summary', {step.write('plan.json', full_plan())!r}])\n"
        "sys.stderr.write(repr((code, sorted({'boto3', 'botocore', 'requests', 'moto'} & set(sys.modules)))))"
    )
    variables = {"GITHUB_REPOSITORY": REPOSITORY, "GITHUB_STEP_SUMMARY": str(step.folder / "summary")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=step.folder, env=environ(**variables), capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip

    assert done.stderr == "(0, [])"


@pytest.mark.parametrize("words", [[], ["comment"], ["summary"], ["drift"], ["applied"]])
def test_each_says_what_it_does(step: Step, words: list[str]) -> None:
    done = step.github(*words, "--help")

    assert done.code == 0
    assert "Global options" in done.out


def test_a_typo_is_told_what_was_meant(step: Step) -> None:
    done = step.github("coment", "plan.json")

    assert done.code == 64
    assert 'did you mean "comment"?' in done.err
