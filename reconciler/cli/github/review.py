"""Defines the `github` commands that connect a merge with its review: `reviewed`, `evidence`, `stale` and `rebuild`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import opening, screen
from reconciler.cli.applying import DIGEST
from reconciler.cli.authoring import DIRECTORY
from reconciler.cli.choices import Flags
from reconciler.cli.flags import ON_GITHUB, Flagged
from reconciler.cli.github.commands import BOT, FILE, author_option
from reconciler.cli.github.input import digest_in_archive, read, read_outcome, read_outcome_file, this_run
from reconciler.cli.logs import log_of
from reconciler.cli.starting import TAME
from reconciler.documents.hints import brief
from reconciler.errors import StalePlanError, UsageError

if TYPE_CHECKING:
    from reconciler.github.comment import GitHubAccess

Json = Mapping[str, Any]
MAIN = "main"
NEEDS = "pull-requests: write, and issues: write"
STEPS = (40, 10, 3, 0)  # differences that are listed; fewer if the comment is too long
REMEDY = (
    "Check the differences. If the current plan is what you want, run the workflow `apply` by hand with its "
    "digest; otherwise fix the live state or the manifests in another pull request."
)


@click.command(cls=Flagged, uses=ON_GITHUB, example="reconcile github reviewed plan-prod --commit SHA")
@click.argument("name")
@click.option("--commit", required=True, metavar="SHA", help="The commit of main to apply.")
@click.option("--branch", metavar="BRANCH", help="The branch that it was merged into. [this run's branch, or main]")
@click.pass_obj
def reviewed(flags: Flags, name: str, commit: str, branch: str | None) -> int:
    """Find the reviewed plan of a merged commit: the artifact NAME of its pull request.

    Accepts a plan that the workflow plan.yml stored before the merge, for the last commit of the pull request. Exits
    with 4 if there is no such plan, or if two differ: a plan without a review must not be applied. Outputs:
    `artifact-id`, `run-id` and `pull-request`; --dry-run only prints them. Needs `actions: read` and
    `pull-requests: read`.
    """
    from reconciler.github.rest import Rest
    from reconciler.github.reviewed import NEEDS, ReviewAccess, find_reviewed
    from reconciler.github.run import token_of
    from reconciler.github.runner import write_outputs

    run = this_run()
    repository = run.required_repository()
    with Rest(run.api, token_of(os.environ), NEEDS) as rest:
        place = ReviewAccess(rest, repository, branch or run.branch or MAIN)
        artifact = find_reviewed(place, name, commit, digest_in_archive)
    if not flags.dry_run:
        ids = {"artifact-id": artifact.artifact, "run-id": artifact.run, "pull-request": artifact.pull_request}
        write_outputs(os.environ, {key: str(value) for key, value in ids.items()})
    log_of(flags).note(f"{name} was reviewed in #{artifact.pull_request} and kept by run {artifact.run}")
    return 0


@click.command(cls=Flagged, uses=ON_GITHUB, example="reconcile github evidence outcome.json --into plans")
@click.argument("file", type=FILE, metavar="OUTCOME.json")
@click.option("--into", type=DIRECTORY, required=True, metavar="DIR", help="Folder for the records.")
@click.pass_obj
def evidence(flags: Flags, file: Path, into: Path) -> int:
    """Write a record of an apply as Markdown, to DIR/ENVIRONMENT/DATE-DIGEST.md.

    Writes nothing if the run has applied nothing.
    """
    from reconciler.cli.github.texts import evidence_of

    outcome, record = read_outcome_file(file), read_outcome(file)
    if not outcome.totals.done:
        log_of(flags).note("nothing was applied, so there is nothing to record")
        return 0
    # An outcome has the values that the run found. After another writer's change, their digest is not the reviewed one.
    digest = str(record["digest"])
    environment = outcome.plan.scope.environment
    if not (TAME.fullmatch(environment) and DIGEST.fullmatch(digest)):
        raise UsageError(f"{file.name}: {brief(environment)} or {brief(digest)} cannot be the name of a file")
    kept = evidence_of(outcome, digest)
    path = into / kept.title
    if not flags.dry_run:
        screen.write_file(path, kept.body)
    screen.report(f"{'would write' if flags.dry_run else 'wrote'} {os.path.relpath(path)}")
    return 0


@click.command(cls=Flagged, uses=ON_GITHUB, example="reconcile github stale outcome.json --reviewed plan.json")
@click.argument("file", type=FILE, metavar="OUTCOME.json")
@click.option(
    "--reviewed", "reviewed_file", type=FILE, required=True, metavar="PLAN.json", help="The plan that was reviewed."
)
@click.option("--pr", type=click.IntRange(min=1), metavar="N", help="Number of the pull request of the review.")
@author_option
@click.pass_obj
def stale(flags: Flags, file: Path, reviewed_file: Path, pr: int | None, author: str | None) -> int:
    """Report a stale plan on its pull request and in the issue of the failed apply.

    Lists the items that differ between the reviewed plan and the one of OUTCOME.json. Does nothing if the apply did not
    stop because of a stale plan. Run it after `github applied`, which opens the issue. Needs `pull-requests: write`
    and `issues: write`.
    """
    from reconciler.github.comment import GitHubAccess, put_comment
    from reconciler.github.marks import body_of, mark
    from reconciler.github.rest import Rest, login_of
    from reconciler.github.run import token_of

    now, was = read_outcome(file), read(reviewed_file)
    if now["exitCode"] != StalePlanError.exit_code:
        log_of(flags).note("the apply did not stop because of a stale plan; nothing to report")
        return 0
    where, run = mark("stale", now["stack"], now["environment"]), this_run()
    body = body_of(where, _comment_text(was, now, run.url))
    if flags.dry_run:
        screen.report(body)
        return 0
    repository = run.required_repository()
    with Rest(run.api, token_of(os.environ), NEEDS) as rest:
        place = GitHubAccess(rest, repository, author or login_of(rest, otherwise=BOT))
        for number in (*([pr] if pr else []), *_issues(place, now)):
            log_of(flags).note(f"comment {put_comment(place, number, where, body).deed} on #{number}")
    return 0


@click.command(cls=Flagged, uses=ON_GITHUB, example="reconcile github rebuild outcome.json")
@click.argument("file", type=FILE, metavar="OUTCOME.json")
@click.pass_obj
def rebuild(flags: Flags, file: Path) -> int:
    """Write the outcome of an apply that was killed.

    A killed apply leaves a journal below `.reconcile/`, but no outcome. This command rebuilds the outcome from the
    journal, keeps it in `.reconcile/outcomes/`, and writes a copy to OUTCOME.json. It does not change an existing
    OUTCOME.json, and it writes nothing if no apply has left a journal. The exit code is 0 in all three cases.
    """
    from reconciler.outcomes.store import past_runs, recover

    log, root = log_of(flags), opening.config_path(flags).parent
    if file.exists():
        log.note(f"{file} exists; nothing to rebuild")
        return 0
    if flags.dry_run:
        log.note(f"would write {file} if an apply was killed")
        return 0
    recovered = recover(root)
    environment = flags.environment or os.environ.get(opening.CHOICE, "")
    latest = next((run.path for run in past_runs(root) if environment in ("", run.environment)), None)
    if latest is None:
        log.note("no apply has left a journal or an outcome; nothing to rebuild")
        return 0
    screen.write_file(file, latest.read_text(encoding="utf-8"))
    log.note(f"{file} is {'rebuilt from the journal' if latest in recovered else 'the outcome of the last apply'}")
    return 0


COMMANDS = (reviewed, evidence, stale, rebuild)


def _issues(place: GitHubAccess, now: Json) -> list[int]:
    """Returns the open issues of the failed apply: one, or none if the repository has no issues."""
    from reconciler.cli.github.texts import apply_subject
    from reconciler.model import Scope

    subject = apply_subject(Scope.at(now["stack"], now["environment"], now["instance"]))
    listed = place.rest.pages(f"/repos/{place.repository}/issues", state="open", labels=subject.label)
    return [int(issue["number"]) for issue in listed if place.is_own(issue, subject.mark)]


def _comment_text(reviewed: Json, now: Json, run: str) -> str:
    """Returns the comment. It fits into GitHub's limit, however many items differ."""
    from reconciler.github.marks import LIMIT, RESERVE, size
    from reconciler.report import compare_plans, comparison_markdown
    from reconciler.report.neutral import prose

    comparison, owner = compare_plans(reviewed, now), prose(f"{now['stack']}/{now['environment']}")
    link = f" · [run]({run})" if run else ""
    head = f"### Not applied to {owner}: the plan is not the reviewed one{link}\n\nNothing was written. {REMEDY}\n\n"
    for most in STEPS:
        text = f"{head}{comparison_markdown(comparison, most)}"
        if size(text) <= LIMIT - RESERVE:
            return text
    return head
