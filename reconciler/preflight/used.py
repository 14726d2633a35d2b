"""Which of all actions an environment uses: a role for data tables alone need not be allowed to make queues."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from reconciler.impact import dependencies
from reconciler.kinds.base import Kind
from reconciler.kinds.operations import reads, writes
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
    """Every operation that a kind's table names, as an action."""
    return frozenset(f"{kind.service}:{operation}" for operation in (*reads(kind), *writes(kind)))
