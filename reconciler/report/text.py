"""The plan as text: what an operator reads before saying yes, the counts in the last line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model import Action, CellChange, Change, Plan
from reconciler.report.counting import change_size_text, more_rows_text
from reconciler.report.grid import Grid, Row, grid, is_made_anew
from reconciler.report.lines import (
    FOLD,
    WIDEST,
    Look,
    aligned,
    caution,
    columns,
    findings,
    folded,
    headline,
    look,
    orphans,
    printed,
    renames,
)
from reconciler.report.ordering import changes_in_order
from reconciler.report.summary import calls, last_line, settled_line, summary
from reconciler.report.text_drift import drift_text
from reconciler.report.text_outcome import outcome_text
from reconciler.report.visible import escaped, said, shortened, shown, shown_short, shown_sides, side_by_side
from reconciler.report.words import COLOURS, SYMBOLS

__all__ = ["drift_text", "outcome_text", "plan_text"]

FEW = 25  # rows of what is made anew: a small table whole, of a large one what it looks like


def plan_text(plan: Plan, *, colour: bool, width: int = 0) -> str:
    """Changes, orphans, findings, and the summary in the last line."""
    told, how = summary(plan), look(colour, width)
    parts = [
        headline(plan, "Plan for", how),
        *(line for _, change in changes_in_order(plan) for line in ("", *_block(change, how))),
        *orphans(plan, how),
        *findings(plan, how),
        *caution(plan, how),
        "",
        *([settled_line(told)] if told.is_empty else []),
        how.paint("bold", last_line(told)),
    ]
    return printed(parts)


def _block(change: Change, look: Look) -> Iterator[str]:
    title = f"{SYMBOLS[change.action]} {change.action.value} {escaped(str(change.ref))}"
    mark = look.paint("red", " · irreversible" if change.irreversible else "")
    yield look.paint(COLOURS[change.action], title) + mark
    why = [escaped(change.reason), look.paint("dim", escaped(str(change.source or "")))]
    if any(why):
        yield "    " + " · ".join(text for text in why if text)
    yield from (f"    {line}" for line in _body(change, look))


def _body(change: Change, look: Look) -> Iterator[str]:
    yield from list(_fields(change, look))[:FOLD]
    yield from folded(change.fields, FOLD, "field")
    yield from list(renames((row.before, row.after) for row in change.rows))[:FOLD]
    yield from folded(change.rows, FOLD, "key")
    if size := change_size_text(change):
        yield size
    if change.cells:
        yield from _cells(change, look)
    if made := calls(change):
        told = ", ".join(f"{count} {operation}" for operation, count in made.items())
        yield look.paint("dim", f"calls: {escaped(told)}")


def _fields(change: Change, look: Look) -> Iterator[str]:
    for field in change.fields:
        sides = said(field.before), said(field.after)
        match change.action:
            # Of a thing that comes or goes there is one side only.
            case Action.CREATE | Action.REPLACE:
                told = shortened(sides[1], look.longest)
            case Action.DELETE:
                told = shortened(sides[0], look.longest)
            case _:
                told = " → ".join(side_by_side(*sides, look.longest))
        yield f"{escaped(field.path)}: {told}"


def _cells(change: Change, look: Look) -> Iterator[str]:
    table, few = grid(change), is_made_anew(change)
    most = FEW if few else FOLD
    lines = [_header(table), *(_row(table, row, few, look) for row in table.rows[:most])]
    texts = aligned(lines)
    if max(map(columns, texts)) + 6 <= (look.width or WIDEST):
        yield "  " + look.paint("dim", texts[0])
        for row, text in zip(table.rows, texts[1:], strict=False):
            yield "  " + look.paint(COLOURS[row.action], text)
    else:
        most = max(most // len(table.attributes), 1)
        for row in table.rows[:most]:
            yield from _listed(table, row, few, look)
    if left := table.rows[most:]:
        yield f"  … and {more_rows_text([row.cells.values() for row in left])}, all of them in --format json"


def _header(table: Grid) -> list[str]:
    return ["", *map(shown, table.keys), *map(shown, table.attributes)]


def _row(table: Grid, row: Row, few: bool, look: Look) -> list[str]:
    return [
        SYMBOLS[row.action],
        *table.key_texts(row, look.longest),
        *(_cell(row.cells.get(name), few, look) for name in table.attributes),
    ]


def _cell(cell: CellChange | None, few: bool, look: Look) -> str:
    """A dot where nothing differs."""
    if cell is None:
        return "·"
    if few:
        return shown_short(cell.after, look.longest)
    return " → ".join(shown_sides(cell.before, cell.after, look.longest))


def _listed(table: Grid, row: Row, few: bool, look: Look) -> Iterator[str]:
    """A row of a table that is too wide for its screen."""
    pairs: Sequence[tuple[str, str]] = list(zip(table.keys, table.key_texts(row, look.longest), strict=True))
    named = ", ".join(f"{shown(name)} {text}" if row.key else text for name, text in pairs if text)
    yield "  " + look.paint(COLOURS[row.action], f"{SYMBOLS[row.action]} {named}")
    for name, cell in row.cells.items():
        yield f"      {shown(name)}: {_cell(cell, few, look)}"
