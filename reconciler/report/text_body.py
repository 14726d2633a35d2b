"""Renders the differences of one resource as text: one line per member of its fields, and a table of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from reconciler.model import Action, CellChange, Change
from reconciler.report.cells import Grid, GridRow, creates, grid, is_lost, lost_rows
from reconciler.report.counting import change_size_text
from reconciler.report.leftover import HOW, more_text
from reconciler.report.lines import FOLD, Look, aligned, columns, renames
from reconciler.report.marked import changed
from reconciler.report.members import Member, members
from reconciler.report.ordering import deletions_first
from reconciler.report.visible import LONGEST, visible_sides, visible_text
from reconciler.report.words import COLOURS, SYMBOLS, uncoloured

FEW = 25  # rows that are shown of a created table.
INDENT = 4  # of every line that this module yields, once printed
Times = Callable[[GridRow], str]  # when and where the live row was last changed


def differences(change: Change, look: Look, times: Times | None = None) -> Iterator[str]:
    """Yields fields, keys and rows. A folded list shows deletions first."""
    yield from _fields(change, look)
    yield from _renames(change, look)
    size = change_size_text(change)
    if size:
        yield size
    lost = lost_rows(change)
    if lost:
        yield from rows_lines(lost, look, FOLD)
    if change.table.cells:
        table = grid(change)
        yield from rows_lines(table, look, FEW if creates(change) else FOLD, times)


def _fields(change: Change, look: Look) -> Iterator[str]:
    listed = members(field for field in change.fields if not is_lost(field))
    shown_ones = listed
    if len(listed) > FOLD and not look.full:
        listed = deletions_first(listed, lambda member: member.action)
        shown_ones = listed[:FOLD]
    yield from (_member(member, look) for member in shown_ones)
    yield from _more([member.action for member in listed[len(shown_ones) :]], "field")


def _member(member: Member, look: Look) -> str:
    symbol = look.paint(COLOURS[member.action], SYMBOLS[member.action])
    start = f"{symbol} {member.label}"
    if member.before is not None and member.after is not None:
        room = look.line - INDENT - columns(f"{SYMBOLS[member.action]} {member.label}{member.joint}")
        value = changed(member.before, member.after, room, look.paint, whole=look.full)
    else:
        value = member.after or member.before or ""
    return f"{start}{member.joint}{value}" if value else start


def _renames(change: Change, look: Look) -> Iterator[str]:
    rows = change.table.rows if look.full else change.table.rows[:FOLD]
    yield from renames((row.before, row.after) for row in rows)
    yield from _more([Action.UPDATE] * (len(change.table.rows) - len(rows)), "renamed row")


def rows_lines(table: Grid, look: Look, most: int, times: Times | None = None) -> Iterator[str]:
    """Yields one table if it fits. Otherwise each action has a table, and long rows are listed below it."""
    rows = table.rows if look.full else table.rows[:most]
    lines = _grid(table, rows, table.attributes, look, times)
    if lines is not None:
        yield from lines
        yield from _more([row.action for row in table.rows[len(rows) :]], "row", "  ")
        return
    room = most
    left: list[Action] = []
    for _, group in groupby(table.rows, key=lambda row: row.action):
        listed = list(group)
        block = listed if look.full else listed[: max(room, 0)]
        names = [name for name in table.attributes if any(name in row.cells for row in block)]
        narrow = [row for row in block if not _is_long(row)]
        together = _grid(table, narrow, names, look, times) if len(narrow) > 1 else None
        if together is not None:
            yield from together
            room -= len(narrow)
        for row in listed:
            if together is not None and any(row is other for other in narrow):
                continue
            if look.full or room > 0:
                room -= 1 + len(row.cells)
                yield from _listed(table, row, look, times)
            else:
                left.append(row.action)
    yield from _more(left, "row", "  ")


def _grid(
    table: Grid, rows: Sequence[GridRow], names: Sequence[str], look: Look, times: Times | None
) -> list[str] | None:
    """Returns the lines of a table, header first; `None` if the screen is too narrow."""
    header = ["", *map(visible_text, table.keys), *map(visible_text, names), *(["last changed"] if times else [])]
    cells = [
        [
            SYMBOLS[row.action],
            *table.key_texts(row),
            *(_in_grid(row, name, look) for name in names),
            *([times(row)] if times else []),
        ]
        for row in rows
    ]
    texts = aligned([header, *cells])
    if max(map(columns, texts)) + INDENT + 2 > look.line:
        return None
    painted = (look.paint(COLOURS[row.action], text) for row, text in zip(rows, texts[1:], strict=True))
    return [f"  {line}" for line in (look.paint("dim", texts[0]), *painted)]


def _in_grid(row: GridRow, name: str, look: Look) -> str:
    """Returns a cell, or a dot if nothing differs."""
    cell = row.cells.get(name)
    if cell is None:
        return "·"
    before, after = visible_sides(cell.before, cell.after)
    if row.is_whole:
        return after if cell.before is None else before
    # A table's line has one colour, so a change has no colour of its own.
    return changed(before, after, look.longest, uncoloured, whole=look.full)


def _is_long(row: GridRow) -> bool:
    return any(len(text or "") > LONGEST for cell in row.cells.values() for text in (cell.before, cell.after))


def _listed(table: Grid, row: GridRow, look: Look, times: Times | None) -> Iterator[str]:
    """Yields a row that is too wide for a table."""
    time = times(row) if times else ""
    title = f"{SYMBOLS[row.action]} {table.named(row)}" + (f" · last changed {time}" if time else "")
    yield "  " + look.paint(COLOURS[row.action], title)
    for name, cell in row.cells.items():
        yield f"      {visible_text(name)}: {_value(row, cell, look, columns(visible_text(name)))}"


def _value(row: GridRow, cell: CellChange, look: Look, name: int) -> str:
    before, after = visible_sides(cell.before, cell.after)
    if row.is_whole:
        return after if cell.before is None else before
    return changed(before, after, look.line - INDENT - 8 - name, look.paint, whole=look.full)


def _more(left: Sequence[Action], noun: str, indent: str = "") -> Iterator[str]:
    text = more_text(left, noun, HOW)
    if text:
        yield f"{indent}{text}"
