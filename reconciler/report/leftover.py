"""What a report leaves out, counted exactly, by action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reconciler.model import Action
from reconciler.plurals import counted
from reconciler.report.ordering import FIRST_READ

DONE = {
    Action.CREATE: "added",
    Action.UPDATE: "changed",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
    Action.ADOPT: "adopted",
    Action.BLOCKED: "blocked",
}
HOW = "--full shows them"


def more_text(left: Iterable[Action], noun: str, how: str = "") -> str:
    """`… and 240 more rows: 200 deleted, 40 added; --full shows them`; empty if nothing is left out."""
    counts = Counter(left)
    if not counts:
        return ""
    parts = ", ".join(f"{counts[action]:,} {DONE[action]}" for action in FIRST_READ if counts[action])
    told = f"… and {counted(sum(counts.values()), f'more {noun}')}: {parts}"
    return f"{told}; {how}" if how else told
