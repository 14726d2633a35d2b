"""The tables of a Markdown report: always as many columns as their header."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from itertools import groupby

from reconciler.model import CellChange, Change
from reconciler.report.counting import more_cells_text, more_rows_text
from reconciler.report.grid import grid, is_made_anew, size_text
from reconciler.report.neutral import code, prose
from reconciler.report.ordering import deletions_first
from reconciler.report.summary import counted
from reconciler.report.visible import (
    escaped,
    key_text,
    said,
    shortened,
    shown,
    shown_short,
    shown_sides,
    side_by_side,
    utc_text,
)
from reconciler.report.words import SYMBOLS

LONGEST_NAME = 256  # characters: what AWS allows its resources, and a stack with its environment as a tag
FEW = 25  # rows of what is made anew: a small table whole, of a large one what it looks like
IN_JSON = "all of them in the plan's JSON"
Sides = tuple[str, str]  # what the two sides of a difference are called


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


def fields_table(change: Change, most: int, sides: Sides) -> Iterator[str]:
    if change.fields and most:
        pairs = ((f.path, side_by_side(said(f.before), said(f.after))) for f in change.fields[:most])
        yield from table(["field", *sides], ([code(escaped(path)), *map(code, both)] for path, both in pairs))
    yield from more(change.fields, most, "field")


def renames_table(change: Change, most: int, sides: Sides) -> Iterator[str]:
    if change.rows and most:
        lines = ([code(key_text(row.before)), code(key_text(row.after))] for row in change.rows[:most])
        yield from table([f"key {side}" for side in sides], lines)
    yield from more(change.rows, most, "renamed row")


def cells_table(change: Change, most: int, sides: Sides, *, changed: bool = False) -> Iterator[str]:
    """One line per cell; of a table that is made anew, one per row."""
    if not change.cells:
        return
    cells = grid(change)
    if is_made_anew(change):
        few = min(most, FEW)
        yield from (size_text(cells), "")
        header = [*cells.keys, *cells.attributes]
        rows = (
            [*cells.key_texts(row), *(_new(row.cells.get(n)) for n in cells.attributes)] for row in cells.rows[:few]
        )
        if few:
            yield from table(map(_name, header), ((code(text) if text else "" for text in row) for row in rows))
        if left := cells.rows[few:]:
            yield from (f"… and {more_rows_text([row.cells.values() for row in left])}, {IN_JSON}", "")
        return
    header = ["", *map(_name, cells.keys), "attribute", *sides, *(["last changed"] if changed else [])]
    every = [(row, cell) for row in cells.rows for cell in row.cells.values()]
    ordered = deletions_first(every, lambda each: each[1].action)
    lines, left_out = ordered[:most], [cell for _, cell in ordered[most:]]
    if most:
        yield from table(header, (_cell(cells.key_texts(row), cell, changed) for row, cell in lines))
    if left_out:
        yield from (f"… and {more_cells_text(left_out)}, {IN_JSON}", "")


def more(things: Sized, most: int, word: str, of: str = "plan") -> list[str]:
    left = len(things) - most
    return [f"… and {counted(left, f'more {word}')}, all of them in the {of}'s JSON", ""] if left > 0 else []


def short(text: str) -> str:
    return code(escaped(shortened(text)))


def bounded(name: str) -> str:
    """A name in full, and no more of what is none."""
    return code(escaped(shortened(name, LONGEST_NAME)))


def _cell(keys: tuple[str, ...], cell: CellChange, changed: bool) -> Iterator[str]:
    yield f"{SYMBOLS[cell.action]} {cell.action.value}"
    yield from (code(text) if text else "" for text in keys)
    yield code(shown(cell.attribute))
    yield from map(code, shown_sides(cell.before, cell.after))
    if changed:
        yield f"{utc_text(cell.modified)} {prose(cell.region)}".rstrip() if cell.modified else ""


def _new(cell: CellChange | None) -> str:
    return shown_short(cell.after) if cell else ""


def _name(name: str) -> str:
    return prose(shown(name))


def _line(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"
