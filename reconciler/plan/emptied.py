"""A table that a run would leave without any of its rows: whatever their number, somebody must ask for that."""

from __future__ import annotations

from dataclasses import replace

from reconciler.errors import Source
from reconciler.model import Action, Change, Ref
from reconciler.plan.deletions import Deletions
from reconciler.rows import RowsDiff
from reconciler.schedule import LOST


def unless_emptied(
    ref: Ref, source: Source | None, rows: RowsDiff, deletions: Deletions
) -> tuple[RowsDiff, tuple[Change, ...]]:
    """Returns the rows' changes, without their deletions where all live rows would go and nobody allows it, and the
    blocked change that says so. Its address is the table's, followed by `/values`."""
    address = rows_of(ref)
    if not rows.size.rows or rows.size.gone < rows.size.rows or deletions.for_part(address).allows(address):
        return rows, ()
    # The default record has no identity, and is not counted among the rows.
    kept = tuple(cell for cell in rows.cells if cell.action is not Action.DELETE or not cell.identity)
    all_rows = f"all {rows.size.rows:,} live rows" if rows.size.rows > 1 else "the only live row"
    reason = (
        f"would delete {all_rows} of {ref}; allow it with --allow-delete '{address}', or declare kind: Removed with "
        "this address"
    )
    blocked = Change(Action.BLOCKED, address, reason=reason, source=source, part_of=ref)
    return replace(rows, cells=kept, size=replace(rows.size, gone=0)), (blocked,)


def rows_of(ref: Ref) -> Ref:
    """The address of all rows of a table."""
    return Ref(ref.kind, f"{ref.name}/{LOST}")
