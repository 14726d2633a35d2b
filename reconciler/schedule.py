"""A change → its steps: which calls, and what waits for what. Apply runs them, the estimate adds them up.

Inside a table: table → attributes → keys → values. Structural calls go one after another, so that the last reply holds
the lock that the values need, and so that no two of ours meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    structure = len(steps)
    for at, row in enumerate(work.rows):
        steps.append(Step(_rename_call(work, row), rows=(at,), needs=_last(len(steps)) if at else _last(structure)))
    if structure and (look := _look(work)):
        steps.append(replace(look, needs=_last(len(steps))))
    return (*steps, *_value_steps(work, steps))


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


def _value_steps(work: Work, made: Sequence[Step]) -> Iterator[Step]:
    """The batches. Each waits for the columns and keys of its cells; a lock of the whole table waits for everything."""
    cells = work.kind.cells
    if not cells:
        return
    level, base = str(getattr(work.after, cells.level)), len(made)
    columns = _columns(work, made)
    creates = sum(1 for cell in work.cells if cell.action is Action.CREATE)
    new = [
        name for name, at in columns.items() if work.kind.parts and made[at].call.operation == work.kind.parts.create
    ]
    batches = pack(work.cells, level, work.batch_items, deletes_first=creates > work.room, columns=new)
    for batch in batches:
        call = Call(work.kind.service, cells.operation(batch.action), {work.kind.id_param: IdOf(work.ref)})
        looked = bool(made) and made[-1].looks and batch.action is not Action.CREATE
        if level == "DATA_TABLE" or looked:
            needs = {*_last(base)}
        else:
            needs = {columns[name] for at in batch.cells if (name := work.cells[at].attribute) in columns}
            needs |= {at for at, step in enumerate(made) if step.rows or _is_for_all(work, step)}
        needs |= {base + at for at in batch.needs}
        # A create needs no second look: the service has no upsert.
        rechecks = work.recheck and level == "NONE" and batch.action is not Action.CREATE
        listing = cells.listing.operation if rechecks else ""
        yield Step(call, cells=batch.cells, needs=tuple(sorted(needs)), lane=batch.lane, rechecks=listing)


def _columns(work: Work, made: Sequence[Step]) -> dict[str, int]:
    """The attributes that this plan makes or changes, and the step that does."""
    parts = work.kind.parts
    calls = (parts.create, parts.update) if parts else ()
    return {str(step.call.params["Name"]): at for at, step in enumerate(made) if step.call.operation in calls}


def _is_for_all(work: Work, step: Step) -> bool:
    """What every value waits for: the table itself, its own fields (the lock level is one), and its keys."""
    kind, operation = work.kind, step.call.operation
    if operation in (kind.create, kind.delete, *(update.operation for update in kind.updates)):
        return True
    return bool(step.call.params.get("Primary"))
