"""Declared and live rows of a table, and the columns that they are compared by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from reconciler.diff.cells import Columns
from reconciler.errors import Source
from reconciler.kinds.connect.data_table.spec import Attribute
from reconciler.model import CellChange, LiveCell, LiveRecord, Move, Record
from tests.builders.tables import attribute, key

HERE = Source("rows.csv", 2)


def columns(
    *attributes: Mapping[str, Any],
    left_alone: Collection[str] = (),
    renamed: Mapping[str, str] | None = None,
    named: Callable[[str], str] = str,
) -> Columns:
    """Returns the columns of a table. Without attributes: the key K, the text A and the number N."""
    every = attributes or (key(), attribute("A"), attribute("N", "NUMBER"))
    of = {it.name: it for it in map(Attribute.model_validate, every)}
    return Columns(of, left_alone, renamed or {}, named)


def live_cell(text: str, modified: datetime | None = None, region: str = "") -> LiveCell:
    return LiveCell(text, {}, modified, region)


def live_row(row_key: str | Mapping[str, str], **cells: str) -> LiveRecord:
    """Returns a stored row. A text is the value of the key K; an empty mapping is the default record's key."""
    return LiveRecord(_key(row_key), {name: live_cell(text) for name, text in cells.items()})


def row(row_key: str | Mapping[str, str], **cells: str | None) -> Record:
    return Record(_key(row_key), cells, HERE)


def move(before: str | Mapping[str, str], after: str | Mapping[str, str]) -> Move:
    return Move(_key(before), _key(after), HERE)


def shown(change: CellChange) -> tuple[str, str, str, str | None, str | None]:
    """Returns the action, key, attribute and both texts of a change."""
    return (change.action.value, "/".join(change.key.values()), change.attribute, change.before, change.after)


def _key(row_key: str | Mapping[str, str]) -> Mapping[str, str]:
    return {"K": row_key} if isinstance(row_key, str) else row_key
