"""The nodes of a YAML document: values with their positions, and scalars also with their original text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from reconciler.errors import Source

Value: TypeAlias = str | int | float | bool | None


class Scalar(NamedTuple):
    """`value` is the meaning of `text`: "2.0" is 2.0, and `TRUE` is true."""

    value: Value
    text: str
    source: Source


class Entry(NamedTuple):
    """The value of a key, and the key's position."""

    source: Source
    node: Node


class MapNode(NamedTuple):
    entries: Mapping[str, Entry]
    source: Source

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry.node if entry else None


class ListNode(NamedTuple):
    items: Sequence[Node]
    source: Source


Node: TypeAlias = Scalar | MapNode | ListNode


def plain(node: Node) -> Any:
    """Returns the value without positions: dicts, lists and scalars."""
    match node:
        case Scalar(value=value):
            return value
        case MapNode(entries=entries):
            return {key: plain(entry.node) for key, entry in entries.items()}
        case ListNode(items=items):
            return [plain(item) for item in items]


def place(node: Node, path: Sequence[str | int]) -> Source:
    """Returns the position of the value at `path`, or of the nearest existing node around it."""
    for step in path:
        match node, step:
            case MapNode(entries=entries), str() if step in entries:
                node = entries[step].node
            case ListNode(items=items), int() if 0 <= step < len(items):
                node = items[step]
            case _:
                break
    return node.source


def key_place(node: Node, path: Sequence[str | int]) -> Source:
    """Returns the position of the key that ends `path`, or of the value if there is no such key."""
    around = find(node, path[:-1])
    if isinstance(around, MapNode) and (entry := around.entries.get(str(path[-1]))):
        return entry.source
    return place(node, path)


def find(node: Node, path: Sequence[str | int]) -> Node | None:
    """Returns the node at `path`, or `None`."""
    for step in path:
        match node, step:
            case MapNode(entries=entries), str() if step in entries:
                node = entries[step].node
            case ListNode(items=items), int() if 0 <= step < len(items):
                node = items[step]
            case _:
                return None
    return node


def without(node: MapNode, *keys: str) -> MapNode:
    return MapNode({key: entry for key, entry in node.entries.items() if key not in keys}, node.source)


def text_of(node: Node | None) -> str | None:
    """Returns the node's value if it is a text."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def rewritten(node: Node, rewrite: Callable[[Scalar], Scalar]) -> Node:
    """Returns the node with every scalar rewritten. Keys do not change."""
    match node:
        case Scalar():
            return rewrite(node)
        case MapNode(entries=entries, source=source):
            return MapNode(
                {key: Entry(entry.source, rewritten(entry.node, rewrite)) for key, entry in entries.items()}, source
            )
        case ListNode(items=items, source=source):
            return ListNode(tuple(rewritten(item, rewrite) for item in items), source)


def with_entries(node: MapNode, entries: Mapping[str, Node]) -> MapNode:
    """Returns the map with new values for keys that it has. Other keys of `entries` are ignored."""
    return MapNode(
        {key: Entry(at, entries.get(key, before)) for key, (at, before) in node.entries.items()},
        node.source,
    )


def scalars(node: Node) -> Iterator[Scalar]:
    """Yields every scalar, in the order of the text."""
    match node:
        case Scalar():
            yield node
        case MapNode(entries=entries):
            for entry in entries.values():
                yield from scalars(entry.node)
        case ListNode(items=items):
            for item in items:
                yield from scalars(item)
