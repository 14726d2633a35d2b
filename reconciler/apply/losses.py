"""Compares a resource with the plan right before its deletion: another writer may have changed what it destroys."""

from __future__ import annotations

from collections import Counter

from reconciler.apply.sending import Task
from reconciler.diff.cells import contents as stored
from reconciler.diff.fields import keep_known_fields
from reconciler.kinds.fields import is_local, manifest_key
from reconciler.model import Contents, Replacement, Spec
from reconciler.model.ownership import foreign
from reconciler.steps.work import LOST


def changed_fields(task: Task, planned: Replacement, now: Spec) -> str:
    """Returns the fields that are no longer as the plan read them, as text for a message."""
    kind, known = task.kind, keep_known_fields(now, planned.before)
    inside = kind.parts.field if kind.parts else ""
    fields = {f for f in type(now).model_fields if not is_local(type(now), f)} if planned.part else {*planned.fields}
    changed = []
    for field in sorted(fields - {inside}):
        was, live = getattr(planned.before, field), getattr(known, field)
        if field == "tags":
            was, live = foreign(was), foreign(live)
        # A deferred list may have lost items by this run itself, if their targets are deleted too.
        may_shrink = field in kind.writing.deferred and isinstance(was, tuple)
        same = {*live} <= {*was} if may_shrink else was == live
        changed += [] if same else [manifest_key(type(now), field)]
    return " and ".join(changed)


def changed_within(task: Task, planned: Replacement) -> str:
    """Returns the name of contents that differ from the plan: parts, or values that it lists as lost."""
    kind = task.kind
    parts = kind.parts if kind.parts and not planned.part and kind.parts.field in planned.fields else None
    if not parts and not kind.cells:
        return ""
    contents = task.run.ports.reread(task.owner, parts=bool(parts), records=bool(kind.cells))
    if parts:
        was = {part.name: part for part in getattr(planned.before, parts.field)}
        now = {str(getattr(part, "name", "")): part for part in contents.parts}
        if was.keys() != now.keys() or any(keep_known_fields(now[name], was[name]) != was[name] for name in was):
            return kind.parts_key
    return "its values" if kind.cells and _has_other_values(task, planned, contents) else ""


def _has_other_values(task: Task, planned: Replacement, now: Contents) -> bool:
    lost: list[dict[str, str]] = next(
        (field.before for field in reversed(task.change.fields) if field.path == LOST), []
    )
    if not planned.part:
        return stored(now.records) != lost
    # This run may have moved or deleted rows meanwhile, so fewer values are fine, but not new ones.
    texts = Counter(row[planned.part] for row in stored(now.records, planned.part))
    return bool(texts - Counter(row[planned.part] for row in lost))
