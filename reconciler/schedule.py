"""A change → its steps: which calls, and what waits for what. Apply runs them, the estimate adds them up.

Inside a table: table → attributes → keys → values. Structural calls go one after another, so that the last reply holds
the lock that the values need, and so that no two of ours meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.diff import pair
from reconciler.kinds.base import Kind
from reconciler.model import (
    Action,
    Call,
    CellChange,
    FieldChange,
    IdOf,
    Live,
    Ref,
    Replacement,
    Resource,
    RowChange,
    Spec,
    Step,
)
from reconciler.ownership import PREFIX, PROTECT
from reconciler.packing import pack

# The levels whose lock a table's or an attribute's own calls move (service model, DataTableLockVersion).
MOVED_BY_STRUCTURE = ("DATA_TABLE", "ATTRIBUTE")


@dataclass(frozen=True)
class Work:
    """What one resource needs. `tags` are all that it shall bear; `room` is how many cells fit beside the live ones."""

    kind: Kind[Any]
    ref: Ref
    before: Live | None
    after: Resource
    tags: Mapping[str, str]
    fields: tuple[FieldChange, ...] = ()
    cells: tuple[CellChange, ...] = ()
    rows: tuple[RowChange, ...] = ()
    batch_items: int = 25
    recheck: bool = False
    room: int = 0
    rebuild: bool = False  # the live one is deleted and made anew


def make_steps(work: Work) -> tuple[Step, ...]:
    steps = [
        Step(call, fields, needs=_last(at), replaces=replaces)
        for at, (call, fields, replaces) in enumerate(_structure(work))
    ]
    structure = _last(len(steps))
    for at, row in enumerate(work.rows):
        steps.append(Step(_rename_call(work, row), rows=(at,), needs=_last(len(steps)) if at else structure))
    if structure and (look := _look(work)):
        steps.append(replace(look, needs=_last(len(steps))))
    return (*steps, *_value_steps(work, len(steps)))


def _look(work: Work) -> Step | None:
    """Calls on the table itself take no lock and hand one on: it vouches for edits of others that nobody has seen."""
    cells = work.kind.cells
    if not cells or not work.before or work.rebuild or getattr(work.after, cells.level) not in MOVED_BY_STRUCTURE:
        return None
    if all(cell.action is Action.CREATE for cell in work.cells):
        return None
    call = Call(work.kind.service, cells.listing.operation, {work.kind.id_param: IdOf(work.ref)})
    return Step(call, looks=True)


def _last(count: int) -> tuple[int, ...]:
    return (count - 1,) if count else ()


Structural = tuple[Call, tuple[int, ...], Replacement | None]


def _structure(work: Work) -> Iterator[Structural]:
    kind, ref, before = work.kind, work.ref, work.before
    if before is None or work.rebuild:
        if work.rebuild:
            yield kind.delete_call(ref), _of(work, part=False), None
        yield kind.create_call(ref, work.after, work.tags), _of(work, part=False), None
        yield from _parts(work, ())
        return
    yield from _tagging(work, before)
    for update in kind.updates:
        if any(getattr(before.spec, f) != getattr(work.after, f) for f in update.fields):
            keys = {type(work.after).model_fields[f].alias or f for f in update.fields}
            told = tuple(at for at, field in enumerate(work.fields) if field.path in keys)
            yield (
                kind.replace_call(ref, update, work.after),
                told,
                Replacement(before.spec, work.after, kind.describe[0]),
            )
    if kind.parts:
        yield from _parts(work, getattr(before.spec, kind.parts.field))


def _tagging(work: Work, before: Live) -> Iterator[Structural]:
    new = {key: value for key, value in work.tags.items() if before.tags.get(key) != value}
    # Of our own tags only the protection is ever taken off; a stray one is nobody's difference.
    ours = {key for key, value in before.tags.items() if key.startswith(PREFIX) and (key, value) != (PROTECT, "true")}
    old = [key for key in before.tags if key not in work.tags and key not in ours and not key.startswith("aws:")]
    told = [at for at, field in enumerate(work.fields) if field.path.startswith(("tags[", "metadata."))]
    if new:
        yield (
            work.kind.tag_call(work.ref, new),
            tuple(at for at in told if work.fields[at].after is not None),
            None,
        )
    if old:
        yield (
            work.kind.untag_call(work.ref, old),
            tuple(at for at in told if work.fields[at].after is None),
            None,
        )


def _parts(work: Work, before: tuple[Spec, ...]) -> Iterator[Structural]:
    """Keys of a table come first: a value can be written once all of them are there."""
    kind = work.kind
    if not kind.parts:
        return
    pairs = pair(before, getattr(work.after, kind.parts.field), "name")
    for have, want in sorted(pairs, key=lambda both: not getattr(both[1] or both[0], "primary", False)):
        if want is None:
            continue
        told = _of(work, part=True, name=want.name)
        if have is None:
            yield kind.part_create_call(work.ref, want), told, None
        elif told:
            yield (
                kind.part_replace_call(work.ref, have.name, want),
                told,
                Replacement(have, want, kind.parts.listing.operation, have.name),
            )


def _of(work: Work, *, part: bool, name: str = "") -> tuple[int, ...]:
    """Positions of the fields that belong to one part, or to no part at all."""
    field = work.kind.parts.field if work.kind.parts else ""
    root = f"{field}[{name}]" if part else f"{field}["
    return tuple(at for at, change in enumerate(work.fields) if change.path.startswith(root) is part)


def _rename_call(work: Work, row: RowChange) -> Call:
    cells = work.kind.cells
    assert cells, f"{work.kind.name} has no rows to rename"  # noqa: S101 (a kind's table is wrong)
    return Call(
        work.kind.service,
        cells.rename,
        {
            work.kind.id_param: IdOf(work.ref),
            "PrimaryValues": primary_values(row.before),
            "NewPrimaryValues": primary_values(row.after),
        },
    )


def primary_values(key: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "Value": text} for name, text in key.items()]


def _value_steps(work: Work, made: int) -> Iterator[Step]:
    """The batches. Each waits for the structure and the keys, whose last step is the one before the first batch."""
    cells = work.kind.cells
    if not cells:
        return
    level = str(getattr(work.after, cells.level))
    creates = sum(1 for cell in work.cells if cell.action is Action.CREATE)
    batches = pack(work.cells, level, work.batch_items, deletes_first=creates > work.room)
    for batch in batches:
        call = Call(work.kind.service, cells.operation(batch.action), {work.kind.id_param: IdOf(work.ref)})
        needs = tuple(made + at for at in batch.needs) or _last(made)
        # A create needs no second look: the service has no upsert.
        rechecks = work.recheck and level == "NONE" and batch.action is not Action.CREATE
        listing = cells.listing.operation if rechecks else ""
        yield Step(call, cells=batch.cells, needs=needs, lane=batch.lane, rechecks=listing)
