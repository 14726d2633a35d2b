"""Which of all actions an environment uses: a role for data tables alone need not be allowed to make queues."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from reconciler.impact import dependencies
from reconciler.kinds.base import Kind
from reconciler.kinds.registry import KINDS, LOOKUPS
from reconciler.model import Desired


def used(actions: Collection[str], desired: Desired | None, kinds: Mapping[str, Kind[Any]] = KINDS) -> frozenset[str]:
    """All but those of kinds that nothing declares, and of things that nothing names; all where nobody knows."""
    if desired is None or not desired.manifests:
        return frozenset(actions)
    named = {edge.target.kind for edge in dependencies(desired.manifests, kinds).edges}
    declared = {ref.kind for ref in desired.manifests} | named
    by_kind = {name: operations(kind) for name, kind in kinds.items()}
    by_kind |= {name: frozenset({f"connect:{lookup.listing.operation}"}) for name, lookup in LOOKUPS.items()}
    ours = {action for name, found in by_kind.items() if name in declared for action in found}
    others = {action for name, found in by_kind.items() if name not in declared for action in found}
    return frozenset(actions) - (others - ours)


def operations(kind: Kind[Any]) -> frozenset[str]:
    """Every operation that a kind's table names, as an action; other words of the table are in it too."""
    table = [getattr(kind, name, None) for name in Kind.__annotations__]
    rows = [*table, *kind.searches((), True)]
    return frozenset(f"{kind.service}:{text}" for row in rows for text in _texts(row))


def _texts(row: Any) -> Iterator[str]:
    match row:
        case str():
            yield row
        case tuple():
            for item in row:
                yield from _texts(item)
        case _ if is_dataclass(row) and not isinstance(row, type):
            for each in fields(row):
                yield from _texts(getattr(row, each.name))
