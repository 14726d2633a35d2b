"""The recheck: a call without a lock reads again, right before it replaces or deletes a live resource."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import is_local
from reconciler.kinds.operations import draft_reads, reads_of
from reconciler.model import Read, Replacement, Resource, Spec


def last_look(kind: Kind[Any], live: Resource, unread: Collection[str] = ()) -> Replacement:
    """Returns the recheck of a delete: another writer may have changed or protected the resource meanwhile.

    `unread`: fields that the plan did not read, so they cannot be compared.
    """
    known = (f for f in kind.spec.model_fields if not is_local(kind.spec, f) and f not in kind.reading.write_only)
    fields = tuple(f for f in known if f not in unread)
    again = reads_of(kind).again(fields)
    inside = (read for read in reads_of_contents(kind, live) if set(read.fills).isdisjoint(unread))
    return Replacement(live, live, (*again, *draft_reads(kind), *inside), fields=fields)


def last_look_at_part(kind: Kind[Any], part: Spec, name: str) -> Replacement:
    """Returns the recheck of a part's delete, with the values that go with it."""
    reads = reads_of(kind)
    return Replacement(part, part, (*reads.of_one_part, *((reads.cells,) if reads.cells else ())), name)


def reads_of_contents(kind: Kind[Any], live: Resource) -> tuple[Read, ...]:
    """Returns the reads of everything that one resource contains."""
    reads = reads_of(kind)
    parts = reads.of_parts(len(getattr(live, kind.parts.field))) if kind.parts else ()
    return (*parts, *((reads.cells,) if reads.cells else ()))
