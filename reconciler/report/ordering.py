"""The order of a report: deletions come first, in every form and inside every change.

This is the order in which a person reads. Plans, their JSON and their execution keep the order of addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from reconciler.model import Action, Change, FieldChange, Plan

T = TypeVar("T")
FIRST_READ = (Action.DELETE, Action.REPLACE, Action.UPDATE, Action.CREATE, Action.ADOPT, Action.BLOCKED)


def deletions_first(things: Iterable[T], action: Callable[[T], Action]) -> list[T]:
    """Returns deleted things, then replaced, changed and added ones; equal ones keep their order."""
    return sorted(things, key=lambda thing: FIRST_READ.index(action(thing)))


def changes_in_order(plan: Plan) -> list[tuple[int, Change]]:
    """Returns the changes that delete something, then the others, then the blocked ones, each with its position."""
    return sorted(enumerate(plan.changes), key=lambda each: _rank(each[1]))


def deletes(change: Change) -> bool:
    """Whether apply would delete a resource, a row or a cell."""
    if change.action in (Action.DELETE, Action.REPLACE):
        return True
    return change.action is Action.UPDATE and any(cell.action is Action.DELETE for cell in change.cells)


def field_action(field: FieldChange) -> Action:
    """Returns what a field's change is: a field without a value before is added, one without a value after deleted."""
    if field.after is None:
        return Action.DELETE
    return Action.CREATE if field.before is None else Action.UPDATE


def _rank(change: Change) -> int:
    if deletes(change):
        return 0
    return 2 if change.action is Action.BLOCKED else 1
