"""Deferred fields: a create must omit them, because their targets need the resource itself to exist first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.fields import named_in
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Ref


def deferred_fields(ref: Ref, declared: Mapping[Ref, Manifest]) -> Iterator[str]:
    """Yields the fields of a resource that must be set after its creation, because they lead back to itself."""
    kind, spec = KINDS[ref.kind], declared[ref].spec
    for field in sorted(kind.writing.deferred):
        if any(_leads_to(target, ref, declared) for target in named_in(spec, (field,))):
            yield field


def _leads_to(start: Ref, end: Ref, declared: Mapping[Ref, Manifest]) -> bool:
    reached = [start]
    for ref in reached:
        if ref == end:
            return True
        if manifest := declared.get(ref):
            reached += set(KINDS[ref.kind].references(manifest.spec)) - set(reached)
    return False
