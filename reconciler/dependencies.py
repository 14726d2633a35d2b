"""The dependencies between declared resources, by their references.

The module is pure. The graph and the impact of a change or deletion use it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reconciler.diff.fields import item_key
from reconciler.errors import Source
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import item_by, linked, refers_to
from reconciler.kinds.registry import KINDS
from reconciler.model import Document, Linked, Manifest, Records, Ref, Spec, is_id
from reconciler.model.spec import label

References = Iterator[tuple[str, Ref]]  # the path of a reference, and its target


class Edge(NamedTuple):
    """A reference from `origin` to `target` at a `path` of its spec, in the form of plans.

    `values.NAME` means all cells of an attribute. An empty path means a position that only the kind knows.
    """

    origin: Ref
    target: Ref
    path: str


class Impact(NamedTuple):
    """The transitive dependencies of a resource: `needs` in one direction, `needed_by` in the other.

    Members of a circle are in both. The resource itself is in neither.
    """

    of: Ref
    needs: tuple[Ref, ...]
    needed_by: tuple[Ref, ...]

    @property
    def reaches(self) -> dict[str, int]:
        """The number of resources of each kind that need this one."""
        return dict(sorted(Counter(ref.kind for ref in self.needed_by).items()))


@dataclass(frozen=True)
class Dependencies:
    """`places`: resources in the order of addresses, with the positions of their manifests.

    The position is `None` for a referenced resource without a manifest. `edges` are sorted and unique.
    """

    places: Mapping[Ref, Source | None] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()

    def impact(self, of: Ref) -> Impact:
        forth: dict[Ref, list[Ref]] = {}
        back: dict[Ref, list[Ref]] = {}
        for edge in self.edges:
            forth.setdefault(edge.origin, []).append(edge.target)
            back.setdefault(edge.target, []).append(edge.origin)
        return Impact(of, _reached(of, forth), _reached(of, back))

    def among(self, refs: Collection[Ref]) -> Dependencies:
        """Returns these resources and the references between them."""
        kept = frozenset(refs)
        return Dependencies(
            {ref: place for ref, place in self.places.items() if ref in kept},
            tuple(edge for edge in self.edges if {edge.origin, edge.target} <= kept),
        )


def dependencies(manifests: Mapping[Ref, Manifest], kinds: Mapping[str, Kind[Any]] = KINDS) -> Dependencies:
    edges = sorted({edge for ref, it in manifests.items() for edge in _edges(ref, it, kinds[ref.kind])})
    places: dict[Ref, Source | None] = {edge.target: None for edge in edges}
    places |= {ref: it.source for ref, it in manifests.items()}
    return Dependencies(dict(sorted(places.items(), key=lambda placed: placed[0])), tuple(edges))


def _edges(ref: Ref, manifest: Manifest, kind: Kind[Any]) -> Iterator[Edge]:
    references = [*_of_spec(manifest.spec, ""), *_of_values(manifest.records)]
    yield from (Edge(ref, target, path) for path, target in references)
    known = {target for _, target in references}
    # A kind may have a reference in a field without a mark.
    yield from (Edge(ref, target, "") for target in kind.references(manifest.spec) if target not in known)


def _of_spec(spec: Spec, path: str) -> References:
    for name, declared in type(spec).model_fields.items():
        yield from _of_value(type(spec), name, getattr(spec, name), f"{path}{declared.alias or name}")


def _of_value(spec: type[Spec], name: str, value: Any, path: str) -> References:
    match value:
        case Spec():
            yield from _of_spec(value, f"{path}.")
        case tuple() | list():
            for number, item in enumerate(value):
                yield from _of_value(spec, name, item, f"{path}[{_label(spec, name, number, item)}]")
        case Mapping():
            for key, item in value.items():
                yield from _of_value(spec, name, item, f"{path}[{key}]")
        case Document(text=Linked() as text) | (Linked() as text):
            yield from ((path, target) for target in linked(text))
        case str() if (kind := refers_to(spec, name)) and not is_id(value):
            yield path, Ref(kind, value)


def _label(spec: type[Spec], name: str, number: int, item: Any) -> str:
    """Returns the key of an item as the paths of plans show it, or else its number."""
    by = item_by(spec, name) or ""
    return label(item_key(item, by)) if by or isinstance(item, str) else str(number)


def _of_values(records: Records) -> References:
    every = (*records.rows, *((records.default,) if records.default else ()))
    cells = [side for record in every for side in (record.key, record.cells)]
    cells += [side for move in records.moved for side in (move.before, move.after)]
    for side in cells:
        for name, text in side.items():
            if isinstance(text, Linked):
                yield from ((f"values.{name}", target) for target in linked(text))


def _reached(start: Ref, ways: Mapping[Ref, Collection[Ref]]) -> tuple[Ref, ...]:
    reached, queue = {start}, [start]
    while queue:
        new = set(ways.get(queue.pop(), ())) - reached
        reached |= new
        queue += new
    return tuple(sorted(reached - {start}))
