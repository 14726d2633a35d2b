"""Writes the reason of a change."""

from __future__ import annotations

from reconciler.diff.cells import RowsDiff
from reconciler.model import FieldChange


def count_differences(fields: tuple[FieldChange, ...], rows: RowsDiff) -> str:
    """Returns a text such as `1 field and 3 cells differ`, empty if nothing differs."""
    counts = {"field": len(fields), "cell": len(rows.cells), "key": len(rows.rows)}
    counted = [f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items() if count]
    if not counted:
        return ""
    listed = f"{', '.join(counted[:-1])} and {counted[-1]}" if len(counted) > 1 else counted[0]
    return f"{listed} {'differs' if sum(counts.values()) == 1 else 'differ'}"
