"""Reads CSV (RFC 4180) into a header and rows with their lines. An empty cell is `None`, a quoted empty cell is "".

Python's own reader does not distinguish the two before 3.12, so a pattern reads cell by cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reconciler.documents.conflicts import merge_conflicts
from reconciler.documents.hints import brief
from reconciler.errors import Alike, Mistake, Source

MOST_MISTAKES = 100  # in one file
MOST_COLUMNS = 1000  # ten times the columns that a table may have
MOST_SEPARATORS = 1_000_000  # commas and line ends; reading so many takes some seconds
Cells = tuple[str | None, ...]
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
# Possessive quantifiers: a quote that is never closed is tried only once.
_CELLS = {
    mark: re.compile(rf'(?:"([^"]*+(?:""[^"]*+)*+)"|([^"{mark}\r\n]*+))({mark}|\r\n|\n|\r|\Z)') for mark in SEPARATORS
}
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
_LINE_END = re.compile(r"\r\n|\n|\r")
_TYPOGRAPHIC = "“”„‟«»‘’"
_SPECIAL = re.compile(r'[,"\r\n]')


class CsvRow(NamedTuple):
    cells: Cells
    line: int
    start: int  # its offset in the text

    @property
    def is_empty(self) -> bool:
        """True if every cell is absent, as in the empty rows that a spreadsheet leaves at the end."""
        return not any(cell is not None for cell in self.cells)


@dataclass(frozen=True)
class CsvTable:
    """A file whose rows all have one cell per column. `place` is computed only on request."""

    file: str
    text: str
    header: tuple[str, ...]
    rows: tuple[CsvRow, ...]
    header_row: CsvRow
    separator: str = ","

    def place(self, row: CsvRow, column: int) -> Source:
        """Returns the position where a row's cell begins."""
        at = row.start
        for _ in range(column):
            cell = _CELLS[self.separator].match(self.text, at)
            at = cell.end() if cell else at
        ends = list(_LINE_END.finditer(self.text, row.start, at))
        begun = ends[-1].end() if ends else row.start
        return Source(self.file, row.line + len(ends), at - begun + 1)


class CsvText(NamedTuple):
    table: CsvTable | None
    mistakes: tuple[Mistake, ...]


def read_csv(text: str, file: str) -> CsvText:
    """Reads every readable row. A damaged line is a mistake, and reading continues after it."""
    table, mistakes = read_sheet(text, file)
    if table is None:
        return CsvText(None, mistakes)
    if separator := _separator(table.header_row):
        mark, hint = separator
        return CsvText(None, (Mistake(_place(text, text.find(mark, table.header_row.start), file), hint),))
    return CsvText(table, (*_at_most(list(_header_mistakes(table)), file), *mistakes))


def header_of(text: str, separator: str) -> CsvRow | None:
    """Returns the first row, or `None` if there is none or it is damaged."""
    first = next(_rows(text, "", _CELLS[separator]), None)
    return first if isinstance(first, CsvRow) else None


def read_sheet(text: str, file: str, separator: str = ",") -> CsvText:
    """Reads every readable row of a file with any of the separators. The names of its columns are not checked."""
    if (at := text.find("\0")) >= 0:
        return CsvText(
            None, (Mistake(_place(text, at, file), "has a NUL byte, so it is not CSV text; save it as UTF-8"),)
        )
    if conflicts := merge_conflicts(text, file):
        return CsvText(None, conflicts)
    if sum(map(text.count, f"{separator}\r\n")) > MOST_SEPARATORS:
        return CsvText(None, (Mistake(Source(file), f"has more than {MOST_SEPARATORS} cells; split the table"),))
    read = list(_rows(text, file, _CELLS[separator]))
    rows = [row for row in read if isinstance(row, CsvRow)]
    damage = [row for row in read if isinstance(row, Mistake)]
    if not rows:
        empty = Mistake(Source(file, 1, 1), "is empty; write the names of the attributes in its first line")
        return CsvText(None, tuple(damage) or (empty,))
    header, *body = rows
    if len(header.cells) > MOST_COLUMNS:
        wide = f"has more than {MOST_COLUMNS} columns; keep the attributes of one table, and save it with commas"
        return CsvText(None, (Mistake(Source(file, header.line, 1), wide),))
    names = tuple(cell or "" for cell in header.cells)
    table = CsvTable(file, text, names, tuple(row for row in body if len(row.cells) == len(names)), header, separator)
    return CsvText(table, (*_at_most(damage, file), *_ragged(table, body)))


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """Returns the canonical text, with LF and only the necessary quotes.

    A row of one absent cell is left out, because it would be a blank line.
    """
    lines = [",".join(map(_written, row)) for row in (header, *rows) if tuple(row) != (None,)]
    return "".join(f"{line}\n" for line in lines)


def _written(cell: str | None) -> str:
    if cell is None:
        return ""
    return '"' + cell.replace('"', '""') + '"' if not cell or _SPECIAL.search(cell) else cell


def _rows(text: str, file: str, pattern: re.Pattern[str]) -> Iterator[CsvRow | Mistake]:
    """Yields rows and damaged lines in order. Blank lines are skipped."""
    at, line, damaged = 0, 1, 0
    while at < len(text) and damaged < MOST_MISTAKES:
        row, at, line = _row(text, at, Source(file, line), pattern)
        damaged += isinstance(row, Mistake)
        if row[0] != (None,):
            yield row


def _row(text: str, start: int, place: Source, pattern: re.Pattern[str]) -> tuple[CsvRow | Mistake, int, int]:
    """Returns the row, the offset of the next one, and the next one's line."""
    cells: list[str | None] = []
    at, breaks, line = start, 0, place.line
    while cell := pattern.match(text, at):
        quoted, bare, end = cell.groups()
        if quoted is None:
            cells.append(bare or None)
        else:
            cells.append(quoted.replace('""', '"'))
            breaks += len(_LINE_END.findall(quoted))
        at = cell.end()
        if end not in SEPARATORS:
            return CsvRow(tuple(cells), line, start), at, line + breaks + 1
    last = text[start:at]
    column = at - start - max(last.rfind("\n"), last.rfind("\r"))
    after = _LINE_END.search(text, at)
    damage = Mistake(Source(place.file, line + breaks, column), _damage(text, at, line + breaks))
    return damage, after.end() if after else len(text), line + breaks + 1


def _damage(text: str, at: int, line: int) -> str:
    """Returns the message about the damaged cell that begins at the offset."""
    if text[at] != '"':
        return 'a quote inside a cell: put the whole cell in quotes, and write the quote twice ("")'
    if quoted := _QUOTED.match(text, at):
        if breaks := len(_LINE_END.findall(quoted[0])):
            closed = f"the quote opened here is closed only in line {line + breaks}, and text follows it there"
            return f'{closed}: close it in its own line, or write a quote inside a quoted cell twice ("")'
        return 'text after a closing quote: write a quote inside a quoted cell twice ("")'
    return 'the quote opened here is never closed; close it, or write a literal quote twice ("")'


def _place(text: str, at: int, file: str) -> Source:
    ends = list(_LINE_END.finditer(text, 0, at))
    return Source(file, len(ends) + 1, at - (ends[-1].end() if ends else 0) + 1)


def _separator(header: CsvRow) -> tuple[str, str] | None:
    """Returns the separator used instead of the comma, with its message: the header is then a single cell."""
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header.cells) == 1 and mark in (header.cells[0] or ""):
            return mark, f"the columns are separated by {name}; save the file with commas"
    return None


def _header_mistakes(table: CsvTable) -> Iterator[Mistake]:
    counts = Counter[str]()
    for column, name in enumerate(table.header):
        counts[name] += 1
        if name.strip() == name and name and counts[name] != 2:
            continue
        place = table.place(table.header_row, column)
        if not name.strip():
            yield Mistake(place, f"column {column + 1} has no name; name its attribute, or delete the column")
        elif name != name.strip():
            yield Mistake(place, f"the column name {brief(name)} has spaces around it; delete them")
        else:
            yield Mistake(place, f"the column {brief(name)} is repeated; delete one of them")


def _ragged(table: CsvTable, rows: Iterable[CsvRow]) -> Iterator[Mistake]:
    wanted, separator = len(table.header), SEPARATORS[table.separator]
    for row in rows:
        if len(row.cells) != wanted and not row.is_empty:
            cells = f"{_cells(len(row.cells))}, the header {wanted}"
            more = len(row.cells) > wanted
            remedy = _with_quotes(row, separator) if more else f"write a {separator} for each absent cell"
            place = table.place(row, wanted if more else 0)
            yield Mistake(place, f"the row has {cells}; {remedy}", Alike(f"rows have {cells}", remedy=remedy))


def _with_quotes(row: CsvRow, separator: str) -> str:
    """Returns the remedy for a row with too many separators."""
    text = "".join(filter(None, row.cells))
    odd = sorted({letter for letter in _TYPOGRAPHIC if letter in text})
    if odd:
        return f'{" ".join(odd)} are not CSV quotes; put a text with a {separator} in straight quotes: "a, b"'
    return f"put a text with a {separator} in quotes"


def _cells(number: int) -> str:
    return f"{number} cell" if number == 1 else f"{number} cells"


def _at_most(mistakes: list[Mistake], file: str) -> list[Mistake]:
    if len(mistakes) < MOST_MISTAKES:
        return mistakes
    return [
        *mistakes[:MOST_MISTAKES],
        Mistake(Source(file), f"has {MOST_MISTAKES} mistakes or more; the rest are not listed"),
    ]
