"""Why a change is in a plan, in words."""

from __future__ import annotations

from reconciler.model import FieldChange
from reconciler.rows import RowsDiff


def count_differences(fields: tuple[FieldChange, ...], rows: RowsDiff) -> str:
    """`1 field and 3 cells differ`; empty where nothing does."""
    counts = {"field": len(fields), "cell": len(rows.cells), "key": len(rows.rows)}
    told = [f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items() if count]
    if not told:
        return ""
    listed = f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else told[0]
    return f"{listed} {'differs' if sum(counts.values()) == 1 else 'differ'}"
