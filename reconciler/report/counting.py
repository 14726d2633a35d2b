"""Counts rows and cells by action, for every form of report.

- A row is the record of one key. The default record has no key, so it is not a row; its cells count as cells.
- A row without a live value is added. A row without a value after apply is deleted. Any other row is changed.
- A table that is created, deleted or replaced counts with all its rows and cells. A deleted attribute counts with its
  cells.
- A row with a new key is renamed. If its cells change too, it is also changed.
- A blocked change has no counts, because apply skips it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from reconciler.messages import counted
from reconciler.model import Action, CellChange, Change

Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CellCounts:
    """Numbers of cells."""

    create: int = 0
    update: int = 0
    delete: int = 0

    def __bool__(self) -> bool:
        return bool(self.create or self.update or self.delete)


@dataclass(frozen=True)
class RowCounts:
    """Numbers of rows."""

    create: int = 0
    update: int = 0
    delete: int = 0
    rename: int = 0

    def __bool__(self) -> bool:
        return bool(self.create or self.update or self.delete or self.rename)


@dataclass(frozen=True)
class Counts:
    """Rows and cells of one change, or of many."""

    rows: RowCounts = RowCounts()
    cells: CellCounts = CellCounts()

    def __bool__(self) -> bool:
        return bool(self.rows or self.cells)


def change_counts(change: Change) -> Counts:
    """Returns what apply would do to the rows and cells of one change."""
    if change.action is Action.BLOCKED:
        return Counts()
    counts = Counts(row_counts(change.table.cells, len(change.table.rows)), cell_counts(change.table.cells))
    return total([counts, lost_counts(change)])


def lost_counts(change: Change) -> Counts:
    """Returns the stored rows and cells that AWS deletes with a table or an attribute."""
    if change.action not in (Action.DELETE, Action.REPLACE):
        return Counts()
    size = change.table.size
    return Counts(RowCounts(delete=size.rows), CellCounts(delete=sum(size.cells.values())))


def cell_counts(cells: Iterable[CellChange]) -> CellCounts:
    """Returns how many of these cells are added, changed and deleted."""
    counts = Counter(cell.action for cell in cells)
    return CellCounts(counts[Action.CREATE], counts[Action.UPDATE], counts[Action.DELETE])


def row_counts(cells: Iterable[CellChange], renamed: int = 0) -> RowCounts:
    """Returns how many rows these cells belong to, by the row's action."""
    counts = Counter(row_action(row) for row in by_row(cells).values())
    return RowCounts(counts[Action.CREATE], counts[Action.UPDATE], counts[Action.DELETE], renamed)


def by_row(cells: Iterable[CellChange]) -> dict[Key, list[CellChange]]:
    """Returns the cells of each row. Cells of the default record are left out."""
    rows: dict[Key, list[CellChange]] = {}
    for cell in cells:
        if cell.key:
            rows.setdefault(tuple(sorted(cell.key.items())), []).append(cell)
    return rows


def row_action(cells: Iterable[CellChange]) -> Action:
    """Returns the action of the row that these cells belong to: create, update or delete."""
    rows, actions = set(), set()
    for cell in cells:
        rows.add(cell.row)
        actions.add(cell.action)
    # Older plan files have no action per row. Then the differing cells decide.
    known = rows if rows and None not in rows else actions
    return known.pop() or Action.UPDATE if len(known) == 1 else Action.UPDATE


def total(counts: Iterable[Counts]) -> Counts:
    """Returns the sum of several counts."""
    sums: Counter[str] = Counter()
    for count in counts:
        sums.update({f"row {name}": number for name, number in vars(count.rows).items()})
        sums.update({f"cell {name}": number for name, number in vars(count.cells).items()})
    rows = RowCounts(sums["row create"], sums["row update"], sums["row delete"], sums["row rename"])
    return Counts(rows, CellCounts(sums["cell create"], sums["cell update"], sums["cell delete"]))


def groups(counts: Counts) -> list[str]:
    """Returns `rows: 80 added, 12 changed, 1,124 deleted` and `cells: …`. Groups without any number are left out."""
    return _groups(counts, always=("added", "changed", "deleted"))


def short_groups(counts: Counts) -> list[str]:
    """Returns the groups of one change without zeros: `rows: 85 deleted`, `cells: 255 deleted`."""
    return _groups(counts, always=())


def change_size_text(change: Change) -> str:
    """Returns the size of one change: `rows: 250 added and the default record · cells: 501 added`."""
    counts = change_counts(change)
    parts = short_groups(counts)
    if counts and any(not cell.key for cell in change.table.cells):
        default = "the default record"
        parts = [f"{parts[0]} and {default}", *parts[1:]] if counts.rows else [default, *parts]
    return " · ".join(parts)


def deleted_text(counts: Counts) -> str:
    """Returns the deleted rows and cells: `281 rows, 843 cells`. Empty if nothing is deleted."""
    numbers = ((counts.rows.delete, "row"), (counts.cells.delete, "cell"))
    return ", ".join(counted(number, noun) for number, noun in numbers if number)


def more_rows_text(rows: Collection[Iterable[CellChange]]) -> str:
    """Returns the rows that a shortened grid leaves out: `210 more rows (10 added, 200 deleted)`.

    `rows` has the cells of each row.
    """
    counts = Counter(row_action(row) for row in rows)
    numbers = RowCounts(counts[Action.CREATE], counts[Action.UPDATE], counts[Action.DELETE])
    return f"{counted(len(rows), 'more row')} ({numbers_text(numbers)})"


def numbers_text(counts: CellCounts | RowCounts, always: Iterable[str] = ()) -> str:
    """Returns `80 added, 12 changed, 1,124 deleted`. A zero appears only if its word is in `always`."""
    words = {"create": "added", "update": "changed", "delete": "deleted", "rename": "renamed"}
    numbers = {words[name]: number for name, number in vars(counts).items()}
    return ", ".join(f"{number:,} {word}" for word, number in numbers.items() if number or word in always)


def _groups(counts: Counts, always: Iterable[str]) -> list[str]:
    named = (("rows", counts.rows), ("cells", counts.cells))
    return [f"{name}: {numbers_text(numbers, always)}" for name, numbers in named if numbers]
