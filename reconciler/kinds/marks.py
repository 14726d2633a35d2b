"""Finds the marks and types in the annotation of a spec's field."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, get_args

from reconciler.model import AwsEnding, Clearable, HashInTag, InTag, MapAttribute, NumberText, RefTo, Spec, TextInTag

M = TypeVar("M")


def mark(spec: type[Spec], field: str, of: type[M]) -> M | None:
    return next((part for part in annotation_parts(spec, field) if isinstance(part, of)), None)


def annotation_parts(spec: type[Spec], field: str) -> Iterator[Any]:
    """Yields every type and every mark in a field's annotation."""
    # Until then, the name of a class that follows in the module is a text. Results are cached.
    spec.model_rebuild()
    declared = spec.model_fields[field]
    for part in (declared.annotation, *declared.metadata):
        yield from _within(part)


def _within(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _within(part)


@cache
def ending_of(spec: type[Spec], field: str) -> str:
    """Returns the end that AWS's form of a text has, and that a manifest may leave out."""
    marked = mark(spec, field, AwsEnding)
    return marked.text if marked else ""


@cache
def is_attribute(spec: type[Spec], field: str) -> bool:
    """Returns whether calls send the field in the map of attributes."""
    return mark(spec, field, MapAttribute) is not None


@cache
def type_of_text(spec: type[Spec], field: str) -> type[bool] | type[int] | None:
    """Returns the type of a number or a boolean that AWS takes and returns as a text; `None` for other fields."""
    if not is_attribute(spec, field) and mark(spec, field, NumberText) is None:
        return None
    parts = tuple(annotation_parts(spec, field))
    return next((kind for kind in (bool, int) if any(part is kind for part in parts)), None)


@cache
def clearing_value(spec: type[Spec], field: str) -> str | int | None:
    """Returns the value that clears the field in an update; `None` if an update leaves it out."""
    marked = mark(spec, field, Clearable)
    return marked.by if marked else None


@cache
def hash_tags(spec: type[Spec]) -> dict[str, str]:
    """Returns the tags that keep hashes of contents, by field."""
    return {field: marked.tag for field in spec.model_fields if (marked := mark(spec, field, HashInTag))}


@cache
def number_tags(spec: type[Spec]) -> dict[str, str]:
    """Returns the tags that keep numbers for which AWS has no place, by field."""
    return {field: marked.tag for field in spec.model_fields if (marked := mark(spec, field, InTag))}


@cache
def text_tags(spec: type[Spec]) -> dict[str, str]:
    """Returns the tags that keep texts which AWS never returns, by field."""
    return {field: marked.tag for field in spec.model_fields if (marked := mark(spec, field, TextInTag))}


def kept_tags(spec: type[Spec]) -> dict[str, str]:
    """Returns the tags that keep what AWS never returns, by field."""
    return {**hash_tags(spec), **text_tags(spec), **number_tags(spec)}


@cache
def reference_of(spec: type[Spec], field: str) -> RefTo | None:
    """Returns the mark of a field that names another resource."""
    return mark(spec, field, RefTo)
