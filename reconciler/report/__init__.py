"""Plan, outcome and dependencies for people and programs, each form told from the same values."""

from reconciler.report.as_json import dumps, outcome_json, plan_json, rebuilt_json
from reconciler.report.between import between, between_markdown, between_text
from reconciler.report.frame import Frame
from reconciler.report.graph_dot import graph_dot
from reconciler.report.graph_json import graph_json
from reconciler.report.graph_mermaid import graph_mermaid
from reconciler.report.markdown import drift_markdown, outcome_markdown, plan_markdown
from reconciler.report.page import plan_html
from reconciler.report.reading import read_outcome, read_plan
from reconciler.report.rebuilding import is_outcome, outcome_of, plan_of
from reconciler.report.summary import Summary, standing, summary
from reconciler.report.text import drift_text, outcome_text, plan_text

__all__ = [
    "Frame",
    "Summary",
    "between",
    "between_markdown",
    "between_text",
    "drift_markdown",
    "drift_text",
    "dumps",
    "graph_dot",
    "graph_json",
    "graph_mermaid",
    "is_outcome",
    "outcome_json",
    "outcome_markdown",
    "outcome_of",
    "outcome_text",
    "plan_html",
    "plan_json",
    "plan_markdown",
    "plan_of",
    "plan_text",
    "read_outcome",
    "read_plan",
    "rebuilt_json",
    "standing",
    "summary",
]
