"""Deferred fields: a create must omit them, because their targets need the resource itself to exist first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.fields import named_in
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Ref

Held = dict[Ref, frozenset[str]]


def deferred_fields(declared: Mapping[Ref, Manifest]) -> Held:
    """Returns for each resource the fields that must be set after its creation, because they lead back to itself.

    A circle is broken once: a field that is deferred leads nowhere for the resources that follow.
    """
    held: Held = {}
    for ref, manifest in sorted(declared.items(), key=lambda item: item[0]):
        fields = frozenset(_leading_back(ref, manifest, declared, held))
        if fields:
            held[ref] = fields
    return held


def _leading_back(ref: Ref, manifest: Manifest, declared: Mapping[Ref, Manifest], held: Held) -> Iterator[str]:
    for field in sorted(KINDS[ref.kind].writing.deferred):
        if any(_leads_to(target, ref, declared, held) for target in named_in(manifest.spec, (field,))):
            yield field


def _leads_to(start: Ref, end: Ref, declared: Mapping[Ref, Manifest], held: Held) -> bool:
    reached = [start]
    for ref in reached:
        if ref == end:
            return True
        if manifest := declared.get(ref):
            reached += _needed(ref, manifest, held) - set(reached)
    return False


def _needed(ref: Ref, manifest: Manifest, held: Held) -> set[Ref]:
    """Returns the resources that must exist before the creation of one."""
    named = set(KINDS[ref.kind].references(manifest.spec))
    if not (later := held.get(ref)):
        return named
    fields = type(manifest.spec).model_fields.keys()
    return named - set(named_in(manifest.spec, later)) | set(named_in(manifest.spec, fields - later))
