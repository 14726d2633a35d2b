"""Compares declared with live records and returns the cells and keys that differ.

The typed values of the primary attributes identify a row. Cells are compared by meaning: `2.0` and `2` are equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.model import Action, CellChange, Key, Live, LiveCell, LiveRecord, Mode, Record, Records, RowChange, Size
from reconciler.model.cells import identity, primary_keys, same

Identity = tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """A table's attributes after the change.

    `of`: attributes by name. `left_alone`: attributes whose cells must not change. `renamed`: live name → new name.
    `named`: turns the ids in a text into references.
    """

    of: Mapping[str, Any]
    left_alone: Collection[str]
    renamed: Mapping[str, str]
    named: Callable[[str], str]

    @property
    def primaries(self) -> tuple[Key, ...]:
        return primary_keys(self.of.values())


@dataclass(frozen=True)
class RowsDiff:
    cells: tuple[CellChange, ...] = ()
    rows: tuple[RowChange, ...] = ()
    unchanged: int = 0
    undeclared: int = 0  # Live rows that stay although no manifest declares them.
    both: tuple[RowChange, ...] = ()  # Impossible moves, because both keys are live.
    size: Size = Size()  # The size before the change, under the new names of attributes.
    alike: tuple[tuple[Mapping[str, str], Mapping[str, str]], ...] = ()  # Keys that AWS may treat as one row or two.


def last_changed(live: Live, cells: Collection[CellChange]) -> Live | CellChange:
    """Returns the table or the differing cell that was changed last. AWS keeps a time for each of them."""
    newest: Live | CellChange = live
    for cell in cells:
        if cell.modified and (newest.modified is None or cell.modified > newest.modified):
            newest = cell
    return newest


def diff_rows(declared: Records, live: Collection[LiveRecord], columns: Columns) -> RowsDiff:
    """Compares the rows. Changes are in the order of the rows' keys, the default record first.

    If keys are `alike`, the result has only those: no change is safe then.
    """
    primaries = columns.primaries
    there = list(_renamed(live, columns, primaries))
    before = size(there)
    if alike := tuple(_alike(declared, there, primaries)):
        return RowsDiff(alike=alike, size=before)
    have = {identity(primaries, record.key): record for record in there}
    twins = len(there) - len(have)
    want = {identity(primaries, record.key): record for record in declared.rows}
    if declared.default:
        want[()] = declared.default
    rows, both = _moved(declared, have, primaries)
    pairs = {key: (record, have.get(key)) for key, record in want.items()}
    cells, unchanged = [], 0
    for key, (record, stored) in sorted(pairs.items()):
        for change in _record_changes(key, record, stored, columns):
            if change is None:
                unchanged += 1
            else:
                cells.append(change)
    left = {key: record for key, record in have.items() if key and key not in want}
    if declared.prune:
        cells += [change for key, record in sorted(left.items()) for change in _gone(key, record, columns)]
    undeclared = 0 if declared.prune else len(left) + twins
    gone = _emptied(have, cells)
    cells = [replace(cell, row=Action.DELETE) if cell.identity in gone else cell for cell in cells]
    return RowsDiff(tuple(cells), rows, unchanged, undeclared, both, replace(before, gone=len(gone)))


def _alike(
    declared: Records, live: Collection[LiveRecord], primaries: tuple[Key, ...]
) -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Yields pairs of keys that may be one row or two.

    These are two live rows with one identity, and two keys that `casefold` equates and `lower` does not.
    `casefold` also equates `ß` and `ss`. AWS does not document its rule, so a write could hit the wrong row.
    """
    keys = [*(record.key for record in declared.rows), *(key for it in declared.moved for key in (it.before, it.after))]
    wanted = {identity(primaries, key) for key in keys}
    have: dict[Identity, Mapping[str, str]] = {}
    for record in live:
        it = identity(primaries, record.key)
        twin = have.setdefault(it, record.key)
        # Twins that no manifest declares, and that pruning does not delete, stay as they are.
        if twin != record.key and (declared.prune or it in wanted):
            yield twin, record.key
    folded = [key.name for key in primaries if key.value_type == "TEXT" and key.ignore_case]
    for key in keys if folded else ():
        twin = have.get(identity(primaries, key), key)
        if any(key[name].lower() != twin.get(name, "").lower() for name in folded):
            yield key, twin


def _emptied(have: Mapping[Identity, LiveRecord], cells: Collection[CellChange]) -> set[Identity]:
    """Returns the rows that will have no value left."""
    deleted = Counter(cell.identity for cell in cells if cell.action is Action.DELETE)
    created = {cell.identity for cell in cells if cell.action is Action.CREATE}
    return {key for key, count in deleted.items() if key and key not in created and count == len(have[key].cells)}


def contents(live: Collection[LiveRecord], attribute: str = "") -> list[dict[str, str]]:
    """Returns the stored rows, or one attribute of them, as plain values: the content that a deletion removes."""
    rows = [
        {**record.key, **{name: cell.text for name, cell in sorted(record.cells.items()) if attribute in ("", name)}}
        for record in live
        if not attribute or attribute in record.cells
    ]
    return sorted(rows, key=lambda row: sorted(row.items()))


def size(live: Collection[LiveRecord]) -> Size:
    counts: dict[str, int] = {}
    for record in live:
        for attribute in record.cells:
            counts[attribute] = counts.get(attribute, 0) + 1
    return Size(sum(1 for record in live if record.key), counts)


def _renamed(live: Collection[LiveRecord], columns: Columns, primaries: tuple[Key, ...]) -> Iterator[LiveRecord]:
    """Yields the live rows under the new names of their attributes."""
    to = columns.renamed
    names = [key.name for key in primaries]
    for record in live:
        named = renamed(record, to) if to else record
        if record.key and len(record.key) != len(names):
            named = LiveRecord({name: named.key.get(name, "") for name in names}, named.cells)
        yield named


def renamed(record: LiveRecord, to: Mapping[str, str]) -> LiveRecord:
    """Returns a row with its attributes renamed."""
    return LiveRecord(
        {to.get(name, name): text for name, text in record.key.items()},
        {to.get(name, name): cell for name, cell in record.cells.items()},
    )


def _moved(
    declared: Records, have: dict[Identity, LiveRecord], primaries: tuple[Key, ...]
) -> tuple[tuple[RowChange, ...], tuple[RowChange, ...]]:
    """Returns the open moves and the impossible ones. `have` is updated as if the open moves were done."""
    rows, both = [], []
    for move in declared.moved:
        old, new = identity(primaries, move.before), identity(primaries, move.after)
        record = have.get(old)
        if record is None or record.key == dict(move.after):
            continue
        change = RowChange(dict(record.key), dict(move.after))
        if new in have and new != old:
            both.append(change)
            continue
        del have[old]
        have[new] = LiveRecord(dict(move.after), record.cells)
        rows.append(change)
    return tuple(rows), tuple(both)


def _record_changes(
    key: Identity, record: Record, stored: LiveRecord | None, columns: Columns
) -> Iterator[CellChange | None]:
    """Yields one item per declared cell: its change, or `None` if the live cell already matches."""
    # The key as AWS stores it addresses a live row; the author may write it differently.
    named = stored.key if stored else record.key
    for attribute, wanted in record.cells.items():
        if attribute in columns.left_alone:
            yield None
            continue
        column = columns.of[attribute]
        cell = stored.cells.get(attribute) if stored else None
        after = wanted if wanted is None else columns.named(wanted)
        action = _action(column, cell, after)
        if action is None:
            yield None
        else:
            yield _change(action, named, attribute, cell, after, column.value_type, key, is_new=stored is None)


def _action(column: Any, cell: LiveCell | None, after: str | None) -> Action | None:
    if cell is None:
        return None if after is None else Action.CREATE
    if column.ownership is Mode.SEED or cell.text == after:
        return None
    if after is None:
        return Action.DELETE
    return None if same(column.value_type, cell.text, after) else Action.UPDATE


def _gone(key: Identity, record: LiveRecord, columns: Columns) -> Iterator[CellChange]:
    for attribute, cell in sorted(record.cells.items()):
        column = columns.of.get(attribute)
        if attribute not in columns.left_alone:
            value_type = column.value_type if column else "TEXT"
            yield _change(Action.DELETE, record.key, attribute, cell, None, value_type, key)


def _change(
    action: Action,
    key: Mapping[str, str],
    attribute: str,
    cell: LiveCell | None,
    after: str | None,
    value_type: str,
    row: Identity,
    *,
    is_new: bool = False,
) -> CellChange:
    fate = (Action.CREATE if is_new else Action.UPDATE) if row else None
    if cell is None:
        return CellChange(action, key, attribute, None, after, value_type, row, row=fate)
    return CellChange(action, key, attribute, cell.text, after, value_type, row, cell.modified, cell.region, fate)
