"""Work on one resource, and plans of bare steps, as the planner hands them to `steps`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reconciler.diff.cells import Columns, diff_rows
from reconciler.diff.fields import creation_changes, diff
from reconciler.kinds.registry import KINDS
from reconciler.model import (
    Action,
    Call,
    Change,
    Does,
    IdOf,
    Live,
    Manifest,
    Ref,
    Replacement,
    Resource,
    Step,
)
from reconciler.steps.work import Work
from tests.builders.lives import live_rows


def updating(before: Manifest, after: Manifest, **more: Any) -> Work:
    """Returns the work on a live resource. A table's rows are live as `before` declares them."""
    live = Live(before.ref, "id", "arn", before.spec)
    cells, rows = _differences(before, after)
    fields = diff(before.spec, after.spec)
    return Work(KINDS[after.ref.kind], after.ref, live, after.spec, {}, fields, cells, rows, **{"room": 1000, **more})


def creating(manifest: Manifest, **more: Any) -> Work:
    kind = KINDS[manifest.ref.kind]
    cells, rows = _differences(None, manifest)
    fields = creation_changes(manifest.spec, kind.writing.set_fields)
    return Work(kind, manifest.ref, None, manifest.spec, {}, fields, cells, rows, **{"room": 1000, **more})


def _differences(before: Manifest | None, after: Manifest) -> tuple[Any, Any]:
    attributes = {it.name: it for it in getattr(after.spec, "attributes", ())}
    renamed = {it.renamed_from: it.name for it in attributes.values() if it.renamed_from}
    found = diff_rows(after.records, live_rows(before) if before else [], Columns(attributes, (), renamed, str))
    return found.cells, found.rows


# Plans of bare steps.


def step(does: Does = Does.UPDATE, *refs: str, operation: str = "Write", **more: Any) -> Step:
    """Returns a step whose call refers to the addresses."""
    return Step(Call("connect", operation, {"Ids": [IdOf(ref_of(ref)) for ref in refs]}), does, **more)


def change(
    address: str, *steps: Step, action: Action = Action.UPDATE, let_go: Iterable[str] = (), **more: Any
) -> Change:
    return Change(action, ref_of(address), steps=steps, let_go=frozenset(map(ref_of, let_go)), **more)


def creates(address: str, *refs: str, later: Sequence[Step] = ()) -> Change:
    """Returns the creation of a resource that refers to others, and the steps after it."""
    named = Resource(name=ref_of(address).name)
    return change(address, step(Does.CREATE, *refs, makes=named), *later, action=Action.CREATE)


def deletes(address: str, *let_go: str) -> Change:
    named = Resource(name=ref_of(address).name)
    gone = step(Does.DELETE, replaces=Replacement(named, named, ()))
    return change(address, gone, action=Action.DELETE, let_go=let_go)


def renames(address: str, before: str, *, fields: tuple[str, ...] = ("name",)) -> Change:
    """Returns the update of a resource that has another name before it."""
    planned = Replacement(Resource(name=before), Resource(name=ref_of(address).name), (), fields=fields)
    return change(address, step(Does.UPDATE, replaces=planned))


def ref_of(address: str) -> Ref:
    kind, _, name = address.partition("/")
    return Ref(kind, name)
