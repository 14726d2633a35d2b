"""Small tables to plan and apply, built in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.model import Manifest
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
