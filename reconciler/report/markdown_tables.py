"""Renders the tables of a Markdown report: one line per member or row, as many columns as the header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from itertools import groupby
from typing import NamedTuple, TypeVar

from reconciler.model import Action, CellChange, Change
from reconciler.report.cells import Grid, GridRow, is_lost, lost_rows
from reconciler.report.leftover import more_text
from reconciler.report.members import Member, members
from reconciler.report.neutral import code, html_changes, prose
from reconciler.report.ordering import deletions_first
from reconciler.report.summary import counted
from reconciler.report.visible import LONGEST, escaped, key_text, shortened, utc_text, visible_sides, visible_text
from reconciler.report.word_diff import windowed, word_diff
from reconciler.report.words import SYMBOLS

LONGEST_NAME = 256  # characters: AWS's limit for names and for tags
WIDE = 8  # attributes; a wider table shows a row's cells in one column
Sides = tuple[str, str]  # the names of the two sides of a difference
T = TypeVar("T")


class Limits(NamedTuple):
    """How many lines of a list are shown, by action. With `whole`, long values are not shortened."""

    deleted: int
    changed: int
    added: int
    whole: bool = False

    @property
    def lines(self) -> int:
        """Most lines of any other list."""
        return max(self.changed, self.deleted // 4)

    def of(self, action: Action) -> int:
        return {Action.CREATE: self.added, Action.DELETE: self.deleted}.get(action, self.changed)


def table(header: Iterable[str], lines: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yields a table of texts that are already neutralised. Markdown needs the blank line after it."""
    names = list(header)
    yield _line(names)
    yield _line(["---"] * len(names))
    yield from map(_line, lines)
    yield ""


def joined(lines: Iterable[str]) -> str:
    """Returns the lines with exactly one blank line between blocks."""
    return (
        "\n\n".join("\n".join(block) for blank, block in groupby(lines, key=lambda line: not line) if not blank) + "\n"
    )


def fields_table(change: Change, limits: Limits, sides: Sides) -> Iterator[str]:
    differing = members(field for field in change.fields if not is_lost(field))
    listed, left = _limited(differing, lambda member: member.action, limits)
    if listed:
        changes = any(member.action is Action.UPDATE for member in listed)
        header = ["", "field", " → ".join(sides) if changes else "value"]
        yield from table(header, (_member(member, limits.whole) for member in listed))
    yield from _more(left, "field")
    lost = lost_rows(change)
    if lost:
        yield from _rows(lost, limits, sides)


def renames_table(change: Change, most: int, sides: Sides) -> Iterator[str]:
    if change.table.rows and most:
        lines = ([code(key_text(row.before)), code(key_text(row.after))] for row in change.table.rows[:most])
        yield from table([f"key {side}" for side in sides], lines)
    yield from more(change.table.rows, most, "renamed row")


def cells_table(cells: Grid, limits: Limits, sides: Sides, *, changed: bool = False) -> Iterator[str]:
    """Yields one line per row. `changed` adds when and where the live row was last changed."""
    if cells.rows:
        yield from _rows(cells, limits, sides, changed=changed)


def more(things: Sized, most: int, word: str) -> list[str]:
    left = len(things) - most
    return [f"… and {counted(left, f'more {word}')}", ""] if left > 0 else []


def short(text: str) -> str:
    return code(escaped(shortened(text)))


def bounded(name: str) -> str:
    """Returns a name as code, cut at the longest length that AWS allows."""
    return code(escaped(shortened(name, LONGEST_NAME)))


def change_text(before: str, after: str, *, whole: bool = False) -> str:
    """Returns both texts. Long ones become one text with marked changes, shortened only where both are equal."""
    both = f"{code(before)} → {code(after)}"
    if whole or max(len(before), len(after)) <= LONGEST:
        return both
    pieces = windowed(word_diff(before, after))
    # If the texts have little in common, the marked form is longer than both.
    return html_changes(pieces) if sum(len(piece.visible) for piece in pieces) < len(before) + len(after) else both


def _rows(table_: Grid, limits: Limits, sides: Sides, *, changed: bool = False) -> Iterator[str]:
    rows, left = _limited(table_.rows, lambda row: row.action, limits)
    attributes = [name for name in table_.attributes if any(name in row.cells for row in rows)]
    wide = len(attributes) > WIDE
    names = [" → ".join(sides)] if wide else [_name(name) for name in attributes]
    header = ["", *map(_name, table_.keys), *names, *(["last changed"] if changed else [])]
    if rows:
        cells = _listed if wide else _cells
        lines = (
            [
                f"{SYMBOLS[row.action]} {row.action.value}",
                *(code(text) if text else "" for text in table_.key_texts(row)),
                *cells(row, attributes, limits.whole),
                *([_last_changed(row)] if changed else []),
            ]
            for row in rows
        )
        yield from table(header, lines)
    yield from _more(left, "row")


def _cells(row: GridRow, names: Iterable[str], whole: bool) -> Iterator[str]:
    for name in names:
        cell = row.cells.get(name)
        yield _cell(row, cell, whole) if cell else ""


def _listed(row: GridRow, names: Iterable[str], whole: bool) -> Iterator[str]:
    """Yields all cells of a row in one column, each with its name."""
    cells = [row.cells[name] for name in names if name in row.cells]
    yield "<br>".join(f"{code(visible_text(cell.attribute))}: {_cell(row, cell, whole)}" for cell in cells)


def _cell(row: GridRow, cell: CellChange, whole: bool) -> str:
    before, after = visible_sides(cell.before, cell.after)
    if row.is_whole:
        return code(after if cell.before is None else before)
    return change_text(before, after, whole=whole)


def _member(member: Member, whole: bool) -> list[str]:
    if member.before is not None and member.after is not None:
        value = change_text(member.before, member.after, whole=whole)
    else:
        text = member.before or member.after
        value = code(text) if text else ""
    return [f"{SYMBOLS[member.action]} {member.action.value}", code(member.label), value]


def _last_changed(row: GridRow) -> str:
    """Returns the time of the row's latest change."""
    times = [f"{utc_text(cell.modified)} {prose(cell.region)}".rstrip() for cell in row.cells.values() if cell.modified]
    return max(times, default="")


def _limited(things: Iterable[T], action: Callable[[T], Action], limits: Limits) -> tuple[list[T], list[Action]]:
    """Returns the things that fit, in order, and the actions of the others."""
    listed: list[T] = []
    left: list[Action] = []
    room = {kind: limits.of(kind) for kind in Action}
    for thing in things:
        if room[action(thing)] > 0:
            room[action(thing)] -= 1
            listed.append(thing)
        else:
            left.append(action(thing))
    return (deletions_first(listed, action) if left else listed), left


def _more(left: Sequence[Action], noun: str) -> list[str]:
    text = more_text(left, noun)
    return [text, ""] if text else []


def _name(name: str) -> str:
    return prose(visible_text(name))


def _line(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"
