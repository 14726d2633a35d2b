"""Restores a document from an outcome: from its differences, or from the whole document that the run replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from reconciler.diff.documents import DiffersError, DocumentDifference, applied, path_steps
from reconciler.model import Document

Listed = Iterable[tuple[str, Any, Any]]  # a path inside the document, before and after the run


class Restored(NamedTuple):
    """The document as it was before the run."""

    value: Any


class Already(NamedTuple):
    """The document is as it was before the run."""


def whole_way_back(now: Document, before: Any, after: Any, meant: Callable[[Any], Any]) -> Restored | Already | None:
    """Returns the way back to a document that the outcome has whole. `meant` restores the references of a value."""
    if now == type(now).of(meant(before)):
        return Already()
    return Restored(before) if now == type(now).of(meant(after)) else None


def way_back(now: Any, listed: Listed) -> Restored | Already | None:
    """Returns the way back from a live document. `None`: it is neither as the run left it nor as it was before."""
    forwards = []
    for path, before, after in listed:
        steps = path_steps(path)
        if not steps:
            return None
        forwards.append(DocumentDifference(steps, before, after))
    back = [DocumentDifference(steps, after, before) for steps, before, after in forwards]
    restored, forward = _applied(now, back), _applied(now, forwards)
    if restored is None:
        return None if forward is None else Already()
    # An item that is only added, or only removed, fits any list: the other direction proves more.
    if forward is not None and any(change.before is not None for change in forwards):
        return None if any(change.after is not None for change in forwards) else Already()
    return Restored(restored)


def _applied(value: Any, changes: list[DocumentDifference]) -> Any:
    try:
        return applied(value, changes)
    except DiffersError:
        return None
