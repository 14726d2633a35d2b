"""Lists the golden files and how each is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from reconciler.cli.github import highlights
from reconciler.cli.pipelines.status_json import status_json
from reconciler.cli.pipelines.status_text import status_text
from reconciler.github.runner import lines_of
from reconciler.report import (
    Frame,
    drift_markdown,
    drift_text,
    dumps,
    graph_dot,
    graph_json,
    graph_mermaid,
    outcome_json,
    outcome_markdown,
    outcome_text,
    plan_html,
    plan_json,
    plan_markdown,
    plan_text,
)
from tests.builders.pipeline_states import PLACE, full_states
from tests.builders.plans import (
    crowd,
    declined_outcome,
    done_outcome,
    empty_plan,
    expanded_plan,
    full_outcome,
    full_plan,
    small_plan,
)
from tests.github.texts import RUN, TEXTS

from .graphs import FRONT, contact_centre

REPORTS: dict[str, Callable[[], str]] = {
    "plan.txt": lambda: plan_text(full_plan(), colour=False),
    "plan-colour.txt": lambda: plan_text(full_plan(), colour=True),
    "plan-narrow.txt": lambda: plan_text(full_plan(), colour=False, width=80),
    "plan-small.txt": lambda: plan_text(small_plan(), colour=False),
    "plan-empty.txt": lambda: plan_text(empty_plan(), colour=False),
    "drift.txt": lambda: drift_text(full_plan(), colour=False),
    "drift-empty.txt": lambda: drift_text(empty_plan(), colour=False),
    "outcome.txt": lambda: outcome_text(full_outcome(), colour=False),
    "outcome-colour.txt": lambda: outcome_text(full_outcome(), colour=True),
    "outcome-done.txt": lambda: outcome_text(done_outcome(), colour=False),
    "outcome-declined.txt": lambda: outcome_text(declined_outcome(), colour=False),
    "plan.json": lambda: dumps(plan_json(full_plan())),
    "plan-small.json": lambda: dumps(plan_json(small_plan())),
    "plan-empty.json": lambda: dumps(plan_json(empty_plan())),
    "outcome.json": lambda: dumps(outcome_json(full_outcome())),
    "outcome-declined.json": lambda: dumps(outcome_json(declined_outcome())),
    "plan.md": lambda: plan_markdown(full_plan()),
    "plan-short.md": lambda: plan_markdown(full_plan(), Frame(7000)),
    "plan-small.md": lambda: plan_markdown(small_plan()),
    "plan-empty.md": lambda: plan_markdown(empty_plan()),
    "drift.md": lambda: drift_markdown(full_plan()),
    "drift-empty.md": lambda: drift_markdown(empty_plan()),
    "outcome.md": lambda: outcome_markdown(full_outcome()),
    "outcome-done.md": lambda: outcome_markdown(done_outcome()),
    "github-comment.md": lambda: replace(TEXTS, page_url=f"{RUN.url}/artifacts/501").comment(full_plan()),
    "github-comment-empty.md": lambda: TEXTS.comment(empty_plan()),
    "github-comment-brief.md": lambda: TEXTS.comment(crowd()),
    "github-drift.md": lambda: TEXTS.drift(small_plan()).body,
    "github-failed.md": lambda: TEXTS.failed(full_outcome(), 5).body,
    "github-unplanned.md": lambda: TEXTS.failed_unplanned(full_plan().scope, 1).body,
    "github-annotations.txt": lambda: lines_of(highlights.of_plan(full_plan()), PurePath("centre")),
    "plan.html": lambda: plan_html(full_plan()),
    "plan-empty.html": lambda: plan_html(empty_plan()),
    "plan-origin.txt": lambda: plan_text(expanded_plan(), colour=False),
    "plan-origin.json": lambda: dumps(plan_json(expanded_plan())),
    "plan-origin.md": lambda: plan_markdown(expanded_plan()),
    "plan-origin.html": lambda: plan_html(expanded_plan()),
    "status.txt": lambda: status_text(PLACE, full_states(), colour=False),
    "status-colour.txt": lambda: status_text(PLACE, full_states(), colour=True),
    "status.json": lambda: dumps(status_json(PLACE, full_states())),
    "drift-origin.txt": lambda: drift_text(expanded_plan(), colour=False),
    "drift-origin.md": lambda: drift_markdown(expanded_plan()),
    "graph.mmd": lambda: graph_mermaid(contact_centre()),
    "graph.dot": lambda: graph_dot(contact_centre()),
    "graph.json": lambda: dumps(graph_json("prod", contact_centre())),
    "graph-of.mmd": lambda: graph_mermaid(contact_centre(), contact_centre().impact(FRONT)),
    "graph-of.dot": lambda: graph_dot(contact_centre(), contact_centre().impact(FRONT)),
    "graph-of.json": lambda: dumps(graph_json("prod", contact_centre(), contact_centre().impact(FRONT))),
}
