"""Reduces what is live to what `destroy` may delete: the resources that this stack manages."""

from __future__ import annotations

from dataclasses import replace

from reconciler.directory import World
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Desired, Live, Ownership
from reconciler.model.environment import Environment
from reconciler.model.ownership import STACK, owns, tags


def managed_world(environment: Environment, desired: Desired, world: World) -> World:
    """Returns the managed part of the live resources: managed by tags or by a manifest.

    A resource with only the stack's tag is kept for a finding.
    """
    owner = environment.scope.owner
    adopted = {ref for ref, manifest in desired.manifests.items() if manifest.adopt}
    every = {
        ref: replace(live, tags={**tags(environment.scope, ref), **live.tags}) if ref in adopted else live
        for ref, live in world.live.items()
    }
    managed = {
        ref: live for ref, live in every.items() if live.tags.get(STACK) == owner or is_managed(environment, live)
    }
    others = {ref: live for ref, live in every.items() if ref not in managed}
    return replace(world, live=managed, beside={**world.beside, **others})


def is_managed(environment: Environment, live: Live) -> bool:
    kind = KINDS[live.ref.kind]
    return kind.ownership is Ownership.DECLARED or owns(environment.scope, kind.name, live.tags)


def deletable(environment: Environment, world: World) -> frozenset[str]:
    """Returns the addresses of the managed resources that destroy deletes.

    It leaves those alone whose deletion needs a reviewed tombstone and a flag.
    """
    owned = (ref for ref, live in world.live.items() if is_managed(environment, live))
    return frozenset(str(ref) for ref in owned if not KINDS[ref.kind].deletion.needs_both)


def without_permission(change: Change) -> Change:
    """Returns the change with a reason that does not mention a permission, because destroy needs none per address."""
    return replace(change, reason="managed by this stack") if change.action is Action.DELETE else change
