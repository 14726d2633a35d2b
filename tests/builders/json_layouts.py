"""Folders of the JSON layout, built in one line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ARN = "arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000"
KEY = {"name": "K", "valueType": "TEXT", "primary": True}
TIER = {"name": "Tier", "valueType": "TEXT"}


def layout(
    root: Path,
    attributes: Sequence[Mapping[str, Any]] = (KEY, TIER),
    rows: Sequence[Mapping[str, Any]] | None = None,
    *,
    name: str = "T",
    **more: Any,
) -> Path:
    """Writes a layout of one table to a folder `old` below the root. `rows` maps values of the key K to cells."""
    folder = root / "old"
    write(folder / "data_tables_config.json", {"instanceARN": ARN, "dataTables": [{"name": name, **more}]})
    write(folder / "attributes" / f"{name}.json", {"tableName": name, "attributes": list(attributes)})
    if rows is not None:
        write(folder / "attribute_values" / f"{name}.json", {"tableName": name, "values": list(rows)})
    return folder


def row(*key: tuple[str, Any], **cells: Any) -> dict[str, Any]:
    return {
        "primaryValues": [named_value(*each) for each in key],
        "attributes": [named_value(*each) for each in cells.items()],
    }


def named_value(name: str, value: Any) -> dict[str, Any]:
    return {"attributeName": name, "value": value}


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
