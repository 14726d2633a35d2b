"""Selects the most important messages as annotations. GitHub shows ten of each level per step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from reconciler.cli.validating import LEVELS, about
from reconciler.github.runner import Annotation
from reconciler.model import Action, Change, Finding, Outcome, Plan, Status
from reconciler.report.counting import change_counts, deleted_text
from reconciler.report.ordering import deletes
from reconciler.report.results import results_of, troubles
from reconciler.report.summary import warnings_first
from reconciler.report.visible import escaped, shortened

MOST = 10
_LONGEST = 300  # characters of one message


def of_plan(plan: Plan) -> list[Annotation]:
    """Returns annotations, most important first: refusals, irreversible changes, blocked items, deletions."""
    return list(islice(_plan(plan), MOST))


def of_outcome(outcome: Outcome) -> list[Annotation]:
    """Returns annotations, most important first: why nothing was done, failures, changes by another writer."""
    return list(islice(_outcome(outcome), MOST))


def _plan(plan: Plan) -> Iterator[Annotation]:
    errors = [finding for finding in plan.findings if finding.severity == "error"]
    yield from map(_finding, errors)
    for change in plan.actionable:
        if change.irreversible:
            what = f"{change.action.value}{_loss(change)}"
            yield _about(change, "warning", f"{what}, and it cannot be undone: {change.reason}")
    for change in plan.changes:
        if change.action is Action.BLOCKED:
            yield _about(change, "warning", f"blocked: {change.reason}")
    for change in plan.actionable:
        if deletes(change) and not change.irreversible:
            yield _about(change, "warning", f"{change.action.value}{_loss(change)}: {change.reason}")
    yield from map(_finding, warnings_first(plan.findings)[len(errors) :])


def _outcome(outcome: Outcome) -> Iterator[Annotation]:
    if outcome.exit_code and outcome.message:
        yield Annotation("error", _visible(outcome.message), title=f"apply: {_visible(outcome.status)}")
    for status, level in ((Status.FAILED, "error"), (Status.CONFLICT, "warning")):
        for at, change in enumerate(outcome.plan.changes):
            if count := sum(result.status is status for _, result in results_of(outcome, at)):
                first = next(trouble for trouble in troubles(outcome, at) if trouble.status is status)
                yield _about(change, level, f"{count} {status.value}, the first {first.first}: {first.why}")


def _finding(finding: Finding) -> Annotation:
    level = "error" if finding.severity == "error" else LEVELS.get(finding.severity, "notice")
    return Annotation(level, _visible(about(finding)), finding.source, "finding")


def _loss(change: Change) -> str:
    lost = deleted_text(change_counts(change))
    return f" (deletes {lost})" if lost else ""


def _about(change: Change, level: str, message: str) -> Annotation:
    return Annotation(level, _visible(message), change.source, _visible(str(change.ref)))


def _visible(text: str) -> str:
    return escaped(shortened(text, _LONGEST))
