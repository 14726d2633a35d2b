"""Exported resources that are of one environment alone: their specs hold ids or ARNs of its instance or account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from reconciler.model import Ref, is_id

_ARN = re.compile(r"\barn:aws[\w-]*:")


def of_one_environment(specs: Mapping[Ref, Any], named: Mapping[Ref, AbstractSet[Ref]]) -> frozenset[Ref]:
    """Returns the resources that no other environment can have as they are written.

    `specs` are as the manifests hold them, so a reference by name is none; `named` are the resources that each names.
    """
    found = {ref for ref, spec in specs.items() if any(map(_is_of_one_place, _texts(spec)))}
    # What names one of them would name nothing elsewhere.
    while more := {ref for ref, targets in named.items() if targets & found} - found:
        found |= more
    return frozenset(found)


def _is_of_one_place(text: str) -> bool:
    return is_id(text) or _ARN.search(text) is not None


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for item in value.values():
                yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)
