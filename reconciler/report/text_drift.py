"""Drift as text: where live differs from the manifests, and since when."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model import CellChange, Change, Plan
from reconciler.report.grid import grid, is_made_anew, size_text
from reconciler.report.lines import FOLD, Look, aligned, findings, folded, headline, look, orphans, printed
from reconciler.report.summary import last_line, settled_line, summary
from reconciler.report.trail import WHEN_NOT_WHO, lookup_command
from reconciler.report.visible import escaped, key_text, said, shown, shown_sides, side_by_side, utc_text
from reconciler.report.words import BLOCKED_ALONE, COLOURS, DRIFT_WORDS, SYMBOLS, remedies


def drift_text(plan: Plan, *, colour: bool, width: int = 0) -> str:
    """The plan's differences with live on the left and what is declared on the right; no word about calls."""
    told, how = summary(plan), look(colour, width)
    differs = ["Live differs from the manifests:"] if plan.actionable else []
    parts = [
        headline(plan, "Drift of", how),
        *differs,
        *(line for change in plan.changes for line in ("", *_block(change, how))),
        *orphans(plan, how),
        *findings(plan, how),
        *(["", f"{WHEN_NOT_WHO} {command}"] if (command := lookup_command(plan)) else []),
        "",
        settled_line(told) if told.is_empty else remedies(plan.scope.environment) if plan.actionable else BLOCKED_ALONE,
        how.paint("bold", last_line(told, "Drift")),
    ]
    return printed(parts)


def changed_text(thing: Change | CellChange) -> str:
    """When and where the live one was last changed, as far as AWS tells."""
    if thing.modified is None:
        return ""
    return utc_text(thing.modified) + (f" {escaped(thing.region)}" if thing.region else "")


def _block(change: Change, look: Look) -> Iterator[str]:
    word = DRIFT_WORDS[change.action]
    yield look.paint(COLOURS[change.action], f"{SYMBOLS[change.action]} {word} {escaped(str(change.ref))}")
    changed = changed_text(change)
    told = [
        escaped(change.reason),
        f"last changed {changed}" if changed else "",
        look.paint("dim", escaped(str(change.source or ""))),
    ]
    if any(told):
        yield "    " + " · ".join(text for text in told if text)
    if is_made_anew(change) and change.cells:
        yield f"    {size_text(grid(change))} declared"
        return
    yield from (f"    {line}" for line in _differences(change, look))


def _differences(change: Change, look: Look) -> Iterator[str]:
    for field in change.fields[:FOLD]:
        live, declared = side_by_side(said(field.before), said(field.after), look.longest)
        yield f"{escaped(field.path)}: live {live}, declared {declared}"
    yield from folded(change.fields, FOLD, "field")
    for row in change.rows[:FOLD]:
        yield f"row: live {key_text(row.before)}, declared {key_text(row.after)}"
    yield from folded(change.rows, FOLD, "key")
    if change.cells:
        table = grid(change)
        header = ["", *map(shown, table.keys), "attribute", "live", "declared", "last changed"]
        cells = [(row, cell) for row in table.rows for cell in row.cells.values()][:FOLD]
        lines = [[SYMBOLS[cell.action], *table.key_texts(row, look.longest), *_cell(cell, look)] for row, cell in cells]
        texts = aligned([header, *lines])
        yield look.paint("dim", texts[0])
        yield from (look.paint(COLOURS[cell.action], text) for (_, cell), text in zip(cells, texts[1:], strict=True))
        yield from folded(change.cells, FOLD, "cell")


def _cell(cell: CellChange, look: Look) -> list[str]:
    sides = shown_sides(cell.before, cell.after, look.longest)
    return [shown(cell.attribute), *sides, changed_text(cell)]
