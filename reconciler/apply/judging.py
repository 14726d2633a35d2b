"""What a look at the live rows says of cells that are still to be written.

Live as wanted: done. Live as it was when the plan was made: to be written. Anything else is somebody's edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC

from reconciler.cells import same
from reconciler.model import Change, LiveCell, LiveRecord, Result, Status

Rows = Mapping[tuple[str, ...], LiveRecord]


def judged(change: Change, cells: Iterable[int], rows: Rows) -> tuple[dict[int, Result], list[int]]:
    """The cells (positions) that are decided, and those that may be written."""
    decided: dict[int, Result] = {}
    left: list[int] = []
    for position in cells:
        cell = change.cells[position]
        record = rows.get(cell.identity)
        found = record.cells.get(cell.attribute) if record else None
        now = found.text if found else None
        if same(cell.value_type, now, cell.after):
            message = "live as wanted when looked at again"
            decided[position] = Result(Status.DONE, message, found=now, looked=True)
        elif not same(cell.value_type, now, cell.before):
            decided[position] = Result(Status.CONFLICT, _theirs(found), "Conflict", found=now, looked=True)
        else:
            left.append(position)
    return decided, left


def _theirs(found: LiveCell | None) -> str:
    if found is None:
        return "somebody else deleted it meanwhile; it is left alone"
    when = f" at {found.modified.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {found.region}" if found.modified else ""
    return f"somebody else changed it meanwhile{when.rstrip()}; it is left alone"
