"""Counts what a report leaves out, by action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reconciler.messages import counted
from reconciler.model import Action
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
    """Returns `… and 240 more rows: 200 deleted, 40 added; --full shows them`. Empty if nothing is left out."""
    counts = Counter(left)
    if not counts:
        return ""
    parts = ", ".join(f"{counts[action]:,} {DONE[action]}" for action in FIRST_READ if counts[action])
    text = f"… and {counted(sum(counts.values()), f'more {noun}')}: {parts}"
    return f"{text}; {how}" if how else text
