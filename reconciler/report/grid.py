"""Cells → rows: what the tables of every report are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.model import Action, CellChange, Change
from reconciler.plurals import counted
from reconciler.report.counting import row_action
from reconciler.report.ordering import deletions_first
from reconciler.report.visible import DEFAULT_RECORD, LONGEST, shown_short


@dataclass(frozen=True)
class Row:
    """The differing cells of one record, by attribute."""

    key: Mapping[str, str]
    cells: Mapping[str, CellChange]

    @property
    def action(self) -> Action:
        """Returns what becomes of the row."""
        return row_action(self.cells.values())

    @property
    def has_deleted_cells(self) -> bool:
        return any(cell.action is Action.DELETE for cell in self.cells.values())


@dataclass(frozen=True)
class Grid:
    """`keys`: the names of the primary attributes; `attributes`: those of which a cell differs, as they first occur."""

    keys: tuple[str, ...]
    attributes: tuple[str, ...]
    rows: tuple[Row, ...]
    cells: int

    def key_texts(self, row: Row, longest: int = LONGEST) -> tuple[str, ...]:
        """One per key column; the default record, which has no key, is named in the first."""
        texts = tuple(shown_short(row.key[name], longest) if name in row.key else "" for name in self.keys)
        return texts if row.key else (DEFAULT_RECORD, *texts[1:])


def grid(change: Change) -> Grid:
    """Returns the rows of a change: deleted ones first, then those that lose cells."""
    by_key: dict[tuple[tuple[str, str], ...], dict[str, CellChange]] = {}
    for cell in change.cells:
        by_key.setdefault(tuple(sorted(cell.key.items())), {})[cell.attribute] = cell
    return Grid(
        # A table whose default record alone differs has no key to show.
        keys=_in_order(name for key in by_key for name, _ in key) or ("record",),
        attributes=_in_order(cell.attribute for cell in change.cells),
        rows=tuple(_deletions_first(Row(dict(key), cells) for key, cells in by_key.items())),
        cells=len(change.cells),
    )


def _deletions_first(rows: Iterable[Row]) -> list[Row]:
    losing = deletions_first(rows, lambda row: Action.DELETE if row.has_deleted_cells else Action.UPDATE)
    return deletions_first(losing, lambda row: row.action)


def size_text(table: Grid) -> str:
    """`250 rows and the default record, 501 cells`."""
    keyed = sum(1 for row in table.rows if row.key)
    default = ["the default record"] if keyed < len(table.rows) else []
    rows = " and ".join([*([counted(keyed, "row")] if keyed else []), *default])
    return f"{rows}, {counted(table.cells, 'cell')}"


def is_made_anew(change: Change) -> bool:
    """Whether only what will be there is worth a word: nothing was there, or nothing of it stays."""
    return change.action in (Action.CREATE, Action.REPLACE)


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
