"""Orders a report: deletions come first, in every form and within every change.

People read this order. Plans, their JSON and their execution use the order of addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from reconciler.model import Action, Change, FieldChange, Plan

T = TypeVar("T")
FIRST_READ = (Action.DELETE, Action.REPLACE, Action.UPDATE, Action.CREATE, Action.ADOPT, Action.BLOCKED)


def deletions_first(things: Iterable[T], action: Callable[[T], Action]) -> list[T]:
    """Returns deleted things, then replaced, changed and added ones. The sort is stable."""
    return sorted(things, key=lambda thing: FIRST_READ.index(action(thing)))


def changes_in_order(plan: Plan) -> list[tuple[int, Change]]:
    """Returns the changes that delete something, then the others, then the blocked ones, each with its position."""
    return sorted(enumerate(plan.changes), key=lambda item: _rank(item[1]))


def deletes(change: Change) -> bool:
    """Returns whether apply would delete a resource, a row or a cell."""
    if change.action in (Action.DELETE, Action.REPLACE):
        return True
    return change.action is Action.UPDATE and any(cell.action is Action.DELETE for cell in change.table.cells)


def field_action(field: FieldChange) -> Action:
    """Returns the action of a field's change: create without a value before, delete without a value after."""
    if field.after is None:
        return Action.DELETE
    return Action.CREATE if field.before is None else Action.UPDATE


def _rank(change: Change) -> int:
    if deletes(change):
        return 0
    return 2 if change.action is Action.BLOCKED else 1
