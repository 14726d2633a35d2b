"""Fields of what was updated get back what they were, and with them keys, cells, tags and protection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from reconciler.cells import identity, same
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import nested
from reconciler.kinds.registry import KINDS
from reconciler.model import Live, Manifest, Ownership
from reconciler.ownership import PROTECT
from reconciler.undo.back import Back, Kept, Now, changed, equal
from reconciler.undo.past import Past
from reconciler.undo.places import Edit, edited, takes, value_at
from reconciler.undo.rows import Columns, primaries_of, rows_back
from reconciler.undo.whose import OWNER, owned_as_before

METADATA, PROTECTION, ADDRESSED = "metadata.", "metadata.protect", "metadata.address"
BLANK = "Amazon Connect takes no empty text there: it can be changed, and not taken away again"
CONSOLE = "it was called so in the console; the name that manifests give it stays, or nobody would find it"


@dataclass(frozen=True)
class _Fields:
    edits: tuple[Edit, ...] = ()
    kept: tuple[Kept, ...] = ()
    already: int = 0


def put_back(past: Past, now: Now) -> Back:
    live = now.of(past.ref)
    if live is None:
        return Back(past.ref, kept=(Kept("", "is gone since; there is nothing to put back"),))
    if owner := past.field(OWNER):
        return owned_as_before(live, now, owner)
    if live.spec.name != live.ref.name:
        told = f"is called {live.spec.name} since, in the console; give it its name back first"
        return Back(past.ref, live=live, kept=(Kept("", told),))
    kind = KINDS[past.ref.kind]
    fields = _without_used_parts(_fields(past, live, kind), past, live, kind)
    protect, kept = _protection(past, live)
    edits = [*((path, now.meant(value)) for path, value in fields.edits), *_renames(fields.edits, kind)]
    spec = edited(live.spec, edits)
    columns = Columns(kind, live.spec, spec, _old_names(fields.edits, kind), _leaving(fields.edits, live, kind, now))
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


def _fields(past: Past, live: Live, kind: Kind[Any]) -> _Fields:
    edits, kept, already = list[Edit](), list[Kept](), 0
    for path, before, after in past.fields:
        if path.startswith(METADATA):
            continue
        found = value_at(live.spec, path)
        if equal(found, before):
            already += 1
        elif not equal(found, after):
            kept.append(Kept(path, changed(found, after)))
        elif path == "name" and kind.ownership is Ownership.TAGS and not past.field(ADDRESSED):
            kept.append(Kept(path, CONSOLE))
        elif not takes(live.spec, path, before):
            kept.append(Kept(path, BLANK))
        else:
            edits.append((path, before))
    return _Fields(tuple(edits), tuple(kept), already)


def _protection(past: Past, live: Live) -> tuple[bool | None, tuple[Kept, ...]]:
    """What it shall be, `None` where it stays."""
    told = past.field(PROTECTION)
    found = True if live.tags.get(PROTECT) == "true" else None
    if told is None or found == told.before:
        return None, ()
    if found != told.after:
        return None, (Kept(PROTECTION, changed(found, told.after)),)
    return bool(told.before), ()


# Attributes, and other parts, that the run has made or renamed.


def _without_used_parts(told: _Fields, past: Past, live: Live, kind: Kind[Any]) -> _Fields:
    """An attribute in which somebody else has written stays, and so does the key of a table that holds values."""
    field = kind.parts.field if kind.parts and kind.cells else ""
    used = set(_written_by_others(past, live, kind)) if field else set()
    stays: dict[str, str] = {}
    for path, value in told.edits if field else ():
        have = value_at(live.spec, path)
        if not path.startswith(f"{field}["):
            continue
        if value is None and isinstance(have, dict) and have.get("name") in used:
            stays[path] = "holds values that the run has not written; it is left alone"
        elif live.records and (path.endswith("].primary") or _is_key(have) or _is_key(value)):
            stays[path] = "keys can not change while the table holds values; undo it once more when they are gone"
    kept = (*told.kept, *(Kept(path, reason) for path, reason in stays.items()))
    return replace(told, edits=tuple(edit for edit in told.edits if edit[0] not in stays), kept=kept)


def _is_key(told: Any) -> bool:
    return isinstance(told, dict) and told.get("primary") is True


def _written_by_others(past: Past, live: Live, kind: Kind[Any]) -> Iterator[str]:
    """The attributes that hold values which the run has not left."""
    primaries = primaries_of(kind, live.spec)
    wrote = {(identity(primaries, cell.key), cell.attribute): cell for cell in past.cells}
    for record in live.records:
        for name, stored in record.cells.items():
            cell = wrote.get((identity(primaries, record.key), name))
            if cell is None or not same(cell.value_type, stored.text, cell.after):
                yield name


def _leaving(edits: tuple[Edit, ...], live: Live, kind: Kind[Any], now: Now) -> set[str]:
    """Attributes that go with their cells. Where that is not allowed, what the run has written goes cell by cell."""
    if live.tags.get(PROTECT) == "true":
        return set()
    stored = {name for record in live.records for name in record.cells}
    allowed = now.selection.allow_delete
    return {n for n in _made(edits, live, kind) if n not in stored or f"{live.ref}/{n}" in allowed}


def _made(edits: tuple[Edit, ...], live: Live, kind: Kind[Any]) -> dict[str, str]:
    """The parts that are to go, by name: their paths."""
    field = kind.parts.field if kind.parts else ""
    paths = {f"{field}[{part.name}]": part.name for part in getattr(live.spec, field)} if field else {}
    return {paths[path]: path for path, value in edits if value is None and path in paths}


def _old_names(edits: tuple[Edit, ...], kind: Kind[Any]) -> dict[str, str]:
    """Of parts: the name that each has, and the one that it gets back."""
    head, tail = f"{kind.parts.field}[" if kind.parts else "", "].name"
    return {
        path[len(head) : -len(tail)]: value
        for path, value in edits
        if head and path.startswith(head) and path.endswith(tail)
    }


def _renames(edits: tuple[Edit, ...], kind: Kind[Any]) -> Iterator[Edit]:
    part = nested(kind.spec, kind.parts.field) if kind.parts else None
    if kind.parts and part and "renamed_from" in part.model_fields:
        for name in _old_names(edits, kind):
            yield f"{kind.parts.field}[{name}].renamedFrom", name
