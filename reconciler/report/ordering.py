"""Orders a report: deletions come first, in every form and within every change.

People read this order. Plans, their JSON and their execution use the order of addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from reconciler.model import Action, Change, FieldChange, Plan, Ref

T = TypeVar("T")
_LAST = 2
FIRST_READ = (Action.DELETE, Action.REPLACE, Action.UPDATE, Action.CREATE, Action.ADOPT, Action.BLOCKED)


def deletions_first(things: Iterable[T], action: Callable[[T], Action]) -> list[T]:
    """Returns deleted things, then replaced, changed and added ones. The sort is stable."""
    return sorted(things, key=lambda thing: FIRST_READ.index(action(thing)))


def changes_in_order(plan: Plan) -> list[tuple[int, Change]]:
    """Returns the changes that delete something, then the others, then the blocked ones, each with its position.

    Changes with the same origin are neighbours, where the first of them belongs. Only blocked ones are apart.
    """
    first: dict[Ref | None, int] = {}
    for change in plan.changes:
        first[change.origin] = min(first.get(change.origin, _LAST), _rank(change))

    def place(item: tuple[int, Change]) -> tuple[int, str, int]:
        rank, origin = _rank(item[1]), listed_under(item[1])
        return (first[origin], str(origin), rank) if origin else (rank, "", rank)

    return sorted(enumerate(plan.changes), key=place)


def listed_under(change: Change) -> Ref | None:
    """Returns the document whose heading the change is listed under. A blocked change has none, and names it itself."""
    return None if change.action is Action.BLOCKED else change.origin


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
    return _LAST if change.action is Action.BLOCKED else 1
