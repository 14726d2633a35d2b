"""Orders a table's columns for reports: first the keys, then the other attributes, both in declared order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler.kinds.registry import KINDS
from reconciler.model import Change, Live, Ref, Resource


def with_columns(
    changes: Iterable[Change], after: Mapping[Ref, Resource], live: Mapping[Ref, Live]
) -> tuple[Change, ...]:
    """Adds the names of its attributes to every change of a table: the planned ones, or else the live ones."""
    return tuple(_with_columns(change, after, live) for change in changes)


def _with_columns(change: Change, after: Mapping[Ref, Resource], live: Mapping[Ref, Live]) -> Change:
    ref = change.part_of or change.ref
    kind = KINDS.get(ref.kind)
    if kind is None or not kind.cells or not kind.parts:
        return change
    spec = after.get(ref) or (live[ref].spec if ref in live else None)
    attributes = getattr(spec, kind.parts.field, ())
    keys_first = sorted(attributes, key=lambda attribute: not attribute.primary)
    return replace(change, columns=tuple(attribute.name for attribute in keys_first))
