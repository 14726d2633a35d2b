"""CSV (RFC 4180) → header and rows, with the line of each; an empty cell is `None`, a quoted empty one is "".

Python's own reader cannot tell the two apart (before 3.12), so a pattern reads cell by cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reconciler.documents.conflicts import merge_conflicts
from reconciler.documents.hints import shown
from reconciler.errors import Alike, Mistake, Source

MOST_MISTAKES = 100  # of one file
MOST_COLUMNS = 1000  # ten times what a table may have
MOST_SEPARATORS = 1_000_000  # commas and line ends; some seconds' worth
Cells = tuple[str | None, ...]
# Possessive, so that a quote that is never closed is tried once.
_CELL = re.compile(r'(?:"([^"]*+(?:""[^"]*+)*+)"|([^",\r\n]*+))(,|\r\n|\n|\r|\Z)')
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
_LINE_END = re.compile(r"\r\n|\n|\r")
_TYPOGRAPHIC = "“”„‟«»‘’"
_SPECIAL = re.compile(r'[,"\r\n]')


class Row(NamedTuple):
    cells: Cells
    line: int
    start: int  # where it begins in the text

    @property
    def is_empty(self) -> bool:
        """Whether every cell is absent, as in rows that a spreadsheet has left behind."""
        return not any(cell is not None for cell in self.cells)


@dataclass(frozen=True)
class CsvTable:
    """A file whose rows all have one cell for each column. `place` is worked out only when it is asked for."""

    file: str
    text: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    header_row: Row

    def place(self, row: Row, column: int) -> Source:
        """Where the cell of a row begins."""
        at = row.start
        for _ in range(column):
            found = _CELL.match(self.text, at)
            at = found.end() if found else at
        ends = list(_LINE_END.finditer(self.text, row.start, at))
        begun = ends[-1].end() if ends else row.start
        return Source(self.file, row.line + len(ends), at - begun + 1)


class CsvText(NamedTuple):
    table: CsvTable | None
    mistakes: tuple[Mistake, ...]


def read_csv(text: str, file: str) -> CsvText:
    """Every row that can be read; a damaged line is a mistake, and reading goes on after it."""
    if (at := text.find("\0")) >= 0:
        return CsvText(
            None, (Mistake(_place(text, at, file), "holds a NUL byte: this is not CSV text; save it as UTF-8"),)
        )
    if conflicts := merge_conflicts(text, file):
        return CsvText(None, conflicts)
    if sum(map(text.count, ",\r\n")) > MOST_SEPARATORS:
        return CsvText(None, (Mistake(Source(file), f"has more than {MOST_SEPARATORS} cells; split the table"),))
    read = list(_rows(text, file))
    rows = [row for row in read if isinstance(row, Row)]
    damage = [row for row in read if isinstance(row, Mistake)]
    if not rows:
        empty = Mistake(Source(file, 1, 1), "is empty; write the names of the attributes into its first line")
        return CsvText(None, tuple(damage) or (empty,))
    header, *body = rows
    if found := _separator(header):
        mark, hint = found
        return CsvText(None, (Mistake(_place(text, text.find(mark, header.start), file), hint),))
    if len(header.cells) > MOST_COLUMNS:
        wide = f"has more than {MOST_COLUMNS} columns; name the attributes of one table, and save it with commas"
        return CsvText(None, (Mistake(Source(file, header.line, 1), wide),))
    names = tuple(cell or "" for cell in header.cells)
    table = CsvTable(file, text, names, tuple(row for row in body if len(row.cells) == len(names)), header)
    mistakes = _at_most([*damage, *_header_mistakes(table)], file)
    return CsvText(table, (*mistakes, *_ragged(table, body)))


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """The canonical text: LF, quotes where needed. A row of one absent cell would be a blank line: it is left out."""
    lines = [",".join(map(_written, row)) for row in (header, *rows) if tuple(row) != (None,)]
    return "".join(f"{line}\n" for line in lines)


def _written(cell: str | None) -> str:
    if cell is None:
        return ""
    return '"' + cell.replace('"', '""') + '"' if not cell or _SPECIAL.search(cell) else cell


def _rows(text: str, file: str) -> Iterator[Row | Mistake]:
    """Rows and damage in order. Blank lines say nothing."""
    at, line, damaged = 0, 1, 0
    while at < len(text) and damaged < MOST_MISTAKES:
        row, at, line = _row(text, at, line, file)
        damaged += isinstance(row, Mistake)
        if row[0] != (None,):
            yield row


def _row(text: str, start: int, line: int, file: str) -> tuple[Row | Mistake, int, int]:
    """The row, where the next one starts, and its line."""
    cells: list[str | None] = []
    at, breaks = start, 0
    while found := _CELL.match(text, at):
        quoted, bare, end = found.groups()
        if quoted is None:
            cells.append(bare or None)
        else:
            cells.append(quoted.replace('""', '"'))
            breaks += len(_LINE_END.findall(quoted))
        at = found.end()
        if end != ",":
            return Row(tuple(cells), line, start), at, line + breaks + 1
    last = text[start:at]
    column = at - start - max(last.rfind("\n"), last.rfind("\r"))
    after = _LINE_END.search(text, at)
    damage = Mistake(Source(file, line + breaks, column), _damage(text, at, line + breaks))
    return damage, after.end() if after else len(text), line + breaks + 1


def _damage(text: str, at: int, line: int) -> str:
    """What is wrong with the cell that begins there."""
    if text[at] != '"':
        return 'a quote inside a cell: put the whole cell in quotes, and write the quote twice ("")'
    if quoted := _QUOTED.match(text, at):
        if breaks := len(_LINE_END.findall(quoted[0])):
            closed = f"the quote that opens here is closed only in line {line + breaks}, where text follows it"
            return f'{closed}: close it in its own line, or write a quote inside a quoted cell twice ("")'
        return 'text after a closing quote: a quote inside a quoted cell is written twice ("")'
    return 'a quote that is opened here is never closed; close it, or write one that is meant as it is twice ("")'


def _place(text: str, at: int, file: str) -> Source:
    ends = list(_LINE_END.finditer(text, 0, at))
    return Source(file, len(ends) + 1, at - (ends[-1].end() if ends else 0) + 1)


def _separator(header: Row) -> tuple[str, str] | None:
    """Another separator than the comma makes a header of one cell."""
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header.cells) == 1 and mark in (header.cells[0] or ""):
            return mark, f"the columns are separated by {name}; save the file with commas"
    return None


def _header_mistakes(table: CsvTable) -> Iterator[Mistake]:
    seen = Counter[str]()
    for column, name in enumerate(table.header):
        seen[name] += 1
        if name.strip() == name and name and seen[name] != 2:
            continue
        place = table.place(table.header_row, column)
        if not name.strip():
            yield Mistake(place, f"column {column + 1} has no name; name its attribute, or delete the column")
        elif name != name.strip():
            yield Mistake(place, f"the column name {shown(name)} has spaces around it; delete them")
        else:
            yield Mistake(place, f"the column {shown(name)} is here twice; delete one of them")


def _ragged(table: CsvTable, rows: Iterable[Row]) -> Iterator[Mistake]:
    wanted = len(table.header)
    for row in rows:
        if len(row.cells) != wanted and not row.is_empty:
            cells = f"{_cells(len(row.cells))}, the header {wanted}"
            more = len(row.cells) > wanted
            remedy = _with_quotes(row) if more else "write a comma for each cell that is absent"
            place = table.place(row, wanted if more else 0)
            yield Mistake(place, f"the row has {cells}; {remedy}", Alike(f"rows have {cells}", remedy=remedy))


def _with_quotes(row: Row) -> str:
    """What is to be done about a comma too many."""
    odd = sorted({letter for cell in row.cells for letter in _TYPOGRAPHIC if letter in (cell or "")})
    if odd:
        return f'{" ".join(odd)} are not CSV quotes; put a text with a comma in straight quotes: "a, b"'
    return "a text with a comma must be in quotes"


def _cells(number: int) -> str:
    return f"{number} cell{'s' * (number != 1)}"


def _at_most(mistakes: list[Mistake], file: str) -> list[Mistake]:
    if len(mistakes) < MOST_MISTAKES:
        return mistakes
    return [
        *mistakes[:MOST_MISTAKES],
        Mistake(Source(file), f"has {MOST_MISTAKES} mistakes or more; the rest is not said"),
    ]
