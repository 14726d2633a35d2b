"""Finds exported resources that fit one environment only: their specs hold ids or ARNs of its instance or account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from reconciler.model import Ref, is_id

_ARN = re.compile(r"\barn:aws[\w-]*:")


def of_one_environment(specs: Mapping[Ref, Any], named: Mapping[Ref, AbstractSet[Ref]]) -> frozenset[Ref]:
    """Returns the resources whose manifests are valid in one environment only.

    `specs` are as the manifests hold them, so a reference by name does not count. `named` maps each resource to those
    that it refers to.
    """
    bound = {ref for ref, spec in specs.items() if bound_texts(spec)}
    # In another environment, a reference to one of them would have no target.
    while more := {ref for ref, targets in named.items() if targets & bound} - bound:
        bound |= more
    return frozenset(bound)


def bound_texts(spec: Any) -> tuple[str, ...]:
    """Returns the texts of a manifest that hold an id or an ARN, each once."""
    return tuple(dict.fromkeys(filter(_is_of_one_place, _texts(spec))))


def _is_of_one_place(text: str) -> bool:
    return is_id(text) or _ARN.search(text) is not None


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case {"Actions": list() as actions}:
            own = _blocks(actions)
            yield from (text for text in _texts(actions) if text not in own)
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)


def _blocks(actions: list[Any]) -> frozenset[str]:
    """Returns the Identifiers of a flow's blocks. Many are ids, and mean the same everywhere, as does the layout."""
    names = set[str]()
    for action in actions:
        name = action.get("Identifier") if isinstance(action, Mapping) else None
        if isinstance(name, str):
            names.add(name)
    return frozenset(names)
