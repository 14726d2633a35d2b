"""Manifests as their author declares them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Records, Written, WrittenRecords

HERE = Source("manifests/base/test.yaml", 1, 1)


def manifest(
    kind: str, name: str, spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] = (), **more: Any
) -> Manifest:
    """A resource as its author declares it; cells are texts, `None` for «absent»."""
    built = KINDS[kind].spec.model_validate({**spec, "name": name})
    default, moved = more.pop("default", None), more.pop("moved", ())
    written = WrittenRecords(
        tuple(Written(row, HERE) for row in rows),
        Written(default, HERE) if default is not None else None,
        tuple((Written(old, HERE), Written(new, HERE)) for old, new in moved),
        more.pop("prune", False),
    )
    records = KINDS[kind].records(built, written) if rows or default or moved or written.prune else Records()
    return Manifest(built, HERE, records, **more)
