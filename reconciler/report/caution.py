"""Lists the deletions of a plan by address, with their sizes, in a block that no reader may miss."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reconciler.messages import counted
from reconciler.model import Action, Change, Plan
from reconciler.report.counting import Counts, change_counts, deleted_text, total
from reconciler.report.ordering import changes_in_order, deletes

GONE = (Action.DELETE, Action.REPLACE)


def cautions(plan: Plan) -> list[Change]:
    """Returns the changes that delete resources, rows or cells, or that cannot be undone."""
    return [
        change
        for _, change in changes_in_order(plan)
        if change.action is not Action.BLOCKED and (deletes(change) or change.irreversible)
    ]


def caution_text(changes: Collection[Change]) -> str:
    """Returns the block's first line: `2 resources, 1,124 rows and 3,372 cells will be deleted.`"""
    what = deletions_text(changes)
    return f"{what} will be deleted." if what else f"{counted(len(changes), 'change')} cannot be undone."


def deletions_text(changes: Collection[Change]) -> str:
    """Returns `2 resources, 1,124 rows and 3,372 cells`: what these changes delete. Empty if they delete nothing."""
    parts = _parts(changes)
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def loss_text(change: Change) -> str:
    """Returns the text after a change's address: `: 300 rows, 900 cells · irreversible`."""
    size = deleted_text(change_counts(change))
    return (f": {size}" if size else "") + (" · irreversible" if change.irreversible else "")


def left_out_text(changes: Sequence[Change], most: int) -> str:
    """Returns a line for the changes beyond `most`:

    `… and 5 more: 3 resources, 20 rows, 60 cells`. Empty if none is left.
    """
    left = changes[most:]
    if not left:
        return ""
    return f"… and {len(left):,} more" + (f": {', '.join(_parts(left))}" if _parts(left) else "")


def _parts(changes: Collection[Change]) -> list[str]:
    counts: Counts = total(map(change_counts, changes))
    resources = sum(1 for change in changes if change.action in GONE)
    numbers = ((resources, "resource"), (counts.rows.delete, "row"), (counts.cells.delete, "cell"))
    return [counted(number, noun) for number, noun in numbers if number]
