"""Restores the fields of updated resources, with their keys, cells, tags and protection."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.kinds.base import Kind
from reconciler.kinds.contents import holds_contents
from reconciler.kinds.fields import nested
from reconciler.kinds.parts import parts_field, parts_of
from reconciler.kinds.registry import KINDS
from reconciler.model import Live, Manifest, Ownership
from reconciler.model.cells import identity, same
from reconciler.model.ownership import PROTECT
from reconciler.steps.work import INSTANCE
from reconciler.undo.back import Back, Kept, Now, changed, contents_within, equal, unknown_bytes
from reconciler.undo.cells import UndoColumns, primaries_of, rows_back
from reconciler.undo.documents import Already, Restored, way_back, whole_way_back
from reconciler.undo.past import Past
from reconciler.undo.places import Edit, Inside, Place, document_at, edited, is_removable, locate, takes, value_at
from reconciler.undo.whose import OWNER, moves_back, owned_as_before

METADATA, PROTECTION, ADDRESSED = "metadata.", "metadata.protect", "metadata.address"
BLANK = "{} takes no empty text there, so the value can be changed but not removed"
LASTING = "{} has no call that removes it; it can only be changed"
DOCUMENT = "the document changed since the run; it is left alone"
CONSOLE = "it was renamed in the console; the name in the manifest stays, or the manifest would no longer find it"


@dataclass(frozen=True)
class _Fields:
    """Fields to restore, by their paths, and those that stay as they are."""

    edits: Mapping[str, Edit]
    kept: tuple[Kept, ...] = ()
    already: int = 0


def put_back(past: Past, now: Now) -> Back:
    live, place = now.of(past.ref), past.field(INSTANCE)
    if place and (live is None or live.elsewhere):
        # It has left this instance since.
        return Back(past.ref, already=len(past.fields))
    if live is None:
        return Back(past.ref, kept=(Kept("", "was deleted since the run; there is nothing to restore"),))
    if place:
        return Back(past.ref, live=live, kept=(Kept("", moves_back(past, place)),))
    if owner := past.field(OWNER):
        return owned_as_before(live, now, owner)
    if live.spec.name != live.ref.name:
        reason = f"was renamed to {live.spec.name} in the console since the run; give it its name back first"
        return Back(past.ref, live=live, kept=(Kept("", reason),))
    kind = KINDS[past.ref.kind]
    fields = _without_used_parts(_fields(past, live, kind, now), past, live, kind)
    protect, kept = _protection(past, live)
    wanted = fields.edits.values()
    edits = [*((place, now.meant(value)) for place, value in wanted), *_renames(wanted, kind)]
    spec = edited(live.spec, edits)
    columns = UndoColumns(kind, live.spec, spec, _old_names(wanted, kind), _leaving(wanted, live, kind, now))
    rows = rows_back(past, live, columns, now)
    ref = live.ref._replace(name=spec.name)
    renamed = live.ref.name if ref != live.ref else None
    manifest = Manifest(spec, now.source, rows.records, protect=protect, renamed_from=renamed)
    asks = fields.edits or protect is not None or rows.records or rows.records.moved
    return Back(
        ref,
        manifest if asks else None,
        replace(live, ref=ref),
        kept=(*fields.kept, *kept, *rows.kept),
        already=fields.already + rows.already + (protect is None and not kept and past.field(PROTECTION) is not None),
    )


def _fields(past: Past, live: Live, kind: Kind[Any], now: Now) -> _Fields:
    edits, kept, already = dict[str, Edit](), list[Kept](), 0
    documents = dict[Place, list[tuple[str, str, Any, Any]]]()
    for path, before, after in past.fields:
        if path.startswith(METADATA):
            continue
        place = locate(live.spec, path)
        if isinstance(place[-1], Inside):
            documents.setdefault(place[:-1], []).append((path, place[-1].path, before, after))
            continue
        there = value_at(live.spec, place)
        if equal(there, before):
            already += 1
        elif not equal(there, after):
            kept.append(Kept(path, changed(there, after)))
        elif place == ("name",) and kind.ownership is Ownership.TAGS and not past.field(ADDRESSED):
            kept.append(Kept(path, CONSOLE))
        elif not takes(live.spec, place, before):
            kept.append(Kept(path, BLANK.format(kind.service.title)))
        elif before is None and not is_removable(live.spec, place):
            kept.append(Kept(path, LASTING.format(kind.service.title)))
        elif holds_contents(kind.spec) and (lost := list(contents_within(before))):
            kept.append(Kept(path, unknown_bytes(lost)))
        else:
            edits[path] = (place, before)
    for place, changes in documents.items():
        whole = past.documents.get(changes[0][0].partition(".")[0])
        if whole:
            back = whole_way_back(document_at(live.spec, place), *whole, now.meant)
        else:
            back = way_back(value_at(live.spec, place), [change[1:] for change in changes])
        match back:
            case Restored(value):
                edits[changes[0][0]] = (place, value)
            case Already():
                already += len(changes)
            case None:
                kept += (Kept(path, DOCUMENT) for path, *_ in changes)
    return _Fields(edits, tuple(kept), already)


def _protection(past: Past, live: Live) -> tuple[bool | None, tuple[Kept, ...]]:
    """Returns the protection to restore, or `None` if it stays as it is."""
    field = past.field(PROTECTION)
    now = True if live.tags.get(PROTECT) == "true" else None
    if field is None or now == field.before:
        return None, ()
    if now != field.after:
        return None, (Kept(PROTECTION, changed(now, field.after)),)
    return bool(field.before), ()


# Attributes, and other parts, that the run created or renamed.


def _without_used_parts(fields: _Fields, past: Past, live: Live, kind: Kind[Any]) -> _Fields:
    """Drops the deletion of an attribute with values of another writer, and of a key in a table with values."""
    field, used = parts_field(kind), set(_written_by_others(past, live, kind))
    stays: dict[str, str] = {}
    for path, (place, value) in fields.edits.items():
        if place[0] != field or len(place) == 1:
            continue
        if value is None and len(place) == 2 and place[1] in used:
            stays[path] = "holds values that the run did not write; it is left alone"
        elif live.records and (place[2:] == ("primary",) or _is_key(value_at(live.spec, place)) or _is_key(value)):
            stays[path] = "keys cannot change while the table holds values; undo again when they are deleted"
    kept = (*fields.kept, *(Kept(path, reason) for path, reason in stays.items()))
    return replace(fields, edits={path: edit for path, edit in fields.edits.items() if path not in stays}, kept=kept)


def _is_key(part: Any) -> bool:
    return isinstance(part, dict) and part.get("primary") is True


def _written_by_others(past: Past, live: Live, kind: Kind[Any]) -> Iterator[str]:
    """Yields the attributes that hold values other than those that the run left."""
    primaries = primaries_of(kind, live.spec)
    wrote = {(identity(primaries, cell.key), cell.attribute): cell for cell in past.cells}
    for record in live.records:
        for name, stored in record.cells.items():
            cell = wrote.get((identity(primaries, record.key), name))
            if cell is None or not same(cell.value_type, stored.text, cell.after):
                yield name


def _leaving(edits: Collection[Edit], live: Live, kind: Kind[Any], now: Now) -> set[str]:
    """Returns the attributes that are deleted together with their cells.

    Without that permission, undo deletes the cells that the run wrote one by one.
    """
    if live.tags.get(PROTECT) == "true":
        return set()
    stored = set[str]().union(*(record.cells for record in live.records))
    allowed = now.selection.allow_delete
    return {n for n in _created_parts(edits, live, kind) if n not in stored or f"{live.ref}/{n}" in allowed}


def _created_parts(edits: Collection[Edit], live: Live, kind: Kind[Any]) -> Iterator[str]:
    """Yields the names of the live parts that undo deletes."""
    parts = {(parts_field(kind), part.name) for part in parts_of(kind, live.spec)}
    yield from (place[1] for place, value in edits if value is None and place in parts)


def _old_names(edits: Collection[Edit], kind: Kind[Any]) -> dict[str, str]:
    """Maps the live name of each renamed part to the name that it gets back."""
    field = parts_field(kind)
    return {place[1]: value for place, value in edits if place[0] == field and place[2:] == ("name",)}


def _renames(edits: Collection[Edit], kind: Kind[Any]) -> Iterator[Edit]:
    field = parts_field(kind)
    part = nested(kind.spec, field) if field else None
    if part and "renamed_from" in part.model_fields:
        for name in _old_names(edits, kind):
            yield (field, name, "renamed_from"), name
