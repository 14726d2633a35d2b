"""Reads the untaggable resources that tags of the stack's resources remember, beside what a plan reads anyway."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import replace

from reconciler.directory import World
from reconciler.live import reading
from reconciler.live.request import ReadRequest
from reconciler.model import Manifest, Ref, Scope
from reconciler.model.ownership import STACK, untagged_in
from reconciler.port import AwsPort


def read(
    aws: AwsPort,
    scope: Scope,
    desired: Mapping[Ref, Manifest],
    request: ReadRequest | None = None,
    *,
    pool: Callable[[], Executor] = reading.threads,
) -> World:
    """Reads as `reading.read` does. Reads again if tags remember resources that no manifest declares any more.

    A resource that another document still stands for, or that is gone, is forgotten by the next apply.
    """
    world = reading.read(aws, scope, desired, request, pool=pool)
    missing = remembered(world, scope) - desired.keys() - {ref for ref, it in world.live.items() if it.is_contained}
    if not missing:
        return world
    again = reading.read(aws, scope, desired, _with(request, missing), pool=pool)
    contained = {ref: replace(again.live[ref], is_contained=True) for ref in missing & again.live.keys()}
    return replace(again, live={**again.live, **contained})


def remembered(world: World, scope: Scope) -> frozenset[Ref]:
    """Returns the untaggable resources that the tags of the stack's live resources name."""
    owned = (it.tags for it in world.live.values() if it.tags.get(STACK) == scope.owner)
    return frozenset[Ref]().union(*map(untagged_in, owned))


def _with(request: ReadRequest | None, refs: Collection[Ref]) -> ReadRequest:
    """Returns the request, which these resources are added to."""
    added = ReadRequest.of({str(ref) for ref in refs})
    if request is None:
        return added
    kinds = None if request.kinds is None else {*request.kinds, *(added.kinds or ())}
    addresses = None if request.addresses is None else {*request.addresses, *(added.addresses or ())}
    return replace(request, covers=lambda ref: request.covers(ref) or ref in refs, kinds=kinds, addresses=addresses)
