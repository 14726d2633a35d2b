"""Reads a file of agents as the function would, or raises an error that says why it is none."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.errors import ManifestError, Mistake, Source, UsageError
from reconciler.lambdas.agents.rows import Sheet, read_sheet, too_many
from reconciler.lambdas.agents.table import LARGEST, MOST_RECORDS, TOO_LARGE, Table, decoded, read_table

_COLUMNS = "its header must have the console's columns, such as first name, last name, user login"


@dataclass(frozen=True)
class AgentFile:
    """A file of agents. `name` is its path for people."""

    name: str
    table: Table

    def sheet(self, identity_type: str) -> Sheet:
        """Returns the rows by the rules of this way to sign in; an empty one means any. Too many are all refused."""
        sheet = read_sheet(self.table, identity_type)
        return replace(sheet, rows=tuple(too_many(sheet.rows)))

    def place(self, row: int) -> Source:
        """Returns the place of a row. Rows count as in a spreadsheet, so it is the file if a cell has line ends."""
        has_breaks = any("\n" in cell or "\r" in cell for record in self.table.records for cell in record.cells)
        return Source(self.name) if has_breaks else Source(self.name, row, 1)


def read_file(path: Path) -> AgentFile:
    """Reads a file. Raises `UsageError` if there is none, and `ManifestError` if it is not a file of agents."""
    name = os.fsencode(path).decode(errors="replace").replace(os.sep, "/")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"{name} does not exist") from None
    except OSError as error:
        raise ManifestError([Mistake(Source(name), f"cannot be read: {error.strerror}")]) from error
    text = decoded(content)
    table = read_table(text, MOST_RECORDS) if text is not None else None
    if table is None:
        raise ManifestError([Mistake(Source(name), f"is not a file of agents; {_COLUMNS}")])
    if table.has_more or len(content) > LARGEST:
        raise ManifestError([Mistake(Source(name), TOO_LARGE)])
    return AgentFile(name, table)
