"""What must not be done because something before it was not: only what truly depends on it, the rest goes on."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.apply.run import Run
from reconciler.cells import identity
from reconciler.kinds.registry import KINDS
from reconciler.model import Change, Item, Step


def carried(at: int, step: Step) -> list[Item]:
    """The items that a step makes true, in the plan's positions."""
    return [
        Item(at, part, position)
        for part, positions in (("field", step.fields), ("row", step.rows), ("cell", step.cells))
        for position in positions
    ]


def stopped(run: Run, at: int, step: Step) -> dict[Item, str]:
    """The items of a step that wait for something which was not done, and what that is."""
    change = run.plan.changes[at]
    found: dict[Item, str] = {}
    for earlier in _undone(run, at, change, step):
        for item in _hangs_on(change, at, step, earlier):
            found.setdefault(item, f"{earlier.call.operation} of {change.ref}")
    return found


def _undone(run: Run, at: int, change: Change, step: Step) -> Iterator[Step]:
    """The structural steps before it, and the renames, of which something is not done."""
    for earlier in change.steps:
        if earlier is step:
            return
        if not earlier.cells and run.lacks(carried(at, earlier)):
            yield earlier


def _hangs_on(change: Change, at: int, step: Step, earlier: Step) -> list[Item]:
    kind = KINDS[change.ref.kind]
    if earlier.call.operation in (kind.create, kind.delete):
        return carried(at, step)
    if earlier.call.operation in {update.operation for update in kind.updates}:
        # Packed for the level that was to be: under another one its batches would get into each other's way.
        planned, cells = earlier.replaces, kind.cells
        moved = planned and cells and getattr(planned.before, cells.level) != getattr(planned.after, cells.level)
        return [Item(at, "cell", p) for p in step.cells] if moved else []
    if earlier.rows:
        rows = {identity(change.keys, change.rows[position].after) for position in earlier.rows}
        return [Item(at, "cell", p) for p in step.cells if change.cells[p].identity in rows]
    if kind.parts and earlier.call.operation in (kind.parts.create, kind.parts.update):
        name = earlier.call.params["Name"]
        if earlier.call.params.get("Primary"):
            return [Item(at, "cell", p) for p in step.cells] + [Item(at, "row", p) for p in step.rows]
        return [Item(at, "cell", p) for p in step.cells if change.cells[p].attribute == name]
    return []
