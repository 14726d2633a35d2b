"""Counts a plan once, for every form of report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from reconciler.messages import counted as counted
from reconciler.messages import plural
from reconciler.model import Action, Change, Finding, Plan
from reconciler.report.counting import CellCounts, Counts, RowCounts, change_counts, groups, total
from reconciler.report.ordering import deletes
from reconciler.review.digest import digest
from reconciler.steps.estimate import calls_of

DIGITS = 12  # of the digest: enough to identify a plan, and the least that `--expect` accepts


@dataclass(frozen=True)
class Summary:
    """The numbers of resources by action. `rows` and `cells` follow the rules of `counting`."""

    create: int
    update: int
    replace: int
    delete: int
    adopt: int
    blocked: int
    orphan: int
    rows: RowCounts
    cells: CellCounts
    calls: int
    seconds: float
    digest: str
    unchanged: int

    @property
    def is_empty(self) -> bool:
        """Returns whether nothing differs. Orphans are not a difference."""
        return not (self.create or self.update or self.replace or self.delete or self.adopt or self.blocked)


def summary(plan: Plan) -> Summary:
    actions = Counter(change.action for change in plan.changes)
    counts = total(map(change_counts, plan.changes))
    return Summary(
        create=actions[Action.CREATE],
        update=actions[Action.UPDATE],
        replace=actions[Action.REPLACE],
        delete=actions[Action.DELETE],
        adopt=actions[Action.ADOPT],
        blocked=actions[Action.BLOCKED],
        orphan=len(plan.orphans),
        rows=counts.rows,
        cells=counts.cells,
        calls=plan.estimate.calls,
        seconds=plan.estimate.seconds,
        digest=digest(plan),
        unchanged=plan.unchanged,
    )


def calls(change: Change) -> dict[str, int]:
    """Returns the change's API calls by operation. The estimate is the sum over all changes."""
    counts: Counter[str] = Counter()
    for step in change.steps:
        counts.update(calls_of(step))
    return dict(sorted(counts.items()))


def counts_text(numbers: Summary) -> str:
    """Returns the numbers of resources, rows and cells by action."""
    parts = [
        f"{numbers.create:,} to create",
        f"{numbers.update:,} to update",
        f"{numbers.delete:,} to delete",
        *([f"{numbers.replace:,} to replace"] if numbers.replace else []),
        *([f"{numbers.adopt:,} to adopt"] if numbers.adopt else []),
        f"{numbers.blocked:,} blocked",
    ]
    return " · ".join([", ".join(parts), *groups(Counts(numbers.rows, numbers.cells))])


def warnings_first(findings: Iterable[Finding]) -> list[Finding]:
    """Returns errors, then warnings, then the rest."""
    ranks = {"error": 0, "warning": 1}
    return sorted(findings, key=lambda finding: ranks.get(finding.severity, 2))


def cost_text(numbers: Summary) -> str:
    """Returns the API calls and the duration of apply."""
    return f"{counted(numbers.calls, 'call')} · {about(numbers.seconds)}"


def last_line(numbers: Summary, word: str = "Plan") -> str:
    return f"{word}: {counts_text(numbers)} · {cost_text(numbers)} · digest {numbers.digest[:DIGITS]}"


def standing(plan: Plan) -> str:
    """Returns the state of a plan as a symbol and words."""
    if not plan.changes:
        return "✓ nothing to do"
    if not plan.actionable:
        return "! blocked, and nothing else to do"
    if any(finding.severity == "error" for finding in plan.findings):
        return "✗ changes, and apply will refuse them"
    if any(change.irreversible for change in plan.actionable):
        return "⚠ changes, and some cannot be undone"
    if any(deletes(change) for change in plan.actionable):
        return "⚠ changes, and some delete"
    return "~ changes, and some are blocked" if len(plan.actionable) < len(plan.changes) else "~ changes"


def settled_line(numbers: Summary) -> str:
    """Returns the line above the last line of an empty plan."""
    return f"No changes. {counted(numbers.unchanged, 'item')} {plural(numbers.unchanged, 'matches', 'match')}."


def about(seconds: float) -> str:
    """Returns a duration, rounded up: a run that ends early disappoints no one."""
    whole = max(ceil(round(seconds, 1)), 1) if seconds > 0 else 0
    for size, unit in ((1, "s"), (60, "min")):
        if whole <= 90 * size:
            return f"about {ceil(whole / size)} {unit}"
    return f"about {ceil(whole / 3600)} h"
