"""Restores the cells and keys of rows, if they are unchanged since the run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.parts import attributes_of
from reconciler.model import Key, Live, LiveRecord, Move, Record, Records, Resource, in_words
from reconciler.model.cells import identity, key_text, primary_keys, same
from reconciler.undo.back import Kept, Now, changed
from reconciler.undo.past import Past, Row

Identity = tuple[str, ...]


@dataclass(frozen=True)
class UndoColumns:
    """Attributes of a table now and after undo.

    `renamed` maps live names to the names that they get back. `leaving` are deleted with all their cells.
    """

    kind: Kind[Any]
    live: Resource
    after: Resource
    renamed: Mapping[str, str] = field(default_factory=dict)
    leaving: Collection[str] = ()

    @property
    def known(self) -> set[str]:
        """Names that the attributes will have."""
        names = {attribute.name for attribute in attributes_of(self.kind, self.after)}
        return names | {self.name(attribute.name) for attribute in attributes_of(self.kind, self.live)}

    def name(self, live: str) -> str:
        return self.renamed.get(live, live)

    def key(self, live: Row) -> dict[str, str]:
        return {self.name(name): text for name, text in live.items()}


@dataclass(frozen=True)
class RowsBack:
    records: Records = field(default_factory=Records)
    kept: tuple[Kept, ...] = ()
    already: int = 0


@dataclass(frozen=True)
class _Keys:
    """Keys of rows. `moves` are the renames to make, in order. `moved_back` are keys with their old names again."""

    moves: tuple[tuple[Row, Row], ...]
    moved_back: Mapping[Identity, Row]
    kept: tuple[Kept, ...]


def rows_back(past: Past, live: Live, columns: UndoColumns, now: Now) -> RowsBack:
    primaries = primaries_of(columns.kind, live.spec)
    have = {identity(primaries, record.key): record for record in live.records}
    keys = _keys_back(past, set(have), primaries)
    wanted = _Wanted(columns, now)
    conflicts: dict[str, list[str]] = {}
    already = len(keys.moved_back)
    for cell in past.cells:
        if cell.attribute in columns.leaving:
            continue
        key = keys.moved_back.get(identity(primaries, cell.key), cell.key)
        text = _text(have.get(identity(primaries, key)), cell.attribute)
        if same(cell.value_type, text, cell.before):
            already += 1
        elif not same(cell.value_type, text, cell.after):
            conflicts.setdefault(cell.attribute, []).append(f"{row_text(key)}: {changed(text, cell.after)}")
        elif columns.name(cell.attribute) not in wanted.known:
            message = f"{row_text(key)}: the attribute was deleted since the run"
            conflicts.setdefault(cell.attribute, []).append(message)
        else:
            wanted.add(columns.key(_moved(key, keys.moves, primaries)), columns.name(cell.attribute), cell.before)
    for row in past.lost:
        wanted.add_row(row)
    moves = tuple(Move(columns.key(to), columns.key(before), now.source) for to, before in keys.moves)
    kept = tuple(Kept(f"values.{name}", _counted(reasons)) for name, reasons in conflicts.items())
    return RowsBack(wanted.records(moves), (*keys.kept, *kept), already)


def records_of(kind: Kind[Any], spec: Resource, lost: Iterable[Row], now: Now) -> Records:
    """Returns whole rows, as the outcome of a deletion holds them."""
    wanted = _Wanted(UndoColumns(kind, spec, spec), now)
    for row in lost:
        wanted.add_row(row)
    return wanted.records()


def primaries_of(kind: Kind[Any], spec: Resource) -> tuple[Key, ...]:
    return primary_keys(attributes_of(kind, spec))


def row_text(key: Row) -> str:
    return key_text(sorted(key.items()))


class _Wanted:
    """Collects the cells to write, row by row, under the names that the attributes will have."""

    def __init__(self, columns: UndoColumns, now: Now) -> None:
        self.known = columns.known - set(columns.leaving)
        self._primaries, self._now = primaries_of(columns.kind, columns.after), now
        self._rows: dict[Identity, tuple[Row, dict[str, str | None]]] = {}

    def add(self, key: Row, attribute: str, text: str | None) -> None:
        _, cells = self._rows.setdefault(identity(self._primaries, key), (key, {}))
        cells[attribute] = self._now.meant(text)

    def add_row(self, row: Row) -> None:
        names = {key.name for key in self._primaries}
        key = {name: text for name, text in row.items() if name in names}
        for name, text in row.items():
            if name in self.known - names:
                self.add(key, name, text)

    def records(self, moves: tuple[Move, ...] = ()) -> Records:
        records = [Record(key, cells, self._now.source) for key, cells in self._rows.values()]
        rows = tuple(record for record in records if record.key)
        return Records(rows, next((record for record in records if not record.key), None), moved=moves)


def _keys_back(past: Past, live: set[Identity], primaries: tuple[Key, ...]) -> _Keys:
    """Returns the renames that undo the run's, the last one first.

    If a key is neither as the run left it nor as it was before, another writer changed it.
    """
    moves, kept = list[tuple[Row, Row]](), list[Kept]()
    moved_back: dict[Identity, Row] = {}
    for before, after in reversed(past.rows):
        old, new = identity(primaries, before), identity(primaries, after)
        if new in live and (old not in live or old == new):
            moves.append((after, before))
            live = (live - {new}) | {old}
        elif old in live and new not in live:
            moved_back[new] = before
        else:
            place = f"rows[{row_text(after)}]"
            kept.append(Kept(place, f"its key was {row_text(before)}: changed since the run; it is left alone"))
    return _Keys(tuple(moves), moved_back, tuple(kept))


def _moved(key: Row, moves: Iterable[tuple[Row, Row]], primaries: tuple[Key, ...]) -> Row:
    for after, before in moves:
        if identity(primaries, key) == identity(primaries, after):
            key = before
    return key


def _text(record: LiveRecord | None, attribute: str) -> str | None:
    cell = record.cells.get(attribute) if record else None
    return in_words(cell.text) if cell else None


def _counted(reasons: Sequence[str]) -> str:
    more = f" (and {len(reasons) - 1:,} more)" if len(reasons) > 1 else ""
    return f"{reasons[0]}{more}"
