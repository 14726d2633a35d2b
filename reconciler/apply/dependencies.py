"""What must not be done because something before it was not: only what truly depends on it, the rest goes on."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.apply.run import Run
from reconciler.cells import identity
from reconciler.kinds.registry import KINDS
from reconciler.model import Change, Does, Item, Step


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
    cells = [Item(at, "cell", p) for p in step.cells]
    match earlier.does:
        case Does.CREATE | Does.DELETE:
            return carried(at, step)
        case Does.UPDATE:
            # Packed for the level that was to be: under another one its batches would get into each other's way.
            planned, table = earlier.replaces, KINDS[change.ref.kind].cells
            moved = planned and table and getattr(planned.before, table.level) != getattr(planned.after, table.level)
            return cells if moved else []
        case Does.RENAME_ROW:
            rows = {identity(change.keys, change.rows[position].after) for position in earlier.rows}
            return [Item(at, "cell", p) for p in step.cells if change.cells[p].identity in rows]
        case Does.PART_CREATE | Does.PART_UPDATE:
            name = earlier.call.params["Name"]
            if earlier.call.params.get("Primary"):
                return cells + [Item(at, "row", p) for p in step.rows]
            return [Item(at, "cell", p) for p in step.cells if change.cells[p].attribute == name]
        case _:
            return []
