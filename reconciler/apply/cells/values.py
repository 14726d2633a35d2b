"""Builds the item of a request for one cell, with its references resolved."""

from __future__ import annotations

from typing import Any

from reconciler.apply.cells.locks import Locks
from reconciler.directory import Directory
from reconciler.errors import UnknownReferenceError
from reconciler.model import Action, CellChange, Linked, Result, Status
from reconciler.model.cells import LISTS, array, items
from reconciler.steps.cells import primary_values


def value_of(cell: CellChange, locks: Locks, directory: Directory) -> dict[str, Any] | Result:
    """Returns the item, or a failed result if one of the cell's references has no target.

    The default record's item has no primary values. A delete's item has no value, and always a lock.
    """
    lock = locks.of(cell)
    value: dict[str, Any] = {"AttributeName": cell.attribute}
    if cell.key:
        value["PrimaryValues"] = primary_values(cell.key)
    if cell.action is not Action.DELETE:
        try:
            value["Value"] = _text_of(cell, directory)
        except UnknownReferenceError as wrong:
            return Result(Status.FAILED, str(wrong), type(wrong).__name__)
    if lock or cell.action is Action.DELETE:
        value["LockVersion"] = lock
    return value


def _text_of(cell: CellChange, directory: Directory) -> Any:
    """Returns the cell's text for AWS. The items of a list are resolved one by one, before they become JSON."""
    if isinstance(cell.after, Linked) and cell.value_type in LISTS:
        return array(directory.by_id(items(cell.value_type, cell.after)))
    return directory.by_id(cell.after)
