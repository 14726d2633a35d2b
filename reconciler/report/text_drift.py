"""Renders drift as text: where the live state differs from the manifests, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from reconciler.model import CellChange, Change, Plan
from reconciler.report.cells import GridRow, creates, grid, size_text
from reconciler.report.lines import Look, findings, heading, headline, look, orphans, printed, under
from reconciler.report.ordering import changes_in_order, listed_under
from reconciler.report.summary import last_line, settled_line, summary
from reconciler.report.text_body import differences
from reconciler.report.trail import WHEN_NOT_WHO, lookup_command
from reconciler.report.visible import escaped, utc_text
from reconciler.report.words import BLOCKED_ALONE, COLOURS, DRIFT_WORDS, SYMBOLS, origin_text, remedies


def drift_text(plan: Plan, *, colour: bool, width: int = 0, full: bool = False) -> str:
    """Returns the differences with the live value on the left and the declared one on the right.

    It does not mention API calls.

    `full` shortens nothing.
    """
    counts, how = summary(plan), look(colour, width, full)
    parts = [headline(plan, "Drift of", how)]
    if plan.actionable:
        parts.append("Live differs from the manifests (live → declared):")
    for origin, changes in groupby(changes_in_order(plan), key=lambda item: listed_under(item[1])):
        parts += heading(plan, origin, how)
        for _, change in changes:
            parts += ("", *under(origin, _block(change, how)))
    way_out = remedies(plan.scope.environment) if plan.actionable else BLOCKED_ALONE
    parts += [
        *orphans(plan, how),
        *findings(plan, how),
        *(["", f"{WHEN_NOT_WHO} {command}"] if (command := lookup_command(plan)) else []),
        "",
        settled_line(counts) if counts.is_empty else way_out,
        how.paint("bold", last_line(counts, "Drift")),
    ]
    return printed(parts)


def changed_text(thing: Change | CellChange) -> str:
    """Returns when and where the live resource was last changed, as far as AWS reports it."""
    if thing.modified is None:
        return ""
    return utc_text(thing.modified) + (f" {escaped(thing.region)}" if thing.region else "")


def _block(change: Change, look: Look) -> Iterator[str]:
    word = DRIFT_WORDS[change.action]
    yield look.paint(COLOURS[change.action], f"{SYMBOLS[change.action]} {word} {escaped(str(change.ref))}")
    changed = changed_text(change)
    parts = [
        escaped(change.reason),
        origin_text(change),
        f"last changed {changed}" if changed else "",
        look.paint("dim", escaped(str(change.source or ""))),
    ]
    if any(parts):
        yield "    " + " · ".join(text for text in parts if text)
    if creates(change) and change.table.cells and not look.full:
        yield f"    {size_text(grid(change))} declared"
        return
    yield from (f"    {line}" for line in differences(change, look, _last_changed))


def _last_changed(row: GridRow) -> str:
    """Returns the time of the row's latest change."""
    texts = [changed_text(cell) for cell in row.cells.values()]
    return max(texts, default="")
