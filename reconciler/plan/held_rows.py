"""Holds back rows: deletions of all rows of a table, and rows whose keys may be the same key to AWS."""

from __future__ import annotations

from dataclasses import replace

from reconciler.diff.cells import RowsDiff
from reconciler.errors import Source
from reconciler.model import Action, Change, Ref
from reconciler.plan.deletions import Deletions
from reconciler.steps.work import LOST


def held_back(
    ref: Ref, source: Source | None, rows: RowsDiff, deletions: Deletions
) -> tuple[RowsDiff, tuple[Change, ...]]:
    """Returns the rows that may change, and a blocked change for the others.

    The blocked change's address is the table's, followed by `/values`.
    """
    if not rows.alike:
        return _unless_emptied(ref, source, rows, deletions)
    one, other = (", ".join(f"{name}={text}" for name, text in sorted(key.items())) for key in rows.alike[0])
    more = f" (and {len(rows.alike) - 1:,} more pairs)" if len(rows.alike) > 1 else ""
    reason = (
        f"rows {one} and {other} may be the same key to AWS{more}, so no row is written; delete or rename one of "
        "them, or write the key in the manifest as it is live"
    )
    return rows, (Change(Action.BLOCKED, rows_of(ref), reason=reason, source=source, part_of=ref),)


def _unless_emptied(
    ref: Ref, source: Source | None, rows: RowsDiff, deletions: Deletions
) -> tuple[RowsDiff, tuple[Change, ...]]:
    """Drops the deletions if they would delete every live row and are not allowed, whatever their number."""
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
    """Returns the address of all rows of a table."""
    return Ref(ref.kind, f"{ref.name}/{LOST}")
