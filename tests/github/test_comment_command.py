"""`github comment`, with GitHub's own variables and without AWS."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler.model import Plan
from reconciler.report import dumps, plan_json
from tests.builders.plans import crowd, empty_plan, full_plan, small_plan
from tests.github.stand_in import Fault, StandIn, Token
from tests.github.stand_in.faults import secondary_limit
from tests.github.stand_in.world import REPOSITORY, SERVER
from tests.github.steps import Step, comments


def test_a_plan_is_posted_to_the_pull_request_of_the_run(github: StandIn, step: Step) -> None:
    done = step.github("comment", step.write("plan.json", full_plan()))

    (body,) = comments(github)
    assert (done.code, done.out) == (0, "")
    assert "comment created: https://github.example.com/" in done.err
    assert "### Plan for `contact-centre/prod`" in body
    assert "commit [`1234567`]" in body
    assert f"[run]({SERVER}/{REPOSITORY}/actions/runs/42)" in body


def test_the_next_push_updates_it_even_with_an_empty_plan(github: StandIn, step: Step) -> None:
    step.github("comment", step.write("plan.json", full_plan()))

    done = step.github("comment", step.write("plan.json", empty_plan()))

    (body,) = comments(github)
    assert "comment updated" in done.err
    assert "✓ nothing to do" in body


def test_another_pull_request_can_be_named(github: StandIn, step: Step) -> None:
    github.world.open_pull_request(9)

    step.github("comment", step.write("plan.json", small_plan()), "--pr", "9")

    assert (len(comments(github)), len(github.world.comments_on(9))) == (0, 1)


def test_a_dry_run_prints_the_comment(github: StandIn, step: Step) -> None:
    done = step.github("comment", step.write("plan.json", small_plan()), "--dry-run")

    assert done.code == 0
    assert "### Plan for `contact-centre/prod`" in done.out
    assert github.asked == []


def test_a_dry_run_needs_no_repository(github: StandIn, step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_REPOSITORY", "GITHUB_TOKEN"):
        monkeypatch.delenv(name)
    plan = step.write("plan.json", small_plan())

    looked = step.github("comment", plan, "--dry-run")
    done = step.github("comment", plan)

    assert (looked.code, "](https://" in looked.out) == (0, False)
    assert "### Plan for `contact-centre/prod`" in looked.out
    assert (done.code, github.asked) == (64, [])
    assert "GITHUB_REPOSITORY is ''" in done.err


def test_a_token_that_may_not_comment_is_only_a_warning(github: StandIn, step: Step) -> None:
    github.world.tokens["t-actions"] = Token(permissions={"pull-requests": "read"})

    done = step.github("comment", step.write("plan.json", small_plan()))

    assert done.code == 0
    assert "warning: the plan could not be posted to the pull request: POST /repos/" in done.err
    assert "write `pull-requests: write` under the job's `permissions:`" in done.err
    assert done.out.startswith("::warning title=reconcile github::the plan could not be posted")


def test_strict_makes_it_an_error(github: StandIn, step: Step) -> None:
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
    ("content", "code", "message"),
    [
        ("{", 64, "invalid JSON"),
        (dumps({**plan_json(small_plan()), "stack": "other"}), 4, "it was edited, or another version made it"),
        (None, 64, "cannot be read: No such file or directory\n"),
    ],
)
def test_a_damaged_or_edited_plan_is_not_posted(
    github: StandIn, step: Step, content: str | None, code: int, message: str
) -> None:
    if content is not None:
        (step.folder / "plan.json").write_text(content, encoding="utf-8")

    done = step.github("comment", "plan.json")

    assert done.code == code
    assert message in done.err
    assert github.asked == []


def test_an_app_of_another_name_gets_a_hint_about_author(github: StandIn, step: Step) -> None:
    github.world.tokens["t-actions"] = Token("our-app[bot]")
    plan = step.write("plan.json", small_plan())

    first = step.github("comment", plan)
    second = step.github("comment", plan, "--author", "our-app[bot]")

    assert "give --author 'our-app[bot]'" in first.err
    assert "comment updated" in second.err
    assert len(comments(github)) == 1


def test_a_persons_token_finds_the_persons_comments(github: StandIn, step: Step) -> None:
    github.world.tokens["t-actions"] = Token("anna")
    plan = step.write("plan.json", small_plan())

    assert "comment created" in step.github("comment", plan).err
    assert "comment updated" in step.github("comment", plan).err


def test_a_limit_and_a_lost_reply_are_survived(github: StandIn, step: Step) -> None:
    github.faults = [secondary_limit(after="0"), Fault("POST", "comments", written=True)]

    done = step.github("comment", step.write("plan.json", small_plan()))

    assert done.code == 0
    assert len(comments(github)) == 1


def test_the_token_is_never_printed(github: StandIn, step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_0123456789secret")

    done = step.call("-v", "github", "comment", step.write("plan.json", small_plan()))

    assert "Bad credentials" in done.err
    assert "ghs_0123456789secret" not in done.out + done.err


PAGE = "https://github.example.com/example/contact-centre/actions/runs/42/artifacts/501"


@pytest.mark.slow
@pytest.mark.parametrize("plan", [empty_plan, small_plan, full_plan, crowd])
def test_the_comment_links_to_the_complete_plan(github: StandIn, step: Step, plan: Callable[[], Plan]) -> None:
    """m18: always, not only where the comment is shortened."""
    step.github("comment", step.write("plan.json", plan()), "--page-url", PAGE)
    step.github("summary", step.write("plan.json", plan()), "--page-url", PAGE)

    (body,) = comments(github)
    assert f"Complete plan: [plan.html]({PAGE})" in body.splitlines()
    assert f"Complete plan: [plan.html]({PAGE})" in step.read("summary").splitlines()


def test_without_a_page_there_is_no_link_to_it(github: StandIn, step: Step) -> None:
    step.github("comment", step.write("plan.json", small_plan()), "--page-url", "")

    (body,) = comments(github)
    assert "Complete plan" not in body


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a.example/)[x](https://b.example", "https://a/\n# b", "x"]
)
@pytest.mark.parametrize("command", ["comment", "summary"])
def test_an_invalid_page_url_is_refused(github: StandIn, step: Step, url: str, command: str) -> None:
    done = step.github(command, step.write("plan.json", small_plan()), "--page-url", url)

    assert done.code == 64
    assert "--page-url" in done.err
    assert not comments(github)
