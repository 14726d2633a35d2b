"""Reads a CSV file (RFC 4180) of any separator into a header and records with their rows.

Rows count as a spreadsheet counts them: the header is row 1, blank lines count, line ends inside a cell do not.
"""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from reconciler.lambdas.agents.headers import column_of, is_of_agents, known_columns

SEPARATORS = (",", ";", "\t")
HEADER_LINES = 3  # one public exporter breaks its header into three lines
LARGEST = 10 << 20  # bytes; 5,000 rows have about 1 MB
MOST_RECORDS = 20_000  # a function with 512 MB of memory reads them
TOO_LARGE = f"the file has more than {LARGEST >> 20} MB or {MOST_RECORDS:,} rows; split it, and upload each part"


class Record(NamedTuple):
    """One row with its cells, or with the `damage` that keeps it from being read."""

    row: int
    cells: Sequence[str]
    damage: str = ""


@dataclass(frozen=True)
class Table:
    """A file whose header is one of agents. `has_more`: it has more records than were asked for."""

    names: tuple[str, ...]
    records: tuple[Record, ...]
    has_more: bool = False


def decoded(content: bytes) -> str | None:
    """Returns the text of a file; `None` if it is binary.

    A byte that is not UTF-8 becomes a lone surrogate, so that one damaged row does not hide the others.
    """
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")  # "Unicode text" of a spreadsheet
    if b"\0" in content:
        return None
    return content.removeprefix(BOM_UTF8).decode("utf-8", errors="surrogateescape")


def read_table(text: str, most: int | None = None) -> Table | None:
    """Reads the file, up to so many records. Returns `None` if its header is not one of agents, by any separator."""
    lines = list(io.StringIO(text, newline=""))
    separator = max(SEPARATORS, key=lambda mark: len(known_columns(_header(lines, mark)[0])))
    names, first, height = _header(lines, separator)
    if not is_of_agents(names):
        return None
    below = (record for record in _records(lines, separator) if record.row >= first + height)
    records = tuple(islice(below, most))
    return Table(names, records, has_more=next(below, None) is not None)


def _records(lines: Sequence[str], separator: str) -> Iterator[Record]:
    """Yields the records that are not blank. After a damaged one, reading continues at its second line."""
    reader, base = _reader(lines, 0, separator), 0
    row = 0
    while True:
        row += 1
        began = base + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            yield Record(row, (), _damage(str(wrong)))
            # A quote that is never closed would hide every row below it.
            reader, base = _reader(lines, began + 1, separator), began + 1
            continue
        if any(cells):
            yield Record(row, cells)


def _reader(lines: Sequence[str], start: int, separator: str) -> Any:
    return csv.reader(islice(lines, start, None), delimiter=separator, strict=True)


def _damage(message: str) -> str:
    """Returns why a record cannot be read. Python's messages name characters alone, and no cell."""
    if "unexpected end of data" in message or "field larger" in message:
        return "a quote is never closed; close it, or write a literal quote twice"
    return "text follows a closing quote; write a quote inside a quoted cell twice"


def _header(lines: Sequence[str], separator: str) -> tuple[tuple[str, ...], int, int]:
    """Returns the names, the row of the first line, and the number of lines."""
    names: list[str] = []
    first = height = 0
    for record in _records(lines, separator):
        if not names:
            names, first, height = list(record.cells), record.row, 1
            if record.damage:
                break
        elif height < HEADER_LINES and record.row == first + height and _continues(record.cells):
            # The line before ends with a separator, which makes one more cell.
            names = [*(names[:-1] if not names[-1].strip() else names), *record.cells]
            height += 1
        else:
            break
    return tuple(names), first, height


def _continues(cells: Sequence[str]) -> bool:
    """Returns whether a line has names of columns alone, so that it belongs to the header."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(column_of(cell) for cell in filled)
