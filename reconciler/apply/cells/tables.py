"""Keeps what a run knows of each table: its locks, how AWS compares them, and the operations that AWS refused for
good."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from reconciler.apply.cells.locks import Locks
from reconciler.diff.cells import renamed
from reconciler.errors import LASTING, CallError
from reconciler.model import Change, Contents, Live, Ref, Result, Status


class Tables:
    """The locks of each table that this run writes to."""

    def __init__(self, live: Mapping[Ref, Live]) -> None:
        self._live = live
        self._locks: dict[Ref, Locks] = {}
        self._one_by_one: set[Ref] = set()
        self._refused: dict[tuple[Ref, str], Result] = {}
        self._lock = Lock()

    def locks(self, change: Change, now: float) -> Locks:
        with self._lock:
            if change.ref not in self._locks:
                live = self._live.get(change.ref)
                known = _as_named(change, live) if live else Contents()
                self._locks[change.ref] = Locks(change.table.keys, known, now)
            return self._locks[change.ref]

    def note_refusal(self, ref: Ref, wrong: CallError) -> None:
        """Remembers a refusal that holds for every other call of the operation on the same resource.

        The other operations go on: where a quota is full, deletes make room and updates need none.
        """
        if wrong.meaning in LASTING:
            operation = wrong.operation.partition(":")[2]
            message = f"not sent, because AWS refused {operation} of {ref} before: {wrong.code}"
            self._refused.setdefault((ref, operation), Result(Status.SKIPPED, message, wrong.code))

    def refusal(self, ref: Ref, operation: str) -> Result | None:
        """Returns the result for items whose call AWS would refuse like an earlier one, or `None` if it may not."""
        return self._refused.get((ref, operation))

    def one_by_one(self, ref: Ref) -> bool:
        """Returns whether AWS compares locks item by item, so that one write of a scope makes the next one stale."""
        return ref in self._one_by_one

    def go_one_by_one(self, ref: Ref) -> None:
        self._one_by_one.add(ref)

    def forget(self, ref: Ref) -> None:
        """Drops everything that was read of the table, because it is recreated."""
        self._live = {known: live for known, live in self._live.items() if known != ref}
        self._locks.pop(ref, None)


def _as_named(change: Change, live: Live) -> Contents:
    """Returns the contents that were read, with renamed attributes. The change's cells have the new names already."""
    replaced = [step.replaces for step in change.steps if step.replaces and step.replaces.part]
    to = {part.part: str(getattr(part.after, "name", part.part)) for part in replaced}
    records = live.records if not to else tuple(renamed(record, to) for record in live.records)
    return Contents((), {to.get(part, part): lock for part, lock in live.part_locks.items()}, records)
