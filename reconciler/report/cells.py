"""Groups cells into rows for the tables of every report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from reconciler.messages import counted
from reconciler.model import Action, CellChange, Change, FieldChange, in_words
from reconciler.report.counting import row_action
from reconciler.report.ordering import deletions_first
from reconciler.report.visible import DEFAULT_RECORD, visible_text


@dataclass(frozen=True)
class GridRow:
    """The differing cells of one record, by attribute."""

    key: Mapping[str, str]
    cells: Mapping[str, CellChange]

    @cached_property
    def action(self) -> Action:
        """The action of the whole row."""
        return row_action(self.cells.values())

    @property
    def has_deleted_cells(self) -> bool:
        return any(cell.action is Action.DELETE for cell in self.cells.values())

    @property
    def is_whole(self) -> bool:
        """Returns whether only one side exists. Such values need no arrow."""
        return self.action in (Action.CREATE, Action.DELETE)


@dataclass(frozen=True)
class Grid:
    """A table of differing cells.

    `keys` are the names of the primary attributes. `attributes` are the names of attributes with a difference. Both
    have the table's order.
    """

    keys: tuple[str, ...]
    attributes: tuple[str, ...]
    rows: tuple[GridRow, ...]
    cells: int

    def key_texts(self, row: GridRow) -> tuple[str, ...]:
        """Returns one text per key column, never shortened.

        The default record has no key; its name is in the first column.
        """
        if not self.keys:
            return ()
        texts = tuple(visible_text(in_words(row.key[name])) if name in row.key else "" for name in self.keys)
        return texts if row.key else (DEFAULT_RECORD, *texts[1:])

    def named(self, row: GridRow) -> str:
        """Returns the row's key as one text: `Region EU, Branch 001`."""
        if not self.keys:
            return "row"
        pairs = zip(self.keys, self.key_texts(row), strict=True)
        return ", ".join(f"{visible_text(name)} {text}" if row.key else text for name, text in pairs if text)


def grid(change: Change) -> Grid:
    """Returns the rows of a change: deleted rows first, then rows that lose cells, then changed and added ones."""
    by_key: dict[tuple[tuple[str, str], ...], dict[str, CellChange]] = {}
    for cell in change.table.cells:
        by_key.setdefault(tuple(sorted(cell.key.items())), {})[cell.attribute] = cell
    names: dict[str, str] = {}  # of the keys, in the order of their first appearance
    for key in by_key:
        names |= dict(key)
    primaries = [*change.table.columns, *(key.name for key in change.table.keys)]
    attributes = in_order((cell.attribute for cell in change.table.cells), change.table.columns)
    rows = [GridRow(dict(key), _arranged(cells, attributes)) for key, cells in by_key.items()]
    return Grid(
        # If only the default record differs, there is no key to show.
        keys=in_order(names, primaries) or ("record",),
        attributes=attributes,
        rows=tuple(_deletions_first(rows)),
        cells=len(change.table.cells),
    )


def lost_rows(change: Change) -> Grid | None:
    """Returns the stored rows that AWS deletes with a table or an attribute; `None` if there are none."""
    stored: list[dict[str, str]] = []
    for field in change.fields:
        if is_lost(field):
            stored += field.before
    if not stored:
        return None
    names = in_order(chain.from_iterable(stored), change.table.columns)
    rows: list[GridRow] = []
    for row in stored:
        cells = {name: CellChange(Action.DELETE, {}, name, text, None, "TEXT", ()) for name, text in row.items()}
        rows.append(GridRow({}, _arranged(cells, names)))
    return Grid((), names, tuple(rows), sum(map(len, stored)))


def is_lost(field: FieldChange) -> bool:
    """Returns whether the field holds the stored rows of a deleted table or attribute:

    `values`, a list of plain rows.
    """
    if field.path != "values" or field.after is not None or not isinstance(field.before, list):
        return False
    return all(isinstance(row, dict) and all(isinstance(text, str) for text in row.values()) for row in field.before)


def _deletions_first(rows: Iterable[GridRow]) -> list[GridRow]:
    losing = deletions_first(rows, lambda row: Action.DELETE if row.has_deleted_cells else Action.UPDATE)
    return deletions_first(losing, lambda row: row.action)


def size_text(table: Grid) -> str:
    """Returns the size of a table: `250 rows and the default record, 501 cells`."""
    keyed = sum(1 for row in table.rows if row.key or not table.keys)
    default = ["the default record"] if keyed < len(table.rows) else []
    rows = " and ".join([*([counted(keyed, "row")] if keyed else []), *default])
    return f"{rows}, {counted(table.cells, 'cell')}"


def creates(change: Change) -> bool:
    """Returns whether the change creates a resource, so that a report shows only the declared side."""
    return change.action in (Action.CREATE, Action.REPLACE)


def in_order(names: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """Returns each name once: known names in their order, then the others in order of appearance."""
    unique = dict.fromkeys(names)
    first = dict.fromkeys(name for name in known if name in unique)
    return tuple(first | unique)


def _arranged(cells: Mapping[str, CellChange], attributes: Iterable[str]) -> dict[str, CellChange]:
    return {name: cells[name] for name in attributes if name in cells}
