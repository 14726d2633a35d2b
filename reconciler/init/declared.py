"""Reads the kinds that an environment's manifests declare, delete or refer to. The roles are derived from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reconciler.dependencies import dependencies
from reconciler.desired import examine
from reconciler.kinds.iam import fields_used
from reconciler.model import Desired
from reconciler.model.environment import Environment


def declared_kinds(
    environment: Environment, environ: Mapping[str, str], known_environments: Collection[str]
) -> frozenset[str] | None:
    """Returns the kinds, or `None` if the manifests have mistakes; `reconcile validate` lists those."""
    folder = environment.root / environment.manifests
    if not folder.is_dir():
        return frozenset()
    desired = examine(environment, environ, known_environments).desired
    return _kinds(desired) if desired else None


def _kinds(desired: Desired) -> frozenset[str]:
    """Returns the kinds, and the fields that need actions of their own.

    A tombstone counts, because deleting the last resource of a kind still needs its permissions.
    """
    declared = {ref.kind for ref in desired.manifests}
    removed = {address.partition("/")[0] for address in desired.removed}
    named = {edge.target.kind for edge in dependencies(desired.manifests).edges}
    return frozenset(declared | removed | named) | fields_used(desired.manifests.values())
