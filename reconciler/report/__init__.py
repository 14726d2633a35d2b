"""Plan and outcome for people and programs: text, JSON, Markdown and a page, told from the same values."""

from reconciler.report.as_json import dumps, outcome_json, plan_json
from reconciler.report.reading import read_plan
from reconciler.report.summary import Summary, summary
from reconciler.report.text import drift_text, outcome_text, plan_text

__all__ = [
    "Summary",
    "drift_text",
    "dumps",
    "outcome_json",
    "outcome_text",
    "plan_json",
    "plan_text",
    "read_plan",
    "summary",
]
