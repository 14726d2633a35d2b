"""Merges overlays, the differences of one environment, into the base key by key.

A list replaces the base's list, except lists that the spec marks as keyed, and a document replaces the base's. `null`
removes a key of a map, and `{name: X, remove: true}` removes an item of a keyed list. A merged value keeps the position
of the text it comes from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconciler.desired.layers import Draft
from reconciler.documents.hints import brief, did_you_mean
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar, place, without
from reconciler.errors import Mistake
from reconciler.kinds.base import Declarable
from reconciler.kinds.fields import document_type, item_key_in_manifest, nested
from reconciler.kinds.parts import record_fields
from reconciler.model import Spec


def merged_draft(base: Draft | None, over: Draft, kind: Declarable) -> Draft:
    """Returns the base with the overlay's differences, or the overlay alone if the base lacks the resource."""
    below = base.node if base else MapNode({}, over.node.source)
    entries = {**over.node.entries, **below.entries}
    for key, spec, whole in (("metadata", None, ()), ("spec", kind.spec, record_fields(kind))):
        old, new = below.get(key), over.node.get(key)
        if isinstance(new, MapNode):
            differences = without(new, "name") if base and key == "metadata" else new
            empty = MapNode({}, new.source)
            merged = _map(old if isinstance(old, MapNode) else empty, differences, spec, whole)
            entries[key] = Entry((below if key in below.entries else over.node).entries[key].source, merged)
    return Draft(over.kind, over.name, MapNode(entries, below.source))


def pointless_removals(base: Draft | None, over: Draft, kind: Declarable) -> Iterator[Mistake]:
    """Yields items that an overlay removes from a keyed list that does not have them."""
    old = base.node.get("spec") if base else None
    yield from _strays(old, over.node.get("spec"), kind.spec)


def _map(base: MapNode, over: MapNode, spec: type[Spec] | None, whole: Collection[str] = ()) -> MapNode:
    """Keys of `whole` are replaced: `null` in a row is an absent cell, not a removed key."""
    entries = dict(base.entries)
    for key, (at, node) in over.entries.items():
        if isinstance(node, Scalar) and node.value is None:
            entries.pop(key, None)
        else:
            is_whole = key in whole or _is_document(spec, key)  # In a document, `null` is a value.
            entries[key] = Entry(at, node if is_whole else _value(base.get(key), node, spec, key))
    return MapNode(entries, base.source)


def _value(base: Node | None, over: Node, spec: type[Spec] | None, key: str) -> Node:
    inner, by = _inside(spec, key)
    match over:
        case MapNode():
            return _map(base if isinstance(base, MapNode) else MapNode({}, over.source), over, inner)
        case ListNode() if by:
            return _keyed(base if isinstance(base, ListNode) else ListNode((), over.source), over, inner, by)
        case _:
            return over


def _keyed(base: ListNode, over: ListNode, spec: type[Spec] | None, by: str) -> ListNode:
    """Returns the base's items in their order, changed or removed, then the new ones. The schema requires names."""
    changes: dict[str, MapNode] = {}
    for item in over.items:
        name = _name(item, by)
        if isinstance(item, MapNode) and name is not None:
            changes[name] = item
    items: list[Node] = []
    for item in base.items:
        name = _name(item, by)
        change = changes.pop(name, None) if name is not None else None
        if change is None:
            items.append(item)
        elif isinstance(item, MapNode) and not _removes(change):
            items.append(_map(item, change, spec))
    added = [_map(MapNode({}, item.source), item, spec) for item in changes.values() if not _removes(item)]
    return ListNode((*items, *added), base.source)


def _strays(base: Node | None, over: Node | None, spec: type[Spec] | None) -> Iterator[Mistake]:
    if not isinstance(over, MapNode):
        return
    for key, (_, node) in over.entries.items():
        inner, by = _inside(spec, key)
        old = base.get(key) if isinstance(base, MapNode) else None
        if isinstance(node, MapNode):
            yield from _strays(old, node, inner)
        if not by or not isinstance(node, ListNode):
            continue
        there = {_name(item, by): item for item in (old.items if isinstance(old, ListNode) else ())}
        for item in node.items:
            name = _name(item, by)
            if isinstance(item, MapNode) and _removes(item) and name is not None and name not in there:
                hint = did_you_mean(name, filter(None, there))
                yield Mistake(place(item, [by]), f"{key} does not have {brief(name)}, so remove has no effect{hint}")
            yield from _strays(there.get(name), item, inner)


def _inside(spec: type[Spec] | None, key: str) -> tuple[type[Spec] | None, str | None]:
    """Returns the spec of a key's value, and the key that identifies its items if it is a keyed list."""
    field = _field(spec, key)
    return (nested(spec, field), item_key_in_manifest(spec, field)) if spec and field else (None, None)


def _is_document(spec: type[Spec] | None, key: str) -> bool:
    field = _field(spec, key)
    return bool(spec and field and document_type(spec, field))


def _field(spec: type[Spec] | None, key: str) -> str | None:
    return next((name for name, field in spec.model_fields.items() if field.alias == key), None) if spec else None


def _name(item: Node, by: str) -> str | None:
    name = item.get(by) if isinstance(item, MapNode) else None
    return name.text if isinstance(name, Scalar) and name.value is not None else None


def _removes(item: MapNode) -> bool:
    remove = item.get("remove")
    return isinstance(remove, Scalar) and remove.value is True
