"""Small tables to plan and apply, built in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reconciler.model import Linked, Manifest
from tests.builders.manifests import manifest


def attribute(name: str, value_type: str = "TEXT", **more: Any) -> dict[str, Any]:
    return {"name": name, "valueType": value_type, **more}


def key(name: str = "K", value_type: str = "TEXT", **more: Any) -> dict[str, Any]:
    return attribute(name, value_type, primary=True, **more)


def table(
    attributes: Sequence[Mapping[str, Any]] = (),
    rows: Sequence[Mapping[str, Any]] = (),
    *,
    name: str = "T",
    level: str = "NONE",
    spec: Mapping[str, Any] | None = None,
    **more: Any,
) -> Manifest:
    declared = {
        "timeZone": "UTC",
        "valueLockLevel": level,
        "attributes": list(attributes) or [key(), attribute("A"), attribute("N", "NUMBER")],
        **(spec or {}),
    }
    return manifest("DataTable", name, declared, rows, **more)


def many(count: int, *, level: str = "NONE", changed: int = 0, name: str = "T", others: int = 4) -> Manifest:
    """`count` rows of `others` numbers each; in the first `changed` rows one number is another."""
    rows = [
        {"K": f"k{row:04}", **{f"A{at}": str(row + (1000 if row < changed and not at else 0)) for at in range(others)}}
        for row in range(count)
    ]
    return table([key(), *(attribute(f"A{at}", "NUMBER") for at in range(others))], rows, level=level, name=name)


def linked(it: Manifest) -> Manifest:
    """Marks the references in the descriptions of a table and of its attributes, as the reader of manifests does."""
    parts = tuple(part.model_copy(update={"description": _link(part.description)}) for part in it.spec.attributes)
    update = {"description": _link(it.spec.description), "attributes": parts}
    changed = {name: value for name, value in update.items() if name in it.spec.model_fields_set}
    return replace(it, spec=it.spec.model_copy(update=changed))


def _link(text: str | None) -> str | None:
    return Linked(text) if text and "${" in text else text
