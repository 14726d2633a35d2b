"""Answers for the parts and rows of a kind. A kind without them gets an empty value, so callers ask no question.

Parts are the items that AWS creates one by one. The parts of a kind with cells are the attributes of a data table.
"""

from __future__ import annotations

from typing import Any

from reconciler.kinds.base import Declarable, Kind
from reconciler.model import Resource


def parts_field(kind: Kind[Any]) -> str:
    """Returns the field of a spec that holds the parts; "" if the kind has none."""
    return kind.parts.field if kind.parts else ""


def parts_of(kind: Kind[Any], spec: Resource) -> tuple[Any, ...]:
    """Returns the parts of a resource; none if its kind has none."""
    return tuple(getattr(spec, kind.parts.field)) if kind.parts else ()


def attributes_of(kind: Kind[Any], spec: Resource) -> tuple[Any, ...]:
    """Returns the attributes of a data table; none for every other kind."""
    return parts_of(kind, spec) if kind.cells else ()


def record_fields(kind: Declarable) -> tuple[str, ...]:
    """Returns the fields of a manifest that hold rows or their renames; none for other kinds than data tables."""
    return (kind.cells.field, "moved") if kind.cells else ()
