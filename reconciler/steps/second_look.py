"""The recheck: a call without a lock reads again, right before it replaces or deletes a live resource."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import is_local
from reconciler.kinds.operations import field_reads
from reconciler.model import Replacement, Resource, Spec


def last_look(kind: Kind[Any], live: Resource, unread: Collection[str] = ()) -> Replacement:
    """Returns the recheck of a delete: another writer may have changed or protected the resource meanwhile.

    `unread`: fields that the plan did not read, so they cannot be compared.
    """
    known = (f for f in kind.spec.model_fields if not is_local(kind.spec, f) and f not in kind.unanswered)
    fields = tuple(f for f in known if f not in unread)
    inside = (kind.parts if kind.parts and kind.parts.field in fields else None, kind.cells)
    listings = (content.listing.operation for content in inside if content)
    return Replacement(live, live, (*field_reads(kind, fields), *listings), fields=fields)


def last_look_at_part(kind: Kind[Any], part: Spec, name: str) -> Replacement:
    listings = tuple(content.listing.operation for content in (kind.parts, kind.cells) if content)
    return Replacement(part, part, listings, name)
