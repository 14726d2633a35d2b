"""Deletes the resources that the run created, if they are unchanged since, and recreates those that it deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.diff.fields import declared_in, diff
from reconciler.errors import UsageError
from reconciler.kinds.base import Kind
from reconciler.kinds.contents import holds_contents
from reconciler.kinds.fields import is_partial, keyed_by, worth_saying
from reconciler.kinds.registry import KINDS
from reconciler.model import Concealed, FieldChange, Finding, Live, Manifest, Records, Ref, Resource, in_order
from reconciler.model.cells import identity, same
from reconciler.undo.back import Back, Kept, Now, contents_within, unknown_bytes
from reconciler.undo.cells import primaries_of, records_of, row_text
from reconciler.undo.past import Past, PastField
from reconciler.undo.places import assembled

METADATA = "metadata."


def taken_back(past: Past, now: Now) -> Back:
    """Returns the deletion of a resource that the run created, or why it is left alone."""
    live = now.of(past.ref)
    if live is None:
        return Back(past.ref, already=len(past.fields) + len(past.cells))
    if reason := KINDS[past.ref.kind].deletion.needs_both:
        remedy = "declare kind: Removed with its address, and pass --allow-delete to apply"
        return Back(past.ref, live=live, kept=(Kept("", f"stays, because {reason}; to delete it, {remedy}"),))
    if edit := next(_edits(past, live, now), ""):
        remedy = "this resource, which the run created, is left alone; delete it like any other when it is not needed"
        return Back(past.ref, live=live, kept=(Kept("", f"changed since the run: {edit}; {remedy}"),))
    return Back(past.ref, live=live, leaves=True)


def recreated(past: Past, now: Now) -> Back:
    """Returns the creation of a resource that the run deleted, with everything that the outcome holds of it."""
    kind = KINDS[past.ref.kind]
    if kind.deletion.needs_both and past.ref not in now.live:
        return Back(past.ref, kept=(Kept("", f"cannot come back: {kind.deletion.irreversible}"),))
    files = list(contents_within([field.before for field in past.fields])) if holds_contents(kind.spec) else []
    if any(isinstance(file, Concealed) for file in files):
        live = now.of(past.ref)
        return Back(past.ref, live=live, kept=(Kept("", f"was deleted, and {unknown_bytes(files)}"),))
    spec = kind.in_one_form(
        _assembled(kind, past.ref, [(field.path, now.meant(field.before)) for field in _of_spec(past)])
    )
    records = records_of(kind, spec, past.lost, now)
    spec = kind.recreated(spec, now.beside)
    live = now.of(past.ref)
    if live is not None:
        if not (any(_differences(kind, spec, live)) or _other_rows(kind, live, records)):
            return Back(past.ref, live=live, already=len(past.fields))
        reason = "is live again, but not as it was before the run; it is left alone"
        return Back(past.ref, live=live, kept=(Kept("", reason),))
    if files:
        return Back(past.ref, kept=(Kept("", f"was deleted, and {unknown_bytes(files)}"),))
    lost = f": {kind.deletion.irreversible}" if kind.deletion.irreversible else ""
    note = f"was deleted, and is recreated with another id{lost}"
    finding = Finding("warning", str(past.ref), note, now.source)
    return Back(past.ref, Manifest(spec, now.source, records), notes=(finding,))


def _of_spec(past: Past) -> Iterator[PastField]:
    return (field for field in past.fields if not field.path.startswith(METADATA))


def _assembled(kind: Kind[Any], ref: Ref, values: list[tuple[str, Any]]) -> Resource:
    spec: Resource = assembled(kind.spec, ref.name, values)
    return spec


def _differences(kind: Kind[Any], spec: Resource, live: Live) -> Iterator[FieldChange]:
    """Yields what differs from the live resource, without fields that AWS never returns, or that it fills itself."""
    there = kind.in_one_form(live.spec, spec)
    unknown = {field: getattr(there, field) for field in kind.reading.write_only}
    for field in kind.writing.filled:
        unknown[field] = _with_filled(kind, field, getattr(spec, field), getattr(there, field))
    for field in kind.spec.model_fields:
        if is_partial(kind.spec, field):
            unknown[field] = getattr(there, field).model_copy(update=declared_in(getattr(spec, field)))
    yield from diff(spec.model_copy(update=unknown), there)


def _edits(past: Past, live: Live, now: Now) -> Iterator[str]:
    """Yields the fields and cells that are no longer as the run left them."""
    kind = KINDS[past.ref.kind]
    try:
        left = _assembled(kind, past.ref, [(field.path, now.meant(field.after)) for field in _of_spec(past)])
    except UsageError:
        yield "the run did not create it completely"
        return
    yield from (change.path for change in _differences(kind, left, live))
    primaries = primaries_of(kind, live.spec)
    wrote = {(identity(primaries, cell.key), cell.attribute): cell for cell in past.cells}
    for record in live.records:
        for name, stored in record.cells.items():
            cell = wrote.pop((identity(primaries, record.key), name), None)
            if cell is None or not same(cell.value_type, stored.text, cell.after):
                yield f"{name} of {row_text(record.key)}"
    yield from (f"{cell.attribute} of {row_text(cell.key)}" for cell in wrote.values() if cell.after is not None)


def _with_filled(kind: Kind[Any], field: str, left: Any, there: Any) -> Any:
    """Returns the value that the run left, with what AWS has filled in."""
    if not worth_saying(kind.spec, field, left):
        return there
    if by := keyed_by(kind.spec, field):
        known = {getattr(item, by) for item in left}
        return in_order((*left, *(item for item in there if getattr(item, by) not in known)))
    return left


def _other_rows(kind: Kind[Any], live: Live, records: Records) -> bool:
    primaries = primaries_of(kind, live.spec)
    every = [*records.rows, *([records.default] if records.default else [])]
    have = {identity(primaries, it.key): {name: cell.text for name, cell in it.cells.items()} for it in live.records}
    return have != {identity(primaries, it.key): dict(it.cells) for it in every}
