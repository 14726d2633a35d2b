"""Manifests as their author declares them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.desired.linking import with_links
from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import REFERENCE, Linked, Manifest, Records, Written, WrittenRecords

HERE = Source("manifests/base/test.yaml", 1, 1)


def manifest(
    kind: str, name: str, spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] = (), **more: Any
) -> Manifest:
    """A resource as its author declares it; cells are texts, `None` for «absent». Tags have no references here."""
    given = {**linked(spec), **({"tags": spec["tags"]} if "tags" in spec else {}), "name": name}
    built = with_links(KINDS[kind].spec.model_validate(given), given)
    default, moved = more.pop("default", None), more.pop("moved", ())
    written = WrittenRecords(
        tuple(Written(row, HERE) for row in rows),
        Written(default, HERE) if default is not None else None,
        tuple((Written(old, HERE), Written(new, HERE)) for old, new in moved),
        more.pop("prune", False),
    )
    records = KINDS[kind].records(built, written) if rows or default or moved or written.prune else Records()
    return Manifest(built, HERE, records, **more)


def linked(value: Any) -> Any:
    """Returns a value of a manifest with its references marked, as the texts of a file are."""
    match value:
        case str():
            return Linked(value) if REFERENCE.search(value) else value
        case Mapping():
            return {key: linked(item) for key, item in value.items()}
        case list():
            return [linked(item) for item in value]
        case _:
            return value
