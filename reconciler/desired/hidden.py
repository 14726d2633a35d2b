"""What was beyond reading: a name that nobody seems to declare may be in it, and that is then no mistake of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.desired.layers import Draft
from reconciler.desired.texts import MARK
from reconciler.documents.nodes import MapNode, Node, scalars
from reconciler.kinds.base import Kind
from reconciler.model import Ref


@dataclass(frozen=True)
class Hidden:
    """`names`: what stands in places of which only the text could be read; `kinds`: those of which a resource has no
    name to be read; `texts`: what is not even YAML, or `None` where nobody knows what a file holds."""

    names: frozenset[str]
    kinds: frozenset[str]
    texts: tuple[str | None, ...]

    def may_hold(self, ref: Ref) -> bool:
        """Whether it may be declared there; a text with variables may hold any name."""
        if ref.name in self.names or ref.kind in self.kinds:
            return True
        return any(text is None or MARK in text or ref.name in text for text in self.texts)


def hidden(unread: Iterable[Node | str | None], unbuilt: Collection[Draft], kinds: Mapping[str, Kind[Any]]) -> Hidden:
    """`unread`: documents of no kind, and texts that are no YAML; `unbuilt`: those in which there are mistakes."""
    lost = tuple(unread)
    nodes = [_declaring(each) for each in lost if isinstance(each, Node)]
    # What stands for other resources has their names in its spec.
    nodes += [draft.node for draft in unbuilt if kinds[draft.kind].expands]
    texts = [scalar.text for node in nodes for scalar in scalars(node)]
    return Hidden(
        frozenset(part for text in texts for part in (text, *text.split("/"))),
        frozenset(draft.kind for draft in unbuilt if not draft.name or MARK in draft.name),
        tuple(each for each in lost if not isinstance(each, Node)),
    )


def _declaring(node: Node) -> Node:
    """The metadata, where there is any: a spec names others."""
    metadata = node.get("metadata") if isinstance(node, MapNode) else None
    return node if metadata is None else metadata
