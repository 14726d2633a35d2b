"""The numbers of a plan and of an outcome: counted here, once, for every form of report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from reconciler.digest import digest
from reconciler.model import Action, CellChange, Change, Finding, Outcome, Plan

DIGITS = 12  # of the digest: enough to agree to, and what `--expect` asks for
UNWRITTEN = ("refused", "stale", "declined")  # runs in which no item was begun


@dataclass(frozen=True)
class CellCounts:
    create: int = 0
    update: int = 0
    delete: int = 0


@dataclass(frozen=True)
class Summary:
    """`updated_cells`: cells that differ in resources to update, whatever is to be done with the cell."""

    create: int
    update: int
    replace: int
    delete: int
    adopt: int
    blocked: int
    orphan: int
    cells: CellCounts
    updated_cells: int
    calls: int
    seconds: float
    digest: str
    unchanged: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs; orphans are no difference."""
        return not (self.create or self.update or self.replace or self.delete or self.adopt or self.blocked)


def summary(plan: Plan) -> Summary:
    actions = Counter(change.action for change in plan.changes)
    return Summary(
        create=actions[Action.CREATE],
        update=actions[Action.UPDATE],
        replace=actions[Action.REPLACE],
        delete=actions[Action.DELETE],
        adopt=actions[Action.ADOPT],
        blocked=actions[Action.BLOCKED],
        orphan=len(plan.orphans),
        cells=cell_counts(cell for change in plan.changes for cell in change.cells),
        updated_cells=sum(len(change.cells) for change in plan.changes if change.action is Action.UPDATE),
        calls=plan.estimate.calls,
        seconds=plan.estimate.seconds,
        digest=digest(plan),
        unchanged=plan.unchanged,
    )


def cell_counts(cells: Iterable[CellChange]) -> CellCounts:
    counts = Counter(cell.action for cell in cells)
    return CellCounts(counts[Action.CREATE], counts[Action.UPDATE], counts[Action.DELETE])


def calls(change: Change) -> dict[str, int]:
    """What the change costs, by operation; as in the estimate, a full replace is preceded by a read."""
    writes = Counter(step.call.name for step in change.steps)
    replacing = [(step.call.service, step.replaces) for step in change.steps if step.replaces]
    reads = Counter(f"{service}:{read}" for service, replaced in replacing for read in replaced.reads)
    return dict(sorted((writes + reads).items()))


def counts_text(told: Summary) -> str:
    """The plural stays for one, so that a script finds the same words whatever the number."""
    parts = [
        f"{told.create} to create",
        f"{told.update} to update" + (f" ({told.updated_cells} cells)" if told.updated_cells else ""),
        f"{told.delete} to delete",
        *([f"{told.replace} to replace"] if told.replace else []),
        *([f"{told.adopt} to adopt"] if told.adopt else []),
        f"{told.blocked} blocked",
    ]
    return ", ".join(parts)


def warnings_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.severity != "warning")


def last_line(told: Summary, word: str = "Plan") -> str:
    cost = f"{told.calls} calls · {about(told.seconds)}"
    return f"{word}: {counts_text(told)} · {cost} · digest {told.digest[:DIGITS]}"


def standing(plan: Plan) -> str:
    """What a plan comes to, as a symbol and words."""
    if not plan.changes:
        return "✓ nothing to do"
    if not plan.actionable:
        return "! blocked, and nothing else to do"
    if any(change.irreversible for change in plan.actionable):
        return "⚠ changes, and some can not be undone"
    return "~ changes, and some are blocked" if len(plan.actionable) < len(plan.changes) else "~ changes"


def settled_line(told: Summary) -> str:
    """What stands above the last line of an empty plan."""
    return f"Live is as declared: {counted(told.unchanged, 'thing')} checked."


def about(seconds: float) -> str:
    """Rounded up: nobody minds a run that ends early."""
    whole = max(ceil(round(seconds, 1)), 1) if seconds > 0 else 0
    for size, unit in ((1, "s"), (60, "min")):
        if whole <= 90 * size:
            return f"about {ceil(whole / size)} {unit}"
    return f"about {ceil(whole / 3600)} h"


def applied_line(outcome: Outcome) -> str:
    totals = outcome.totals
    parts = zip(totals._fields[1:], totals[1:], strict=True)
    shares = {name: f"{name} {count}" for name, count in parts}
    asked = f"asked {totals.asked} = " + " + ".join(
        shares[name] for name in ("done", "unchanged", "skipped", "failed", "conflict")
    )
    resolved = f"retries {outcome.retries} · conflicts resolved {outcome.conflicts_resolved}"
    made = f"{sum(outcome.operations.values())} calls · {took(outcome):.1f} s"
    return f"{applied_word(outcome)}: {asked} · {resolved} · {made}"


def applied_word(outcome: Outcome) -> str:
    return "Not applied" if outcome.status in UNWRITTEN else "Applied"


def took(outcome: Outcome) -> float:
    return (outcome.finished_at - outcome.started_at).total_seconds()


def counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
