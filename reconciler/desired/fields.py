"""Replaces the values of some fields of a spec, at any depth. Contents and documents from files need the same walk."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.documents.nodes import ListNode, MapNode, Node, with_entries
from reconciler.kinds.fields import nested
from reconciler.model import Spec

IsWanted = Callable[[type[Spec], str], bool]
NewValue = Callable[[type[Spec], str, Node], Node]


def with_values(spec: type[Spec], node: MapNode, wanted: IsWanted, value: NewValue) -> MapNode:
    """Returns the map with new values in the wanted fields. Wrong shapes stay, because the schema reports them."""
    entries: dict[str, Node] = {}
    for name, declared in spec.model_fields.items():
        key = declared.alias or name
        if (old := node.get(key)) is None:
            continue
        if wanted(spec, name):
            entries[key] = value(spec, name, old)
        elif inner := nested(spec, name):
            entries[key] = _inside(inner, old, wanted, value)
    return with_entries(node, entries)


def _inside(spec: type[Spec], node: Node, wanted: IsWanted, value: NewValue) -> Node:
    match node:
        case MapNode():
            return with_values(spec, node, wanted, value)
        case ListNode(items=items, source=source):
            return ListNode(tuple(_inside(spec, item, wanted, value) for item in items), source)
        case _:
            return node
