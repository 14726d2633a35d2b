"""Lists every operation that a kind's table can call."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.model import Ownership


def reads(kind: Kind[Any]) -> Iterator[str]:
    """Yields the operations that plan calls."""
    yield from (listing.operation for listing in kind.searches((), True))
    if kind.bare_search:
        yield _describe(kind)
    for gap in kind.gaps:
        yield gap.listing.operation if gap.listing else _describe(kind)
    if kind.parts:
        yield (kind.parts.bulk or kind.parts.listing).operation
    if kind.cells:
        yield kind.cells.listing.operation


def _describe(kind: Kind[Any]) -> str:
    return kind.describe[0] if kind.describe else ""


def writes(kind: Kind[Any]) -> Iterator[str]:
    """Yields the operations that apply also calls, with those that recheck."""
    optional = (kind.create, kind.delete, kind.lookup.operation if kind.lookup else "", _describe(kind))
    yield from filter(None, optional)
    if kind.ownership is Ownership.TAGS:
        yield from ("TagResource", "UntagResource")
    yield from (update.operation for update in kind.updates)
    for members in kind.members:
        yield from filter(None, (members.add, members.change, members.remove))
    if kind.parts:
        yield from (kind.parts.create, kind.parts.update, kind.parts.delete, kind.parts.listing.operation)
    if kind.cells:
        yield from (kind.cells.create, kind.cells.update, kind.cells.delete, kind.cells.rename)


def detail_fields(kind: Kind[Any]) -> set[str]:
    """Returns the fields that are read by separate calls, and only if a manifest declares them."""
    return {f for detail in kind.gaps for f in detail.fields} | ({kind.parts.field} if kind.parts else set())


def field_reads(kind: Kind[Any], fields: Collection[str]) -> tuple[str, ...]:
    """Returns the operations that read the fields: Describe, and the listings of details."""
    listings = [it.listing.operation for it in kind.gaps if it.listing and set(it.fields) & set(fields)]
    return (*((kind.describe[0],) if kind.describe else ()), *listings)
