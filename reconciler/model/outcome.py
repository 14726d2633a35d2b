"""The outcome of a run, item by item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from reconciler.model.plan import Action, Plan


class Status(StrEnum):
    DONE = "done"
    UNCHANGED = "unchanged"  # Already as wanted before this run, so undo does not touch it.
    SKIPPED = "skipped"  # Blocked, a dependency failed, or the run was interrupted.
    FAILED = "failed"
    CONFLICT = "conflict"  # another writer changed it meanwhile, so apply did not touch it


AS_WANTED = (Status.DONE, Status.UNCHANGED)


class Item(NamedTuple):
    """One item of a plan: the position of its change in the plan, and its position in the change.

    `part` is "field", "cell" or "row", or "change" for a change without items (a blocked one).
    """

    change: int
    part: str
    position: int


class Result(NamedTuple):
    """The result of one item.

    `found`: the live value at the last check; `None`: absent. `looked`: whether there was a check.
    """

    status: Status
    message: str = ""
    code: str = ""
    request_id: str = ""
    found: Any = None
    looked: bool = False


class Totals(NamedTuple):
    """Numbers of items. `asked` is the sum of the others."""

    asked: int
    done: int
    unchanged: int
    skipped: int
    failed: int
    conflict: int


@dataclass(frozen=True)
class Outcome:
    """One run.

    `status` is "done", "unchanged", "partial", "failed", "blocked", "refused", "stale", "declined" or "interrupted".
    `message` gives the reason for every status but the first two. `operations`: attempts by `service:Operation`.
    """

    plan: Plan
    status: str
    exit_code: int
    started_at: datetime
    finished_at: datetime
    results: Mapping[Item, Result] = field(default_factory=dict)
    operations: Mapping[str, int] = field(default_factory=dict)
    retries: int = 0
    conflicts_resolved: int = 0
    message: str = ""
    calls_to_plan: int | None = None  # the part of `operations` that happened before apply began; `None`: unknown

    @property
    def totals(self) -> Totals:
        by_status = Counter(result.status for result in self.results.values())
        counts = {status.value: by_status.get(status, 0) for status in Status}
        counts["unchanged"] += self.plan.unchanged
        return Totals(sum(counts.values()), **counts)


def items(plan: Plan) -> Iterator[Item]:
    """Yields every item of a plan, in its order."""
    for at, change in enumerate(plan.changes):
        if change.action is Action.BLOCKED:
            yield Item(at, "change", 0)
            continue
        for part, things in (("field", change.fields), ("row", change.table.rows), ("cell", change.table.cells)):
            yield from (Item(at, part, position) for position in range(len(things)))
