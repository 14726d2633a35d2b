"""References of a spec: the resources that its fields name, and how pydantic's result keeps texts with references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.desired.checked import Link
from reconciler.desired.fields import with_values
from reconciler.documents.nodes import ListNode, MapNode, Node, Scalar
from reconciler.kinds.fields import nested
from reconciler.kinds.marks import reference_of
from reconciler.model import REFERENCE, Linked, Ref, RefTo, Spec, is_id
from reconciler.model.canonical import canonical


def field_links(spec: type[Spec], node: Node) -> Iterator[Link]:
    """Yields the resources that reference fields name, at any depth."""
    match node:
        case ListNode(items=items):
            for item in items:
                yield from field_links(spec, item)
        case MapNode():
            for name, field in spec.model_fields.items():
                value = node.get(field.alias or name)
                if value is not None and (reference := reference_of(spec, name)):
                    yield from _named(reference, value)
                elif value is not None and (inner := nested(spec, name)):
                    yield from field_links(inner, value)


def with_names(spec: type[Spec], node: MapNode) -> MapNode:
    """Returns a spec with names in its reference fields: there, `${Kind/name.arn}` means the same as the name."""

    def named(inner: type[Spec], name: str, value: Node) -> Node:
        reference = reference_of(inner, name)
        return _with_name(reference, value) if reference else value

    return with_values(spec, node, lambda inner, name: reference_of(inner, name) is not None, named)


def _with_name(reference: RefTo, node: Node) -> Node:
    match node:
        case Scalar(value=Linked() as text, source=source):
            match = REFERENCE.fullmatch(text)
            return Scalar(match["name"], match["name"], source) if match and match["kind"] == reference.kind else node
        case ListNode(items=items, source=source):
            return ListNode(tuple(_with_name(reference, item) for item in items), source)
        case _:
            return node


def with_links(built: Any, given: Any) -> Any:
    """Restores `Linked` texts in a value that pydantic built, because pydantic turns every text into a plain `str`."""
    match built, given:
        case Spec(), Mapping():
            keys = {name: field.alias or name for name, field in type(built).model_fields.items()}
            fields = {name: given[key] for name, key in keys.items() if key in given}
            return built.model_copy(update={name: with_links(getattr(built, name), fields[name]) for name in fields})
        case Mapping(), Mapping():
            return {key: with_links(value, given.get(key)) for key, value in built.items()}
        case tuple(), list() if built and isinstance(built[0], Spec):
            # The spec may have sorted the items and dropped duplicates.
            alone = [(type(built[0]).model_validate(item), item) for item in given]
            marked = {canonical(spec): with_links(spec, item) for spec, item in alone}
            return tuple(marked.get(canonical(spec), spec) for spec in built)
        case tuple(), list():  # texts, perhaps sorted
            linked = {str(item) for item in given if isinstance(item, Linked)}
            return tuple(Linked(item) if isinstance(item, str) and item in linked else item for item in built)
        case str(), Linked():
            return Linked(built)  # a validator may have trimmed it
    return built


def _named(reference: RefTo, node: Node) -> Iterator[Link]:
    """Yields the names that a manifest can declare: not ids or ARNs."""
    match node:
        case Scalar(value=str() as name) if not is_id(name):
            yield Link(Ref(reference.kind, name), node.source, may_be_live=reference.undeclared)
        case ListNode(items=items):
            for item in items:
                yield from _named(reference, item)
