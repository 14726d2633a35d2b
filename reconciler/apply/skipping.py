"""Finds the items that must be skipped because an earlier step failed. Independent items go on."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.apply.run import Run
from reconciler.kinds.registry import KINDS
from reconciler.model import Change, Does, Item, Step
from reconciler.model.cells import identity


def carried(at: int, step: Step) -> list[Item]:
    """Returns the items that a step carries, by their positions in the plan."""
    return [
        Item(at, part, position)
        for part, positions in (("field", step.fields), ("row", step.rows), ("cell", step.cells))
        for position in positions
    ]


def decided_by(at: int, change: Change, step: Step) -> list[Item]:
    """Returns the items that a step decides if it is not done: those it carries.

    A create that carries none, because every field waits for other resources, decides the whole change.
    """
    own = carried(at, step)
    if own or step.does is not Does.CREATE:
        return own
    return list(dict.fromkeys(item for later in change.steps for item in carried(at, later)))


def is_undone(run: Run, at: int, step: Step) -> bool:
    """Returns whether a step that has ended is not completely done."""
    items = carried(at, step)
    if items or step.does is not Does.CREATE:
        return run.lacks(items)
    return not run.has_created([run.plan.changes[at].ref])


def stopped(run: Run, at: int, step: Step) -> dict[Item, str]:
    """Maps each item of a step that waits for an unfinished step to the name of that step."""
    change = run.plan.changes[at]
    waits: dict[Item, str] = {}
    for earlier in _unfinished(run, at, change, step):
        for item in _dependents(change, at, step, earlier):
            waits.setdefault(item, f"{earlier.call.operation} of {change.ref}")
    return waits


def _unfinished(run: Run, at: int, change: Change, step: Step) -> Iterator[Step]:
    """Yields the earlier structural steps and renames that are not completely done."""
    for earlier in change.steps:
        if earlier is step:
            return
        if not earlier.cells and is_undone(run, at, earlier):
            yield earlier


def _dependents(change: Change, at: int, step: Step, earlier: Step) -> list[Item]:
    """Returns the items of a step that depend on the earlier step."""
    cells = [Item(at, "cell", p) for p in step.cells]
    match earlier.does:
        case Does.CREATE | Does.DELETE | Does.MOVE:
            return decided_by(at, change, step)
        case Does.UPDATE:
            # The batches are packed for the planned lock level: under another one they would conflict with each other.
            planned, table = earlier.replaces, KINDS[change.ref.kind].cells
            moved = planned and table and getattr(planned.before, table.level) != getattr(planned.after, table.level)
            return cells if moved else []
        case Does.RENAME_ROW:
            rows = {identity(change.table.keys, change.table.rows[position].after) for position in earlier.rows}
            return [Item(at, "cell", p) for p in step.cells if change.table.cells[p].identity in rows]
        case Does.PART_CREATE | Does.PART_UPDATE:
            parts = KINDS[change.ref.kind].parts
            name = earlier.call.params[parts.name] if parts else ""
            if earlier.call.params.get("Primary"):
                return cells + [Item(at, "row", p) for p in step.rows]
            return [Item(at, "cell", p) for p in step.cells if change.table.cells[p].attribute == name]
        case _:
            return []
