"""What became of a plan, item by item."""

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
    UNCHANGED = "unchanged"  # live as wanted, and not by this run: undo leaves it alone
    SKIPPED = "skipped"  # blocked, or what it depends on failed, or the run was interrupted
    FAILED = "failed"
    CONFLICT = "conflict"  # somebody else changed it meanwhile: left alone


AS_WANTED = (Status.DONE, Status.UNCHANGED)


class Item(NamedTuple):
    """One thing that was asked for: the position of its change in the plan, and its own in the change.

    `part` is "field", "cell", "row", or "change" for a change that asks for nothing finer (a blocked one).
    """

    change: int
    part: str
    position: int


class Result(NamedTuple):
    """`found`: the value that was live when it was last `looked` at (`None`: absent)."""

    status: Status
    message: str = ""
    code: str = ""
    request_id: str = ""
    found: Any = None
    looked: bool = False


class Totals(NamedTuple):
    """Items: asked is the sum of the others."""

    asked: int
    done: int
    unchanged: int
    skipped: int
    failed: int
    conflict: int


@dataclass(frozen=True)
class Outcome:
    """One run. `status` is "done", "unchanged", "partial", "failed", "blocked", "refused", "stale", "declined" or
    "interrupted"; `message` says why where it is none of the first two. `operations`: attempts by `service:Operation`.
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
    calls_to_plan: int | None = None  # how many of `operations` were made before apply began; `None`: unknown

    @property
    def totals(self) -> Totals:
        found = Counter(result.status for result in self.results.values())
        counts = {status.value: found.get(status, 0) for status in Status}
        counts["unchanged"] += self.plan.unchanged
        return Totals(sum(counts.values()), **counts)


def items(plan: Plan) -> Iterator[Item]:
    """All that a plan asks for, in its order."""
    for at, change in enumerate(plan.changes):
        if change.action is Action.BLOCKED:
            yield Item(at, "change", 0)
            continue
        for part, things in (("field", change.fields), ("row", change.rows), ("cell", change.cells)):
            yield from (Item(at, part, position) for position in range(len(things)))
