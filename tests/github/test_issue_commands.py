"""`github drift` and `github applied`: issues that open and close with what they are about."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reconciler.model import Action, Change, Outcome, Plan, Ref
from tests.builders.plans import SCOPE, done_outcome, empty_plan, full_outcome, small_plan
from tests.github.stand_in import StandIn, Token
from tests.github.steps import Step, issues


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
    assert "The drift is resolved · commit" in word


@pytest.mark.parametrize("code", ["1", "3", "64", "130"])
def test_an_error_is_not_drift(github: StandIn, step: Step, code: str) -> None:
    done = step.github("drift", "nowhere.json", "--exit-code", code)

    assert done.code == 0
    assert "unchanged" in done.err
    assert github.asked == []


@pytest.mark.parametrize("words", [["drift", "drift.json", "--exit-code", "2"], ["applied", "outcome.json"]])
def test_an_issue_that_cannot_be_written_is_an_error(github: StandIn, step: Step, words: list[str]) -> None:
    step.write("drift.json", small_plan())
    step.write("outcome.json", full_outcome())
    github.world.tokens["t-actions"] = Token(permissions={"issues": "read"})

    done = step.github(*words)

    assert done.code == 1
    assert "write `issues: write` under the job's `permissions:`" in done.err


# An apply.


def test_a_failed_apply_opens_an_issue_and_a_successful_one_closes_it(github: StandIn, step: Step) -> None:
    opened = step.github("applied", step.write("outcome.json", full_outcome()))
    again = step.github("applied", step.write("outcome.json", replace(full_outcome(), retries=9)))
    closed = step.github("applied", step.write("outcome.json", done_outcome()))

    (issue,) = issues(github)
    words = [done.err.split(":")[0] for done in (opened, again, closed)]
    assert words == ["issue opened", "issue updated", "issue closed"]
    assert (issue["title"], issue["state"]) == ("Apply to contact-centre/prod failed", "closed")
    assert "**✗ exit code 5**" in issue["body"]


def test_an_apply_without_an_outcome_is_reported_by_environment(github: StandIn, step: Step) -> None:
    document = {"stack": "shop", "environments": {"lab": {"sandbox": True}, "loft": {"sandbox": True}}}
    (step.folder / "reconcile.yaml").write_text(json.dumps(document), encoding="utf-8")

    unnamed = step.github("applied", "nowhere.json", "--exit-code", "1")
    named = step.github("applied", "nowhere.json", "--exit-code", "1", "-e", "loft")

    (issue,) = issues(github)
    assert (unnamed.code, named.code) == (64, 0)
    assert "lab or loft" in unnamed.err
    assert issue["title"] == "Apply to shop/loft failed"
    assert "**✗ exit code 1**" in issue["body"]


def test_an_apply_without_an_outcome_is_reported_by_reviewed_plan(github: StandIn, step: Step) -> None:
    reviewed = step.write("plan.json", small_plan())

    step.github("applied", "nowhere.json", "--exit-code", "1", "--reviewed", reviewed)

    (issue,) = issues(github)
    assert issue["title"] == "Apply to contact-centre/prod failed"
    assert "If it was killed, some changes may be written" in issue["body"]


@pytest.mark.parametrize("code", ["4", "64"])
def test_the_issue_says_that_nothing_was_written(github: StandIn, step: Step, code: str) -> None:
    step.github("applied", "nowhere.json", "--exit-code", code, "--reviewed", step.write("plan.json", small_plan()))

    assert "Apply ended before it had a plan. Nothing was written." in issues(github)[0]["body"]


def test_an_apply_without_outcome_and_exit_code_is_wrong_usage(github: StandIn, step: Step) -> None:
    done = step.github("applied", "nowhere.json")
    well = step.github("applied", "nowhere.json", "--exit-code", "0", "--reviewed", step.write("p.json", small_plan()))

    assert (done.code, well.code) == (64, 64)
    assert "--exit-code" in done.err
    assert "but every successful apply writes one" in well.err
    assert github.asked == []


def test_the_issue_of_a_stale_plan_lists_the_differences(github: StandIn, step: Step) -> None:
    other = Plan(SCOPE, (Change(Action.DELETE, Ref("Queue", "q | @octocat")),))
    reviewed = step.write("plan.json", small_plan())
    stale = replace(done_outcome(), plan=other, status="stale", exit_code=4, results={}, message="live has changed")

    step.github("applied", step.write("outcome.json", stale), "--reviewed", reviewed)

    body = issues(github)[0]["body"]
    assert "live has changed" in body
    assert "CUST001" in body


@pytest.mark.parametrize(
    ("source", "words"),
    [(small_plan(), ["applied", "f.json"]), (full_outcome(), ["comment", "f.json"])],
)
def test_a_plan_is_not_an_outcome_nor_an_outcome_a_plan(step: Step, source: Plan | Outcome, words: list[str]) -> None:
    step.write("f.json", source)

    assert step.github(*words).code == 64
