"""Packs cell changes into full batches, and decides which batch waits for which.

A batch that shares a lock's scope with an earlier one waits, and takes the lock from its reply. Items are
ordered so that only neighbouring batches share a scope. If the scope is the whole table, batches run one at a time in
any order. Scopes: admin guide, "Value lock level".
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
    """Returns batches of at most `most` cells; every batch is full, except the last of its action.

    `columns` are the attributes that this plan creates, in that order. If no record is shared, cells follow them. The
    first batches can then run before the last columns exist.
    """
    turn = {name: number for number, name in enumerate(columns, 1)}
    order = sorted(range(len(cells)), key=lambda at: _rank(cells[at], level, turn))
    chunks = {action: list(_chunks([at for at in order if cells[at].action is action], most)) for action in ACTIONS}
    batches: list[Batch] = []
    last: dict[tuple[str, ...], int] = {}
    for action, chunk in _in_turn(chunks, deletes_first):
        # The whole table's scope needs no order: those batches take turns in their lane.
        shared = {scope(cells[at], level) for at in chunk} - {(), (WHOLE_TABLE,)}
        needs = {last[lock_scope] for lock_scope in shared if lock_scope in last}
        if deletes_first and action is Action.CREATE:
            needs |= {at for at, batch in enumerate(batches) if batch.action is Action.DELETE}
        last.update(dict.fromkeys(shared, len(batches)))
        lane = WHOLE_TABLE if level == WHOLE_TABLE else ""
        batches.append(Batch(action, tuple(chunk), tuple(sorted(needs)), lane))
    return tuple(batches)


def _in_turn(chunks: dict[Action, list[list[int]]], deletes_first: bool) -> Iterator[tuple[Action, list[int]]]:
    """Yields the actions in turns, because each has its own token bucket. Deletes come first if room is needed."""
    if deletes_first:
        for chunk in chunks.pop(Action.DELETE):
            yield Action.DELETE, chunk
    for turn in zip_longest(*chunks.values()):
        for action, chunk in zip(chunks, turn, strict=True):
            if chunk is not None:
                yield action, chunk


def scope(cell: CellChange, level: str) -> tuple[str, ...]:
    """Returns the lock scope that a write of the cell shares with others.

    A cell is in one batch only, so the level VALUE shares nothing.
    """
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
