"""Cells → rows: what the tables of every report are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from reconciler.model import Action, CellChange, Change, FieldChange, in_words
from reconciler.plurals import counted
from reconciler.report.counting import row_action
from reconciler.report.ordering import deletions_first
from reconciler.report.visible import DEFAULT_RECORD, shown


@dataclass(frozen=True)
class Row:
    """The differing cells of one record, by attribute."""

    key: Mapping[str, str]
    cells: Mapping[str, CellChange]

    @cached_property
    def action(self) -> Action:
        """Returns what becomes of the row."""
        return row_action(self.cells.values())

    @property
    def has_deleted_cells(self) -> bool:
        return any(cell.action is Action.DELETE for cell in self.cells.values())

    @property
    def is_whole(self) -> bool:
        """Whether only one side exists, so that its values need no arrow."""
        return self.action in (Action.CREATE, Action.DELETE)


@dataclass(frozen=True)
class Grid:
    """`keys`: the names of the primary attributes; `attributes`: those of which a cell differs; both in the table's own
    order."""

    keys: tuple[str, ...]
    attributes: tuple[str, ...]
    rows: tuple[Row, ...]
    cells: int

    def key_texts(self, row: Row) -> tuple[str, ...]:
        """One per key column, never shortened; the default record, which has no key, is named in the first."""
        if not self.keys:
            return ()
        texts = tuple(shown(in_words(row.key[name])) if name in row.key else "" for name in self.keys)
        return texts if row.key else (DEFAULT_RECORD, *texts[1:])

    def named(self, row: Row) -> str:
        """The row's key in one piece: `Region EU, Branch 001`."""
        if not self.keys:
            return "row"
        pairs = zip(self.keys, self.key_texts(row), strict=True)
        return ", ".join(f"{shown(name)} {text}" if row.key else text for name, text in pairs if text)


def grid(change: Change) -> Grid:
    """Returns the rows of a change: deleted ones first, then those that lose cells, then changed and added ones."""
    by_key: dict[tuple[tuple[str, str], ...], dict[str, CellChange]] = {}
    for cell in change.cells:
        by_key.setdefault(tuple(sorted(cell.key.items())), {})[cell.attribute] = cell
    primaries = [*change.columns, *(name for name, _, _ in change.keys)]
    attributes = in_order((cell.attribute for cell in change.cells), change.columns)
    rows = [Row(dict(key), _arranged(cells, attributes)) for key, cells in by_key.items()]
    return Grid(
        # A table whose default record alone differs has no key to show.
        keys=in_order((name for key in by_key for name, _ in key), primaries) or ("record",),
        attributes=attributes,
        rows=tuple(_deletions_first(rows)),
        cells=len(change.cells),
    )


def lost_rows(change: Change) -> Grid | None:
    """Returns the stored rows that a deleted table or attribute takes with it; `None` if there are none."""
    found = [row for field in change.fields if is_lost(field) for row in field.before]
    if not found:
        return None
    names = in_order((name for row in found for name in row), change.columns)
    rows = tuple(Row({}, {name: _lost_cell(name, row[name]) for name in names if name in row}) for row in found)
    return Grid((), names, rows, sum(map(len, found)))


def is_lost(field: FieldChange) -> bool:
    """Whether the field is the stored rows of what is deleted: `values`, a list of plain rows."""
    if field.path != "values" or field.after is not None or not isinstance(field.before, list):
        return False
    return all(isinstance(row, dict) and all(isinstance(text, str) for text in row.values()) for row in field.before)


def _lost_cell(name: str, text: str) -> CellChange:
    return CellChange(Action.DELETE, {}, name, text, None, "TEXT", ())


def _deletions_first(rows: Iterable[Row]) -> list[Row]:
    losing = deletions_first(rows, lambda row: Action.DELETE if row.has_deleted_cells else Action.UPDATE)
    return deletions_first(losing, lambda row: row.action)


def size_text(table: Grid) -> str:
    """`250 rows and the default record, 501 cells`."""
    keyed = sum(1 for row in table.rows if row.key or not table.keys)
    default = ["the default record"] if keyed < len(table.rows) else []
    rows = " and ".join([*([counted(keyed, "row")] if keyed else []), *default])
    return f"{rows}, {counted(table.cells, 'cell')}"


def is_made_anew(change: Change) -> bool:
    """Whether only what will be there is worth a word: nothing was there, or nothing of it stays."""
    return change.action in (Action.CREATE, Action.REPLACE)


def in_order(names: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """Each name once: known ones in the order that is known, others as they first occur."""
    found = dict.fromkeys(names)
    first = dict.fromkeys(name for name in known if name in found)
    return tuple(first | found)


def _arranged(cells: Mapping[str, CellChange], attributes: Iterable[str]) -> dict[str, CellChange]:
    return {name: cells[name] for name in attributes if name in cells}
