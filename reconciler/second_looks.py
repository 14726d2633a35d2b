"""The second look: what a call that takes no lock reads again right before it replaces or takes away what is live."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import is_local
from reconciler.model import Replacement, Resource, Spec


def last_look(kind: Kind[Any], live: Resource, unread: Collection[str] = ()) -> Replacement:
    """What a delete takes away: it is read again right before, for somebody may have changed it or protected it."""
    known = (f for f in kind.spec.model_fields if not is_local(kind.spec, f) and f not in kind.unanswered)
    fields = tuple(f for f in known if f not in unread)
    inside = (kind.parts if kind.parts and kind.parts.field in fields else None, kind.cells)
    listings = (each.listing.operation for each in inside if each)
    return Replacement(live, live, (*reads(kind, fields), *listings), fields=fields)


def last_look_at_part(kind: Kind[Any], part: Spec, name: str) -> Replacement:
    listings = tuple(each.listing.operation for each in (kind.parts, kind.cells) if each)
    return Replacement(part, part, listings, name)


def untold(kind: Kind[Any]) -> set[str]:
    """The fields that are read only where somebody says them."""
    return {f for gap in kind.gaps for f in gap.fields} | ({kind.parts.field} if kind.parts else set())


def reads(kind: Kind[Any], fields: Collection[str]) -> tuple[str, ...]:
    """What tells all of the fields."""
    told = [gap.listing.operation for gap in kind.gaps if gap.listing and set(gap.fields) & set(fields)]
    return (*((kind.describe[0],) if kind.describe else ()), *told)
