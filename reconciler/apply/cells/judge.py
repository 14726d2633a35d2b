"""Judges cells that are still to be written by the live rows.

A live value as declared is done. A value as it was in the plan may be written. Any other is another writer's edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC

from reconciler.model import Change, LiveCell, LiveRecord, Result, Status
from reconciler.model.cells import same

Rows = Mapping[tuple[str, ...], LiveRecord]


def judge(change: Change, cells: Iterable[int], rows: Rows) -> tuple[dict[int, Result], list[int]]:
    """Returns the results of the decided cells by position, and the positions that may be written."""
    decided: dict[int, Result] = {}
    left: list[int] = []
    for position in cells:
        cell = change.table.cells[position]
        record = rows.get(cell.identity)
        live = record.cells.get(cell.attribute) if record else None
        now = live.text if live else None
        if same(cell.value_type, now, cell.after):
            message = "already as declared when read again"
            decided[position] = Result(Status.DONE, message, found=now, looked=True)
        elif not same(cell.value_type, now, cell.before):
            decided[position] = Result(Status.CONFLICT, _edit_of(live), "Conflict", found=now, looked=True)
        else:
            left.append(position)
    return decided, left


def _edit_of(live: LiveCell | None) -> str:
    if live is None:
        return "another writer deleted it meanwhile; it is left alone"
    when = f" at {live.modified.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {live.region}" if live.modified else ""
    return f"another writer changed it meanwhile{when.rstrip()}; it is left alone"
