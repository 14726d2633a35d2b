"""Finds contents: in the fields of a spec, and in the parameters of a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from reconciler.kinds.fields import is_content, nested
from reconciler.kinds.marks import annotation_parts, mark
from reconciler.model import Code, Content, ContentLimit, Spec


@cache
def content_limit(spec: type[Spec], field: str) -> ContentLimit:
    return mark(spec, field, ContentLimit) or ContentLimit()


@cache
def is_code(spec: type[Spec], field: str) -> bool:
    """Returns whether the field holds the code of a function."""
    return any(part is Code for part in annotation_parts(spec, field))


@cache
def holds_contents(spec: type[Spec]) -> bool:
    """Returns whether a field holds the content of a file, at any depth."""
    inner = (nested(spec, field) for field in spec.model_fields)
    return any(is_content(spec, field) for field in spec.model_fields) or any(
        holds_contents(part) for part in inner if part
    )


def contents_of(encoded: Any) -> Iterator[Content]:
    """Yields the contents whose bytes a value in AWS's form waits for."""
    match encoded:
        case Content():
            yield encoded
        case Mapping():
            for item in encoded.values():
                yield from contents_of(item)
        case list() | tuple():
            for item in encoded:
                yield from contents_of(item)
