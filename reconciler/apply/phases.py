"""Reports the phases of each resource: a phase begins with its first step and ends with its last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from threading import Lock

from reconciler.apply.run import Run
from reconciler.kinds.registry import KINDS
from reconciler.model import Change, Item, Status, Step
from reconciler.model.events import PhaseEnded, PhaseStarted


def phase_of(change: Change, step: Step) -> str:
    cells = KINDS[change.ref.kind].cells
    if cells and step.cells:
        names = {cells.create: "create values", cells.update: "update values", cells.delete: "delete values"}
        return names[step.call.operation]
    return "keys" if step.rows else "structure"


class Phases:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._left: Counter[tuple[int, str]] = Counter()
        self._items: dict[tuple[int, str], list[Item]] = {}
        self._begun: set[tuple[int, str]] = set()
        self._lock = Lock()
        for at, change in enumerate(run.plan.changes):
            for step in change.steps:
                self._left[at, phase_of(change, step)] += 1

    def begin(self, at: int, step: Step) -> None:
        change = self._run.plan.changes[at]
        phase = phase_of(change, step)
        with self._lock:
            if (at, phase) in self._begun:
                return
            self._begun.add((at, phase))
        steps = [other for other in change.steps if phase_of(change, other) == phase]
        items = sum(len(other.fields) + len(other.rows) + len(other.cells) for other in steps)
        self._run.ports.tell(PhaseStarted(change.ref, phase, len(steps), items))

    def end(self, at: int, step: Step, items: Sequence[Item]) -> None:
        change = self._run.plan.changes[at]
        phase = phase_of(change, step)
        with self._lock:
            self._items.setdefault((at, phase), []).extend(items)
            self._left[at, phase] -= 1
            if self._left[at, phase]:
                return
        by_status = Counter(
            self._run.results[item].status for item in self._items[at, phase] if item in self._run.results
        )
        counts = {status.value: by_status.get(status, 0) for status in Status if status is not Status.UNCHANGED}
        self._run.ports.tell(PhaseEnded(change.ref, phase, **counts))
