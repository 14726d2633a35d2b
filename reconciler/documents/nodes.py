"""What a YAML document is made of: plain values, each with the place and, for scalars, the text it was written as."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from reconciler.errors import Source

Value: TypeAlias = str | int | float | bool | None


class Scalar(NamedTuple):
    """`value` is what the text means: `text` "2.0" is 2.0, and `TRUE` is true."""

    value: Value
    text: str
    source: Source


class Entry(NamedTuple):
    """What a key stands for, and where the key is."""

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
    """The value alone: dicts, lists and scalars."""
    match node:
        case Scalar(value=value):
            return value
        case MapNode(entries=entries):
            return {key: plain(entry.node) for key, entry in entries.items()}
        case ListNode(items=items):
            return [plain(item) for item in items]


def place(node: Node, path: Sequence[str | int]) -> Source:
    """Where the value at `path` is, or the nearest thing around it that is there."""
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
    """Where the key that ends `path` is; where it is no key, the place of the value."""
    around = find(node, path[:-1])
    if isinstance(around, MapNode) and (entry := around.entries.get(str(path[-1]))):
        return entry.source
    return place(node, path)


def find(node: Node, path: Sequence[str | int]) -> Node | None:
    """The node at `path`, where there is one."""
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
    """A text, where the node is one."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def rewritten(node: Node, rewrite: Callable[[Scalar], Scalar]) -> Node:
    """The node with every scalar rewritten; keys stay."""
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
    """The map with other values under keys it has; keys it has not are left out."""
    return MapNode(
        {key: Entry(at, entries.get(key, before)) for key, (at, before) in node.entries.items()},
        node.source,
    )


def scalars(node: Node) -> Iterator[Scalar]:
    """Every scalar, in the order of the text."""
    match node:
        case Scalar():
            yield node
        case MapNode(entries=entries):
            for entry in entries.values():
                yield from scalars(entry.node)
        case ListNode(items=items):
            for item in items:
                yield from scalars(item)
