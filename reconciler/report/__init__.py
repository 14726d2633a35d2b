"""Stage 6: renders plans, outcomes and dependencies for people and for programs. Every form uses the same values.

`cli` calls it, and `outcomes` for the JSON on disk. It must not hide, cut or miscount anything that a reader approves.
"""

from reconciler.report.as_json import dumps, outcome_json, plan_json, rebuilt_json
from reconciler.report.between import compare_plans, comparison_markdown, comparison_text
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
    "compare_plans",
    "comparison_markdown",
    "comparison_text",
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
