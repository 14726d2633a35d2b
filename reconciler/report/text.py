"""Renders the plan as text for an operator. The counts are in the last line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from reconciler.model import Change, Plan
from reconciler.report.lines import Look, caution, findings, heading, headline, look, orphans, printed, under
from reconciler.report.ordering import changes_in_order, listed_under
from reconciler.report.summary import calls, last_line, settled_line, summary
from reconciler.report.text_body import differences
from reconciler.report.text_drift import drift_text
from reconciler.report.text_outcome import outcome_text
from reconciler.report.visible import escaped
from reconciler.report.words import COLOURS, SYMBOLS, origin_text

__all__ = ["drift_text", "outcome_text", "plan_text"]


def plan_text(plan: Plan, *, colour: bool, width: int = 0, full: bool = False, with_calls: bool = False) -> str:
    """Returns the changes, the orphans, the findings and a summary in the last line.

    `full` shortens nothing. `with_calls` adds the API calls of each change.
    """
    counts, how = summary(plan), look(colour, width, full)
    parts = [headline(plan, "Plan for", how)]
    for origin, changes in groupby(changes_in_order(plan), key=lambda item: listed_under(item[1])):
        parts += heading(plan, origin, how)
        for _, change in changes:
            parts += ("", *under(origin, _block(change, how, with_calls)))
    parts += [
        *orphans(plan, how),
        *findings(plan, how),
        *caution(plan, how),
        "",
        *([settled_line(counts)] if counts.is_empty else []),
        how.paint("bold", last_line(counts)),
    ]
    return printed(parts)


def _block(change: Change, look: Look, with_calls: bool) -> Iterator[str]:
    title = f"{SYMBOLS[change.action]} {change.action.value} {escaped(str(change.ref))}"
    mark = look.paint("red", " · irreversible" if change.irreversible else "")
    yield look.paint(COLOURS[change.action], title) + mark
    why = [escaped(change.reason), origin_text(change), look.paint("dim", escaped(str(change.source or "")))]
    if any(why):
        yield "    " + " · ".join(text for text in why if text)
    yield from (f"    {line}" for line in differences(change, look))
    if with_calls and (operations := calls(change)):
        listed = ", ".join(f"{count} {operation}" for operation, count in operations.items())
        yield look.paint("dim", f"    calls: {escaped(listed)}")
