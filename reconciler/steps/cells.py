"""Turns the changes of cells and of row keys into steps, in batches that may run side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.kinds.operations import reads_of
from reconciler.model import Action, Call, Does, IdOf, RowChange, Step
from reconciler.steps.batches import pack
from reconciler.steps.work import MOVED_BY_STRUCTURE, Work, last


def look_step(work: Work) -> Step | None:
    """Returns a step that lists the values again after structural calls, if cells will be updated or deleted."""
    # Structural calls return a fresh lock without checking the old one: it could overwrite an edit we never read.
    cells, listing = work.kind.cells, reads_of(work.kind).cells
    if not cells or not listing or not work.before or work.rebuild:
        return None
    if getattr(work.after, cells.level) not in MOVED_BY_STRUCTURE:
        return None
    if all(cell.action is Action.CREATE for cell in work.cells):
        return None
    return Step(Call(listing.service, listing.operation, {work.kind.identity.id_param: IdOf(work.ref)}), Does.LOOK)


def rename_call(work: Work, row: RowChange) -> Call:
    cells = work.kind.cells
    assert cells, f"{work.kind.name} has no rows to rename"  # noqa: S101 (a kind's table is wrong)
    return Call(
        work.kind.service.name,
        cells.rename,
        {
            work.kind.identity.id_param: IdOf(work.ref),
            "PrimaryValues": primary_values(row.before),
            "NewPrimaryValues": primary_values(row.after),
        },
    )


def primary_values(key: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "Value": text} for name, text in key.items()]


def value_steps(work: Work, earlier: Sequence[Step]) -> Iterator[Step]:
    """Yields the batches of cells, after the `earlier` structural steps.

    A batch waits for the columns and keys of its cells. With one lock for the whole table it waits for every step.
    """
    cells = work.kind.cells
    if not cells:
        return
    level, base = str(getattr(work.after, cells.level)), len(earlier)
    columns = _columns(work, earlier)
    creates = sum(1 for cell in work.cells if cell.action is Action.CREATE)
    new = [name for name, at in columns.items() if earlier[at].does is Does.PART_CREATE]
    batches = pack(work.cells, level, work.batch_items, deletes_first=creates > work.room, columns=new)
    for batch in batches:
        call = Call(
            work.kind.service.name, cells.operation(batch.action), {work.kind.identity.id_param: IdOf(work.ref)}
        )
        looked = bool(earlier) and earlier[-1].does is Does.LOOK and batch.action is not Action.CREATE
        if level == "DATA_TABLE" or looked:
            needs = {*last(base)}
        else:
            needs = {columns[name] for at in batch.cells if (name := work.cells[at].attribute) in columns}
            needs |= {at for at, step in enumerate(earlier) if step.rows or _is_for_all(step)}
        needs |= {base + at for at in batch.needs}
        # A create needs no recheck: AWS refuses it if the value exists.
        rechecks = work.recheck and level == "NONE" and batch.action is not Action.CREATE
        listing = reads_of(work.kind).cells if rechecks else None
        yield Step(call, Does.CELLS, cells=batch.cells, needs=tuple(sorted(needs)), lane=batch.lane, rechecks=listing)


def _columns(work: Work, earlier: Sequence[Step]) -> dict[str, int]:
    """Maps each attribute that this plan creates or changes to the position of its step."""
    parts = (Does.PART_CREATE, Does.PART_UPDATE)
    return {str(step.call.params["Name"]): at for at, step in enumerate(earlier) if step.does in parts}


def _is_for_all(step: Step) -> bool:
    """Returns whether every value waits for the step: the table, its fields (the lock level is one), and its keys."""
    return step.does in (Does.CREATE, Does.DELETE, Does.UPDATE) or bool(step.call.params.get("Primary"))
