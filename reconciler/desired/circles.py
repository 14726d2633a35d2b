"""Finds circular references: none of such resources can be created first.

Values of tables do not count. They are written after all resources exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.desired.layers import Draft
from reconciler.desired.linking import field_links
from reconciler.documents.nodes import MapNode, scalars, without
from reconciler.errors import Mistake, Source
from reconciler.kinds.base import Declarable, Kind
from reconciler.kinds.fields import linked
from reconciler.kinds.parts import record_fields
from reconciler.model import Linked, Ref

Needs = Mapping[Ref, Mapping[Ref, Source]]  # resource → the resources that must exist first, and where it says so


def circles(declared: Mapping[Ref, Draft], kinds: Mapping[str, Declarable]) -> Iterator[Mistake]:
    """Yields one mistake per circle."""
    needs: Needs = {ref: dict(_needed(draft, kinds[ref.kind])) for ref, draft in declared.items()}
    known: set[frozenset[Ref]] = set()
    for ref, needed in needs.items():
        for target, source in needed.items():
            way = _way(needs, target, ref)
            if way and frozenset(way) not in known:
                known.add(frozenset(way))
                yield Mistake(source, _message((ref, *way), kinds))


def _needed(draft: Draft, kind: Declarable) -> Iterator[tuple[Ref, Source]]:
    spec = draft.node.get("spec")
    if not isinstance(spec, MapNode):
        return
    # Values and deferred fields are written after all resources exist.
    names = kind.writing.deferred if isinstance(kind, Kind) else ()
    deferred = (kind.spec.model_fields[name].alias or name for name in names)
    body = without(spec, *record_fields(kind), *deferred)
    yield from ((link.ref, link.source) for link in field_links(kind.spec, body))
    for scalar in scalars(body):
        if isinstance(scalar.text, Linked):
            yield from ((ref, scalar.source) for ref in linked(scalar.text))


def _way(needs: Needs, start: Ref, end: Ref) -> tuple[Ref, ...]:
    """Returns the shortest path through the needs, both ends included; empty if there is none."""
    before: dict[Ref, Ref | None] = {start: None}
    queue = [start]
    for ref in queue:
        if ref == end:
            break
        new = [target for target in needs.get(ref, {}) if target not in before]
        before |= dict.fromkeys(new, ref)
        queue += new
    way: list[Ref] = []
    at = end if end in before else None
    while at is not None:
        way.insert(0, at)
        at = before[at]
    return tuple(way)


def _message(way: tuple[Ref, ...], kinds: Mapping[str, Declarable]) -> str:
    value = "write the reference into a value instead" if any(kinds[ref.kind].cells for ref in way) else ""
    if len(way) == 2:
        return f"{way[0]} refers to itself, but has no id before it is created; {value or 'delete the reference'}"
    return (
        f"references form a circle, {' → '.join(map(str, way))}, so none can be created first; delete one reference"
        f"{', or ' if value else ''}{value}"
    )
