"""Counts an outcome in the same words as a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from reconciler.messages import counted, plural
from reconciler.model import Action, CellChange, Change, Outcome, Status
from reconciler.report.counting import (
    Counts,
    RowCounts,
    by_row,
    cell_counts,
    groups,
    lost_counts,
    row_action,
    short_groups,
    total,
)
from reconciler.report.ordering import field_action
from reconciler.report.results import results_of
from reconciler.steps.work import LOST

UNWRITTEN = ("refused", "stale", "declined")  # runs that started no item
DONE = {"Apply": "applied", "Destroy": "destroyed"}
HOW_IT_ENDED = {
    "done": "complete",
    "partial": "incomplete",
    "blocked": "incomplete",
    "failed": "failed",
    "interrupted": "interrupted",
}
FIELD_WORDS = {Action.CREATE: "added", Action.UPDATE: "changed", Action.DELETE: "deleted"}


def applied_line(outcome: Outcome, word: str = "Apply") -> str:
    """Returns the last line of an outcome: the counts by action, the items not applied, and the cost."""
    parts = [
        resources_text(outcome),
        *groups(done_counts(outcome)),
        *_items(outcome),
        *_attempts(outcome),
        calls_text(outcome),
        f"{took(outcome):.1f} s",
    ]
    return f"{ending(outcome, word)}: {' · '.join(parts)}"


def ending(outcome: Outcome, word: str = "Apply") -> str:
    """Returns how the run ended: `Apply complete`, `Nothing to apply`."""
    if outcome.status in UNWRITTEN:
        return f"Not {DONE[word]}"
    if outcome.status == "unchanged":
        return f"Nothing to {word.lower()}"
    return f"{word} {HOW_IT_ENDED.get(outcome.status, outcome.status)}"


def applied_to(outcome: Outcome) -> str:
    """Returns the words before the stack's name in the headline. Only a run that changed something was applied."""
    if outcome.totals.done:
        return "Applied to"
    if outcome.status in UNWRITTEN:
        return "Not applied to"
    return "Nothing to apply to" if outcome.status == "unchanged" else "Nothing applied to"


def resources_text(outcome: Outcome) -> str:
    """Returns `1 created, 4 changed, 2 deleted`. It counts each resource with at least one applied item."""
    done: Counter[Action] = Counter()
    for at, change in enumerate(outcome.plan.changes):
        if any(result.status is Status.DONE for _, result in results_of(outcome, at)):
            done[change.action] += 1
    parts = [
        f"{done[Action.CREATE]:,} created",
        f"{done[Action.UPDATE]:,} changed",
        f"{done[Action.DELETE]:,} deleted",
        *([f"{done[Action.REPLACE]:,} replaced"] if done[Action.REPLACE] else []),
        *([f"{done[Action.ADOPT]:,} adopted"] if done[Action.ADOPT] else []),
    ]
    return ", ".join(parts)


def done_counts(outcome: Outcome) -> Counts:
    """Returns the rows and cells that the run added, changed and deleted."""
    return total(change_done_counts(outcome, at) for at in range(len(outcome.plan.changes)))


def change_done_counts(outcome: Outcome, at: int) -> Counts:
    """Returns the rows and cells that the run added, changed and deleted for one change."""
    change, done = outcome.plan.changes[at], _done(outcome, at)
    cells = [change.table.cells[position] for position in done["cell"]]
    counts = [Counts(_rows(change, cells, len(done["row"])), cell_counts(cells))]
    if any(change.fields[position].path == LOST for position in done["field"]):
        counts.append(lost_counts(change))
    return total(counts)


def change_done_text(outcome: Outcome, at: int) -> str:
    """Returns the result of one change: `rows: 85 deleted · cells: 255 deleted · 2 failed`."""
    parts = [*_fields(outcome, at), *short_groups(change_done_counts(outcome, at))]
    statuses = Counter(result.status for _, result in results_of(outcome, at))
    return " · ".join([*parts, *_not_done(statuses)])


def calls_text(outcome: Outcome) -> str:
    """Returns the API calls of the run. A plan counts only the calls of apply."""
    calls = sum(outcome.operations.values())
    if outcome.calls_to_plan is None:
        return counted(calls, "call")
    return f"{counted(calls, 'call')} ({outcome.calls_to_plan:,} to plan, {calls - outcome.calls_to_plan:,} to apply)"


def took(outcome: Outcome) -> float:
    """Returns the run's duration in seconds."""
    return (outcome.finished_at - outcome.started_at).total_seconds()


def _items(outcome: Outcome) -> Iterator[str]:
    totals = outcome.totals
    statuses = {Status.FAILED: totals.failed, Status.CONFLICT: totals.conflict, Status.SKIPPED: totals.skipped}
    counts = list(_not_done(statuses))
    if totals.unchanged:
        counts.append(f"{totals.unchanged:,} unchanged")
    if counts:
        yield ", ".join(counts)


def _not_done(statuses: Mapping[Status, int]) -> Iterator[str]:
    if failed := statuses.get(Status.FAILED, 0):
        yield f"{failed:,} failed"
    if conflicts := statuses.get(Status.CONFLICT, 0):
        yield counted(conflicts, "conflict")
    if skipped := statuses.get(Status.SKIPPED, 0):
        yield f"{skipped:,} skipped"


def _attempts(outcome: Outcome) -> Iterator[str]:
    if outcome.retries:
        yield f"{outcome.retries:,} {plural(outcome.retries, 'retry', 'retries')}"
    if outcome.conflicts_resolved:
        yield f"{counted(outcome.conflicts_resolved, 'conflict')} resolved"


def _fields(outcome: Outcome, at: int) -> Iterator[str]:
    """Yields the counts of an update's fields. A created or deleted resource has one result for all its fields."""
    change = outcome.plan.changes[at]
    if change.action is not Action.UPDATE:
        return
    counts = Counter(field_action(change.fields[position]) for position in _done(outcome, at)["field"])
    parts = [f"{counts[action]:,} {word}" for action, word in FIELD_WORDS.items() if counts[action]]
    if parts:
        yield f"fields: {', '.join(parts)}"


def _rows(change: Change, done: Iterable[CellChange], renamed: int) -> RowCounts:
    """Counts rows. A row counts as deleted once all its cells are, and as changed before that."""
    planned = by_row(change.table.cells)
    counts: Counter[Action] = Counter()
    for key, cells in by_row(done).items():
        action = row_action(planned[key])
        is_whole = len(cells) == len(planned[key])
        counts[action if is_whole or action is not Action.DELETE else Action.UPDATE] += 1
    return RowCounts(counts[Action.CREATE], counts[Action.UPDATE], counts[Action.DELETE], renamed)


def _done(outcome: Outcome, at: int) -> dict[str, list[int]]:
    """Returns the positions of the applied items, by part."""
    positions: dict[str, list[int]] = {"change": [], "field": [], "row": [], "cell": []}
    for item, result in results_of(outcome, at):
        if result.status is Status.DONE:
            positions[item.part].append(item.position)
    return positions
