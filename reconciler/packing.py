"""Cell changes → full batches, and which batch must wait for which.

A batch that shares a lock's scope with an earlier one waits for it and takes the lock from its reply. Items are
ordered so that only neighbours share. Where all share one scope, the whole table's, they go one at a time in any
order. Scopes: admin guide, "Value lock level".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from reconciler.model import Action, CellChange

ACTIONS = (Action.CREATE, Action.UPDATE, Action.DELETE)
WHOLE_TABLE = "DATA_TABLE"


class Batch(NamedTuple):
    """One call's cells (positions in the change), and the positions of the batches that must be done before it."""

    action: Action
    cells: tuple[int, ...]
    needs: tuple[int, ...]
    lane: str = ""


def pack(
    cells: Sequence[CellChange],
    level: str,
    most: int,
    *,
    deletes_first: bool = False,
    columns: Sequence[str] = (),
) -> tuple[Batch, ...]:
    """At most `most` cells a batch, every batch but the last of its action full.

    `columns` are attributes that this plan makes, in that order: where no record is shared, cells follow them, so that
    the first batches can go before the last columns are there.
    """
    turn = {name: number for number, name in enumerate(columns, 1)}
    order = sorted(range(len(cells)), key=lambda at: _rank(cells[at], level, turn))
    chunks = {action: list(_chunks([at for at in order if cells[at].action is action], most)) for action in ACTIONS}
    batches: list[Batch] = []
    last: dict[tuple[str, ...], int] = {}
    for action, chunk in _in_turn(chunks, deletes_first):
        # What all share orders nothing: those take turns in their lane.
        shared = {scope(cells[at], level) for at in chunk} - {(), (WHOLE_TABLE,)}
        needs = {last[each] for each in shared if each in last}
        if deletes_first and action is Action.CREATE:
            needs |= {at for at, batch in enumerate(batches) if batch.action is Action.DELETE}
        last.update(dict.fromkeys(shared, len(batches)))
        lane = WHOLE_TABLE if level == WHOLE_TABLE else ""
        batches.append(Batch(action, tuple(chunk), tuple(sorted(needs)), lane))
    return tuple(batches)


def _in_turn(chunks: dict[Action, list[list[int]]], deletes_first: bool) -> Iterator[tuple[Action, list[int]]]:
    """Actions take turns, because each has a bucket of its own; deletes go ahead where room must be made."""
    if deletes_first:
        for chunk in chunks.pop(Action.DELETE):
            yield Action.DELETE, chunk
    for turn in zip_longest(*chunks.values()):
        for action, chunk in zip(chunks, turn, strict=True):
            if chunk is not None:
                yield action, chunk


def scope(cell: CellChange, level: str) -> tuple[str, ...]:
    """What a write of the cell locks for the others; a cell stands in one batch only, so VALUE shares nothing."""
    match level:
        case "DATA_TABLE":
            return (WHOLE_TABLE,)
        case "PRIMARY_VALUE":
            return ("record", *cell.identity)
        case "ATTRIBUTE":
            return ("attribute", cell.attribute)
        case _:
            return ()


def _rank(cell: CellChange, level: str, turn: Mapping[str, int]) -> tuple[object, ...]:
    match level:
        case "PRIMARY_VALUE" | "DATA_TABLE":
            return cell.identity, cell.attribute
        case "ATTRIBUTE":
            return turn.get(cell.attribute, 0), cell.attribute, cell.identity
        case _:
            return turn.get(cell.attribute, 0), cell.identity, cell.attribute


def _chunks(items: Sequence[int], most: int) -> Iterator[list[int]]:
    for at in range(0, len(items), most):
        yield list(items[at : at + most])
