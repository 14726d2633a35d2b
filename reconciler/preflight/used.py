"""Selects the actions that an environment uses: a role for data tables does not need permissions for queues."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from reconciler.dependencies import dependencies
from reconciler.kinds.base import Kind
from reconciler.kinds.iam import actions_of, field_actions, fields_used
from reconciler.kinds.registry import KINDS
from reconciler.model import Desired


def used(actions: Collection[str], desired: Desired | None, kinds: Mapping[str, Kind[Any]] = KINDS) -> frozenset[str]:
    """Returns the actions without those of unused kinds, or all actions if the manifests are unknown."""
    if desired is None or not desired.manifests:
        return frozenset(actions)
    named = {edge.target.kind for edge in dependencies(desired.manifests, kinds).edges}
    declared = {ref.kind for ref in desired.manifests} | named | fields_used(desired.manifests.values())
    by_kind = {name: actions_of(kind) for name, kind in kinds.items()}
    by_kind |= field_actions()
    needed = {action for name, of_kind in by_kind.items() if name in declared for action in of_kind}
    others = {action for name, of_kind in by_kind.items() if name not in declared for action in of_kind}
    return frozenset(actions) - (others - needed)
