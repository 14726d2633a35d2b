"""Cells → rows: what the tables of every report are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.model import Action, CellChange, Change
from reconciler.report.summary import counted
from reconciler.report.visible import DEFAULT_RECORD, LONGEST, shown_short


@dataclass(frozen=True)
class Row:
    """The differing cells of one record, by attribute."""

    key: Mapping[str, str]
    cells: Mapping[str, CellChange]

    @property
    def action(self) -> Action:
        """That of its cells, where it is one."""
        actions = {cell.action for cell in self.cells.values()}
        return actions.pop() if len(actions) == 1 else Action.UPDATE


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
    by_key: dict[tuple[tuple[str, str], ...], dict[str, CellChange]] = {}
    for cell in change.cells:
        by_key.setdefault(tuple(sorted(cell.key.items())), {})[cell.attribute] = cell
    return Grid(
        # A table whose default record alone differs has no key to show.
        keys=_in_order(name for key in by_key for name, _ in key) or ("record",),
        attributes=_in_order(cell.attribute for cell in change.cells),
        rows=tuple(Row(dict(key), cells) for key, cells in by_key.items()),
        cells=len(change.cells),
    )


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
