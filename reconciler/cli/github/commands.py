"""Defines the `github` commands, which workflow steps call. None of them calls AWS."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import screen
from reconciler.cli.choices import Flags
from reconciler.cli.flags import ON_GITHUB, Flagged, Group
from reconciler.cli.github import input
from reconciler.cli.logs import log_of

if TYPE_CHECKING:
    from reconciler.github.comment import GitHubAccess, Put
    from reconciler.github.run import WorkflowRun
    from reconciler.model import Plan

BOT = "github-actions[bot]"
DRIFTED, AS_DECLARED = 2, 0
FILE = click.Path(dir_okay=False, path_type=Path)
author_option = click.option(
    "--author",
    metavar="LOGIN",
    help=f"Login of the account that owns the token. [the token's user; for an app's token {BOT}]",
)
page_option = click.option(
    "--page-url", default="", metavar="URL", help="URL of the complete plan as a page, for a link."
)


@click.group(cls=Group, uses=ON_GITHUB)
def github() -> None:
    """Report plans, drift and applies to GitHub from a workflow.

    Reads JSON files of other commands, and GitHub's own variables: GITHUB_TOKEN (or GH_TOKEN),
    GITHUB_REPOSITORY, GITHUB_API_URL, GITHUB_SERVER_URL, GITHUB_EVENT_PATH, GITHUB_REF, GITHUB_RUN_ID, GITHUB_SHA,
    GITHUB_STEP_SUMMARY, GITHUB_OUTPUT, GITHUB_WORKSPACE. Needs no AWS credentials. With --dry-run, the text is printed
    instead of written, and neither a token nor a repository is needed.
    """


@github.command(cls=Flagged, uses=ON_GITHUB, example="reconcile github comment plan.json")
@click.argument("file", type=FILE, metavar="PLAN.json")
@click.option("--pr", type=click.IntRange(min=1), metavar="N", help="Number of the pull request. [the one of this run]")
@click.option("--strict", is_flag=True, help="Fail if the comment cannot be written. [a warning]")
@page_option
@author_option
@click.pass_obj
def comment(flags: Flags, file: Path, pr: int | None, strict: bool, page_url: str, author: str | None) -> int:
    """Keep one comment per environment on a pull request, with the plan.

    Updates the comment in place, also when the plan is empty, and creates it again if it was deleted. Needs
    `pull-requests: write`. If GitHub refuses the comment, the plan is still valid: the command prints a warning, adds
    an annotation, and exits with 0, unless --strict is given.
    """
    from reconciler.github.refusals import GitHubError

    plan, run = input.read_plan_file(file), input.this_run()
    body = _texts(run, page_url).comment(plan)
    if flags.dry_run:
        return _print(body)
    try:
        _say(flags, "comment", _commented(flags, run, plan, body, pr or run.pull_request, author))
    except GitHubError as error:
        if strict:
            raise
        _warn(flags, f"the plan could not be posted to the pull request: {error}")
    return 0


@github.command(cls=Flagged, uses=ON_GITHUB, example="reconcile github summary plan.json")
@click.argument("file", type=FILE, metavar="FILE.json")
@click.option("--drift", "is_drift", is_flag=True, help="The plan is from `reconcile drift`.")
@page_option
@click.pass_obj
def summary(flags: Flags, file: Path, is_drift: bool, page_url: str) -> int:
    """Write a plan or an outcome to the step's summary, outputs and annotations.

    The summary stays below GitHub's limit of 1 MiB; details are cut first. Outputs: `changes` (true or false),
    `creates`, `updates`, `deletes` (replaced ones too), `blocked`, `rows-added`, `rows-changed`, `rows-deleted`,
    `digest`; for an outcome also `status` and `exit-code`. Annotations: the ten most important messages.
    """
    from reconciler.cli.github import highlights, texts
    from reconciler.github.runner import SUMMARY_LIMIT, lines_of, room_for_summary, write_outputs, write_summary
    from reconciler.report import is_outcome, outcome_of

    document = input.read(file)
    outcome = outcome_of(document, file.name) if is_outcome(document) else None
    plan = outcome.plan if outcome else input.read_plan_file(file)
    room = SUMMARY_LIMIT if flags.dry_run else room_for_summary(os.environ)
    form = texts.drift_summary if is_drift else texts.plan_summary
    page = texts.checked_page(page_url)
    markdown = texts.outcome_summary(outcome, room) if outcome else form(plan, room, page)
    if flags.dry_run:
        return _print(markdown)
    write_summary(os.environ, markdown)
    values = {**texts.outputs(plan), "digest": document["digest"]}
    if outcome:
        values |= {"status": outcome.status, "exit-code": str(outcome.exit_code)}
    write_outputs(os.environ, values)
    annotations = highlights.of_outcome(outcome) if outcome else highlights.of_plan(plan)
    if annotations:
        screen.say(lines_of(annotations, input.source_folder(flags)))
    return 0


@github.command(cls=Flagged, uses=ON_GITHUB, example="reconcile github drift drift.json --exit-code 2")
@click.argument("file", type=FILE, metavar="DRIFT.json")
@click.option("--exit-code", type=int, required=True, metavar="N", help="Exit code of `reconcile drift --format json`.")
@author_option
@click.pass_obj
def drift(flags: Flags, file: Path, exit_code: int, author: str | None) -> int:
    """Keep one issue per environment open while there is drift.

    Exit code 2 opens the issue, updates it if the drift has changed, and reopens it if it was closed. Exit code 0
    closes it with a comment. Any other exit code is an error of drift itself: the issue does not change, and the file
    is not read. Needs `issues: write`.
    """
    from reconciler.cli.github.texts import drift_subject
    from reconciler.github.issue import raise_issue, settle_issue

    if exit_code not in (DRIFTED, AS_DECLARED):
        log_of(flags).note(f"exit code {exit_code} does not say whether there is drift; the issue is unchanged")
        return 0
    plan, run = input.read_plan_file(file), input.this_run()
    subject, texts = drift_subject(plan.scope), _texts(run)
    if exit_code == AS_DECLARED:
        word = texts.word("The drift is resolved")
        return _on_issues(flags, run, author, word, lambda place: settle_issue(place, subject, word))
    post = texts.drift(plan)
    return _on_issues(flags, run, author, post.body, lambda place: raise_issue(place, subject, post.title, post.body))


@github.command(cls=Flagged, uses=ON_GITHUB, example="reconcile github applied outcome.json")
@click.argument("file", type=FILE, metavar="OUTCOME.json")
@click.option("--exit-code", type=int, metavar="N", help="Exit code of `reconcile apply`. [the outcome's]")
@click.option("--reviewed", "reviewed_file", type=FILE, metavar="PLAN.json", help="The plan that was reviewed.")
@author_option
@click.pass_obj
def applied(flags: Flags, file: Path, exit_code: int | None, reviewed_file: Path | None, author: str | None) -> int:
    """Keep one issue per environment open from a failed apply to the next successful one.

    An apply that fails before it has a plan (no credentials, a mistake in a manifest) leaves no outcome. Then give
    --exit-code, and either --reviewed or the environment with -e. If the plan was stale (exit code 4), --reviewed makes
    the issue list the differences between the plans. Needs `issues: write`.
    """
    from reconciler.cli.github.texts import apply_subject
    from reconciler.github.issue import raise_issue, settle_issue

    ended = input.read_ending(flags, file, exit_code, reviewed_file)
    run = input.this_run()
    subject, texts = apply_subject(ended.scope), _texts(run)
    if ended.code == 0:
        word = texts.word("The latest apply succeeded")
        return _on_issues(flags, run, author, word, lambda place: settle_issue(place, subject, word))
    ending = texts.failed_unplanned(ended.scope, ended.code)
    if ended.outcome:
        ending = texts.failed(ended.outcome, ended.code, ended.differences)
    return _on_issues(
        flags, run, author, ending.body, lambda place: raise_issue(place, subject, ending.title, ending.body)
    )


COMMANDS = (github,)


def _commented(flags: Flags, run: WorkflowRun, plan: Plan, body: str, pull: int, author: str | None) -> Put:
    from reconciler.github.comment import NEEDS, put_comment
    from reconciler.github.marks import mark
    from reconciler.github.refusals import GitHubError

    if not pull:
        raise GitHubError("this run belongs to no pull request; name one with --pr")
    where = mark("plan", plan.scope.stack, plan.scope.environment)
    return _with_place(flags, run, NEEDS, author, lambda place: put_comment(place, pull, where, body))


def _on_issues(
    flags: Flags, run: WorkflowRun, author: str | None, text: str, act: Callable[[GitHubAccess], Put]
) -> int:
    from reconciler.github.issue import NEEDS

    if flags.dry_run:
        return _print(text)
    _say(flags, "issue", _with_place(flags, run, NEEDS, author, act))
    return 0


def _with_place(
    flags: Flags, run: WorkflowRun, needs: str, author: str | None, act: Callable[[GitHubAccess], Put]
) -> Put:
    from reconciler.github.comment import GitHubAccess
    from reconciler.github.rest import Rest, login_of
    from reconciler.github.run import token_of

    repository = run.required_repository()
    with Rest(run.api, token_of(os.environ), needs) as rest:
        login = author or login_of(rest, otherwise=BOT)
        done = act(GitHubAccess(rest, repository, login))
    if done.author and done.author != login:
        _warn(
            flags,
            f"GitHub reports {done.author} wrote it, not {login}: give --author '{done.author}', or the next "
            "run will not find it and write another",
        )
    return done


def _say(flags: Flags, what: str, done: Put) -> None:
    log_of(flags).note(f"{what} {done.deed}{f': {done.url}' if done.url else ''}")


def _warn(flags: Flags, message: str) -> None:
    """Prints a warning to stderr and adds an annotation to the run."""
    from reconciler.github.runner import Annotation
    from reconciler.report.visible import escaped

    log_of(flags).error(f"warning: {message}")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        screen.say(Annotation("warning", escaped(message), title="reconcile github").line(PurePath()))


def _print(text: str) -> int:
    screen.report(text)
    return 0


def _texts(run: WorkflowRun, page_url: str = "") -> Any:
    from reconciler.cli.github.texts import GithubTexts, checked_page

    return GithubTexts(run, datetime.now(UTC), checked_page(page_url))
