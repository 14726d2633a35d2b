"""Renders the texts for GitHub: reports of plans, drift and runs, sized for a comment or an issue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from reconciler.errors import StalePlanError, UsageError
from reconciler.github import marks
from reconciler.github.marks import Subject
from reconciler.github.run import WorkflowRun
from reconciler.github.runner import bytes_of
from reconciler.model import Outcome, Plan, Scope
from reconciler.report import (
    Frame,
    compare_plans,
    comparison_markdown,
    drift_markdown,
    outcome_markdown,
    plan_markdown,
    standing,
    summary,
)
from reconciler.report.markdown_tables import bounded
from reconciler.report.neutral import prose
from reconciler.report.visible import escaped, shortened, utc_text

IN_JSON = "everything is in the plan's JSON"
# Characters that need no escape between the parentheses of a Markdown link.
_URL = re.compile(r"https?://[\w.~:/?#@!$&*+,;=%-]+", re.ASCII)
STEPS = (40, 10, 3)  # differences of two plans that are listed
NOTHING_WRITTEN = "Apply ended before it had a plan. Nothing was written."
PERHAPS_CUT_OFF = (
    "Apply left no outcome. If it had no plan yet, nothing was written. If it was killed, some changes may be written; "
    "the next apply finishes them."
)
_BEFORE_ANY_WRITE = (StalePlanError.exit_code, UsageError.exit_code)
_LONGEST_OWNER = 100  # characters; a title may have 256


@dataclass(frozen=True)
class Post:
    """A title and a body for GitHub."""

    title: str
    body: str


@dataclass(frozen=True)
class GithubTexts:
    """Writes the texts of one run.

    `now` is the time that the texts show. `page_url` is the address of the complete plan, as `checked_page` accepts it.
    """

    run: WorkflowRun
    now: datetime
    page_url: str = ""

    def comment(self, plan: Plan) -> str:
        mark = marks.mark("plan", plan.scope.stack, plan.scope.environment)
        return marks.body_of(mark, plan_markdown(plan, self._frame(f"**{prose(standing(plan))}**")))

    def drift(self, plan: Plan) -> Post:
        """Returns the issue about drift. It does not depend on the time, so equal drift needs no update."""
        text = drift_markdown(plan, self._frame("Found"))
        mark = drift_subject(plan.scope).mark
        return Post(f"Drift in {_owner(plan.scope)}", marks.body_of(mark, text, content=drift_markdown(plan)))

    def failed(self, outcome: Outcome, code: int, differences: str = "") -> Post:
        """Returns the issue about a failed apply.

        `differences` is Markdown that compares the plan with the reviewed one.
        """
        frame = self._frame(f"**✗ exit code {code}**")
        room = replace(frame, limit=frame.limit - marks.size(differences))
        return self._failed(outcome.plan.scope, outcome_markdown(outcome, room) + differences)

    def failed_unplanned(self, scope: Scope, code: int) -> Post:
        """Returns the issue about an apply that left no outcome."""
        where = self._line(f"**✗ exit code {code}**")
        why = f"{NOTHING_WRITTEN if code in _BEFORE_ANY_WRITE else PERHAPS_CUT_OFF} See the run's log for the reason."
        return self._failed(scope, f"### Not applied to {bounded(scope.owner)}\n\n{where}\n\n{why}\n")

    def word(self, sentence: str) -> str:
        return self._line(sentence)

    def _failed(self, scope: Scope, text: str) -> Post:
        return Post(f"Apply to {_owner(scope)} failed", marks.body_of(apply_subject(scope).mark, text))

    def _frame(self, status: str) -> Frame:
        rest = IN_JSON
        if self.run.url:
            rest = f"everything is in [the run]({self.run.url}), its summary and the plan's JSON"
        above = (self._line(status), *_page_lines(self.page_url))
        return Frame(marks.LIMIT - marks.RESERVE, marks.size, above, rest)

    def _line(self, status: str) -> str:
        """Returns status, commit, time and run. All these values are our own or GitHub's."""
        commit = f"commit [`{self.run.commit[:7]}`]({self.run.commit_url})" if self.run.commit_url else ""
        run = f"[run]({self.run.url})" if self.run.url else ""
        return " · ".join(text for text in (status, commit, utc_text(self.now), run) if text)


def differences(reviewed: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Returns how two plans differ, as Markdown: as many items as an issue has room for."""
    comparison = compare_plans(reviewed, now)
    forms = (f"\n{comparison_markdown(comparison, most)}" for most in (*STEPS, 0))
    return next((text for text in forms if marks.size(text) <= marks.LIMIT // 3), "")


def evidence_of(outcome: Outcome, digest: str) -> Post:
    """Returns the record of an apply for the branch `plans`: the plan and the outcome. Its title is the file's path."""
    path = f"{outcome.plan.scope.environment}/{outcome.finished_at:%Y-%m-%d}-{digest[:12]}.md"
    parts = (f"Applied: the plan of digest `{digest}`\n", outcome_markdown(outcome), plan_markdown(outcome.plan))
    return Post(path, "\n".join(parts))


def plan_summary(plan: Plan, limit: int, page_url: str = "") -> str:
    above = (f"**{prose(standing(plan))}**", *_page_lines(page_url))
    return plan_markdown(plan, Frame(limit, bytes_of, above, IN_JSON))


def drift_summary(plan: Plan, limit: int, page_url: str = "") -> str:
    return drift_markdown(plan, Frame(limit, bytes_of, _page_lines(page_url), IN_JSON))


def checked_page(url: str) -> str:
    """Returns the address of a page if a Markdown link can contain it unescaped.

    Raises `UsageError` otherwise.
    """
    if url and not _URL.fullmatch(url):
        raise UsageError(f"--page-url {url!r} is not a web address that a link can contain; give an https:// address")
    return url


def _page_lines(url: str) -> tuple[str, ...]:
    return ("", f"Complete plan: [plan.html]({url})") if url else ()


def outcome_summary(outcome: Outcome, limit: int) -> str:
    return outcome_markdown(outcome, Frame(limit, bytes_of, (), "everything is in the outcome's JSON"))


def outputs(plan: Plan) -> Mapping[str, str]:
    """Returns the step's outputs.

    `changes` matches `plan --detailed-exitcode`. A replacement counts as a deletion, too.
    """
    counts = summary(plan)
    return {
        "changes": "false" if counts.is_empty else "true",
        "creates": str(counts.create),
        "updates": str(counts.update),
        "deletes": str(counts.delete + counts.replace),
        "blocked": str(counts.blocked),
        "rows-added": str(counts.rows.create),
        "rows-changed": str(counts.rows.update),
        "rows-deleted": str(counts.rows.delete),
        "digest": counts.digest,
    }


def drift_subject(scope: Scope) -> Subject:
    return _subject("drift", scope, "Live state differs from the manifests, found by reconcile drift")


def apply_subject(scope: Scope) -> Subject:
    return _subject("apply", scope, "An apply of reconcile failed or is incomplete")


def _subject(what: str, scope: Scope, describes: str) -> Subject:
    names = scope.stack, scope.environment
    return Subject(marks.mark(what, *names), marks.mark(f"{what}-settled", *names), f"reconcile-{what}", describes)


def _owner(scope: Scope) -> str:
    return shortened(escaped(scope.owner), _LONGEST_OWNER)
