"""Unreadable documents. A reference that seems undeclared may be declared in one, so it is not reported as well."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from reconciler.desired.layers import Draft
from reconciler.desired.texts import MARK
from reconciler.documents.nodes import MapNode, Node, scalars
from reconciler.kinds.base import Declarable
from reconciler.model import Ref


@dataclass(frozen=True)
class Hidden:
    """`names`: texts that may be names, from documents that could only be read as text.

    `kinds`: kinds with a resource whose name cannot be read. `texts`: invalid YAML; `None` for an unreadable file.
    """

    names: frozenset[str]
    kinds: frozenset[str]
    texts: tuple[str | None, ...]

    def may_hold(self, ref: Ref) -> bool:
        """Returns whether an unreadable document may declare it. A text with variables may contain any name."""
        if ref.name in self.names or ref.kind in self.kinds:
            return True
        return any(text is None or MARK in text or ref.name in text for text in self.texts)


def hidden(unread: Iterable[Node | str | None], unbuilt: Collection[Draft], kinds: Mapping[str, Declarable]) -> Hidden:
    """Collects the unreadable parts.

    `unread`: documents without a valid kind, and invalid YAML. `unbuilt`: drafts with mistakes.
    """
    lost = tuple(unread)
    nodes = [_declaring(document) for document in lost if isinstance(document, Node)]
    # A manifest that declares other resources has their names in its spec.
    nodes += [draft.node for draft in unbuilt if kinds[draft.kind].expands]
    texts: set[str] = set()
    for node in nodes:
        for scalar in scalars(node):
            texts.update((scalar.text, *scalar.text.split("/")))
    return Hidden(
        frozenset(texts),
        frozenset(draft.kind for draft in unbuilt if not draft.name or MARK in draft.name),
        tuple(document for document in lost if not isinstance(document, Node)),
    )


def _declaring(node: Node) -> Node:
    """Returns the metadata if there is any. The spec is left out, because it names other resources."""
    metadata = node.get("metadata") if isinstance(node, MapNode) else None
    return node if metadata is None else metadata
