"""The tables of a Markdown report: one line a member or a row, always as many columns as their header."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from itertools import groupby
from typing import NamedTuple, TypeVar

from reconciler.model import Action, CellChange, Change
from reconciler.report.grid import Grid, Row, is_lost, lost_rows
from reconciler.report.leftover import more_text
from reconciler.report.members import Member, members
from reconciler.report.neutral import code, html_changes, prose
from reconciler.report.ordering import deletions_first
from reconciler.report.summary import counted
from reconciler.report.visible import LONGEST, escaped, key_text, shortened, shown, shown_sides, utc_text
from reconciler.report.word_diff import windowed, word_diff
from reconciler.report.words import SYMBOLS

LONGEST_NAME = 256  # characters: what AWS allows its resources, and a stack with its environment as a tag
WIDE = 8  # attributes of a table: beyond, a line that names them is easier to read than a column for each
Sides = tuple[str, str]  # what the two sides of a difference are called
T = TypeVar("T")


class Depth(NamedTuple):
    """How many lines of a list are shown, by what becomes of their things; `whole`: long values are not shortened."""

    deleted: int
    changed: int
    added: int
    whole: bool = False

    @property
    def lines(self) -> int:
        """Of a list of anything else."""
        return max(self.changed, self.deleted // 4)

    def of(self, action: Action) -> int:
        return {Action.CREATE: self.added, Action.DELETE: self.deleted}.get(action, self.changed)


def table(header: Iterable[str], lines: Iterable[Iterable[str]]) -> Iterator[str]:
    """Texts that are neutral already; a blank line follows, as Markdown wants it."""
    names = list(header)
    yield _line(names)
    yield _line(["---"] * len(names))
    yield from map(_line, lines)
    yield ""


def joined(lines: Iterable[str]) -> str:
    """One blank line between blocks, whoever asked for it."""
    return (
        "\n\n".join("\n".join(block) for blank, block in groupby(lines, key=lambda line: not line) if not blank) + "\n"
    )


def fields_table(change: Change, depth: Depth, sides: Sides) -> Iterator[str]:
    told = members(field for field in change.fields if not is_lost(field))
    listed, left = _limited(told, lambda member: member.action, depth)
    if listed:
        changes = any(member.action is Action.UPDATE for member in listed)
        header = ["", "field", " → ".join(sides) if changes else "value"]
        yield from table(header, (_member(member, depth.whole) for member in listed))
    yield from _more(left, "field")
    lost = lost_rows(change)
    if lost:
        yield from _rows(lost, depth, sides)


def renames_table(change: Change, most: int, sides: Sides) -> Iterator[str]:
    if change.rows and most:
        lines = ([code(key_text(row.before)), code(key_text(row.after))] for row in change.rows[:most])
        yield from table([f"key {side}" for side in sides], lines)
    yield from more(change.rows, most, "renamed row")


def cells_table(cells: Grid, depth: Depth, sides: Sides, *, changed: bool = False) -> Iterator[str]:
    """One line a row. `changed` adds when and where the live row was last changed."""
    if cells.rows:
        yield from _rows(cells, depth, sides, changed=changed)


def more(things: Sized, most: int, word: str) -> list[str]:
    left = len(things) - most
    return [f"… and {counted(left, f'more {word}')}", ""] if left > 0 else []


def short(text: str) -> str:
    return code(escaped(shortened(text)))


def bounded(name: str) -> str:
    """A name in full, and no more of what is none."""
    return code(escaped(shortened(name, LONGEST_NAME)))


def change_text(before: str, after: str, *, whole: bool = False) -> str:
    """Both texts. Of long ones one text with its changes marked, which shortens only what they have in common."""
    both = f"{code(before)} → {code(after)}"
    if whole or max(len(before), len(after)) <= LONGEST:
        return both
    pieces = windowed(word_diff(before, after))
    # Where little is in common, the marks cost more than they show.
    return html_changes(pieces) if sum(len(piece.shown) for piece in pieces) < len(before) + len(after) else both


def _rows(table_: Grid, depth: Depth, sides: Sides, *, changed: bool = False) -> Iterator[str]:
    rows, left = _limited(table_.rows, lambda row: row.action, depth)
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
                *cells(row, attributes, depth.whole),
                *([_last_changed(row)] if changed else []),
            ]
            for row in rows
        )
        yield from table(header, lines)
    yield from _more(left, "row")


def _cells(row: Row, names: Iterable[str], whole: bool) -> Iterator[str]:
    for name in names:
        cell = row.cells.get(name)
        yield _cell(row, cell, whole) if cell else ""


def _listed(row: Row, names: Iterable[str], whole: bool) -> Iterator[str]:
    """All cells of a row in one column, each with its name."""
    cells = [row.cells[name] for name in names if name in row.cells]
    yield "<br>".join(f"{code(shown(cell.attribute))}: {_cell(row, cell, whole)}" for cell in cells)


def _cell(row: Row, cell: CellChange, whole: bool) -> str:
    before, after = shown_sides(cell.before, cell.after)
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


def _last_changed(row: Row) -> str:
    """The latest of its cells."""
    times = [f"{utc_text(cell.modified)} {prose(cell.region)}".rstrip() for cell in row.cells.values() if cell.modified]
    return max(times, default="")


def _limited(things: Iterable[T], action: Callable[[T], Action], depth: Depth) -> tuple[list[T], list[Action]]:
    """The things there is room for, as they are ordered, and the actions of the others."""
    listed: list[T] = []
    left: list[Action] = []
    room = {each: depth.of(each) for each in Action}
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
    return prose(shown(name))


def _line(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"
