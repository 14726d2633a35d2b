"""Updates a resource or a part of it: reads it again right before the call, and sends what the call replaces."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from reconciler.apply.drafts import keep_drafts
from reconciler.apply.parts import part_named
from reconciler.apply.sending import BY_OTHERS, Effect, Settled, Task, send_structural
from reconciler.apply.sets import GUARDED, members_now, read_again, spec_now
from reconciler.apply.waiting import until_ready, when_still
from reconciler.diff.fields import keep_known_fields, with_fields
from reconciler.errors import CallError, Meaning
from reconciler.kinds.fields import is_local, is_partial
from reconciler.kinds.marks import is_concealed
from reconciler.kinds.verbs import Update
from reconciler.model import AS_WANTED, Call, Concealed, Does, Replacement, Resource, Result, Spec, Status
from reconciler.model.canonical import plain

GONE = Result(Status.CONFLICT, "another writer deleted it meanwhile", "Conflict")


def update(task: Task, planned: Replacement) -> Result:
    """Sends the live values merged with the declared ones. A declared field that another writer changed conflicts."""
    # The resource may be live by now. Then its own ARN in one of its fields has a name.
    named = task.run.ports.directory.by_name_within
    planned = replace(planned, before=named(planned.before), after=named(planned.after))
    fields = _changed_fields(planned)
    if planned.fresh and not task.run.is_created_elsewhere(task.change.ref):
        updated = send_structural(task, task.step.call, lambda: _look_up(task, planned, fields), "")
        return until_ready(task, Does.UPDATE, updated)
    for _ in range(GUARDED):
        try:
            return _replaced(task, planned, fields)
        except CallError as wrong:
            # A guarded update is refused while another writer's is in progress: the next recheck waits for that.
            is_busy = wrong.meaning is Meaning.CONFLICT and not planned.part and _update_of(task, planned).guard
            if wrong.meaning is not Meaning.STALE and not is_busy:
                raise
    return _replaced(task, planned, fields)


def _replaced(task: Task, planned: Replacement, fields: Collection[str]) -> Result:
    """Sends one update, with what it needs of the resource as it is now. Raises `CallError` and `Settled`."""
    now, guard = _read_guarded(task, planned)
    if now is None:
        raise Settled(GONE)
    known = _comparable(planned, now)
    for field in sorted(fields):
        live = getattr(known, field)
        if live not in (getattr(planned.before, field), getattr(planned.after, field)):
            message = f"another writer changed {field} meanwhile; it is left alone"
            value = Concealed() if is_concealed(type(known), field) else live
            raise Settled(Result(Status.CONFLICT, message, "Conflict", found=plain(value), looked=True))
    if all(getattr(planned.after, field) == getattr(known, field) for field in fields):
        return BY_OTHERS
    keep_drafts(task, planned, known)
    _send_first(task, planned, fields)
    call = _replacing(task, planned, with_fields(now, planned.after, fields))
    call = replace(call, params={**call.params, **guard})
    part = str(getattr(planned.after, "name", "")) if planned.part else ""
    updated = send_structural(task, call, lambda: _look_up(task, planned, fields, part), part)
    return until_ready(task, Does.UPDATE, updated)


def _send_first(task: Task, planned: Replacement, fields: Collection[str]) -> None:
    """Sends the calls that AWS needs before the update, and waits for each. Raises `Settled` if one fails."""

    def look() -> Effect:
        now = read_planned(task, planned)
        is_same = now is not None and all(getattr(now, f) == getattr(planned.before, f) for f in fields)
        return Effect.NOT_DONE if is_same else Effect.DONE

    for call in task.step.first:
        answered = until_ready(task, Does.UPDATE, send_structural(task, call, look, ""))
        if answered.status not in AS_WANTED:
            raise Settled(answered)


def _look_up(task: Task, planned: Replacement, fields: Collection[str], part: str = "") -> Effect:
    now = read_planned(task, planned, part)
    known = _comparable(planned, now) if now is not None else None
    same = known is not None and all(getattr(known, f) == getattr(planned.after, f) for f in fields)
    return Effect.DONE if same else Effect.NOT_DONE


def _comparable(planned: Replacement, now: Spec) -> Spec:
    """Returns the live spec as far as the plan read it. Maps have only the items that the plan changes."""
    known, limited = keep_known_fields(now, planned.before), dict[str, Any]()
    for field in planned.fields:
        before, after, live = (getattr(spec, field) for spec in (planned.before, planned.after, known))
        if is_partial(type(known), field) and isinstance(live, dict):
            changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
            limited[field] = before | {key: live.get(key) for key in changed}
            limited[field] = {key: item for key, item in limited[field].items() if item is not None}
    return known.model_copy(update=limited) if limited else known


def _changed_fields(planned: Replacement) -> set[str]:
    """Returns the fields that the call changes, without those that AWS never receives and cannot return."""
    spec = type(planned.after)
    fields = {f for f in spec.model_fields if not is_local(spec, f)}
    if not planned.part:
        fields &= set(planned.fields)
    return fields if planned.fresh else {f for f in fields if getattr(planned.before, f) != getattr(planned.after, f)}


def _replacing(task: Task, planned: Replacement, final: Spec) -> Call:
    kind = task.kind
    if planned.part:
        return kind.part_replace_call(task.owner, planned.part, final)
    before, after, update = planned.before, planned.after, _update_of(task, planned)
    assert isinstance(final, Resource)  # noqa: S101 (without a part, it is the resource itself)
    return (
        kind.item_call(task.owner, update, before, after)
        if update.by_item
        else kind.replace_call(task.owner, update, final)
    )


def _update_of(task: Task, planned: Replacement) -> Update:
    operation = task.step.call.operation
    every = task.kind.writing.updates
    updates = (it.sending(planned.fields) for it in every if operation in (it.operation, it.clear))
    return next(it for it in updates if it.fields == planned.fields)


def _read_guarded(task: Task, planned: Replacement) -> tuple[Spec | None, Mapping[str, Any]]:
    """Returns the resource as it is now, and the parameters by which AWS refuses the update if that changes.

    AWS refuses a second update while one is in progress, so it waits for that of another writer.
    """
    wait, guard = task.kind.writing.wait, None if planned.part else _update_of(task, planned).guard
    has_to_wait = wait is not None and Does.UPDATE in wait.after
    if planned.part or not (has_to_wait or guard):
        return read_planned(task, planned), {}
    assert isinstance(planned.before, Resource)  # noqa: S101 (without a part, it is the resource itself)
    before = planned.before
    members = when_still(task, lambda: members_now(task, before, planned.fields))
    if members is None:
        return None, {}
    if reason := task.kind.unready(members):
        raise Settled(Result(Status.FAILED, reason, "NotReady"))
    return spec_now(task, before, members), guard.of(members) if guard else {}


def read_planned(task: Task, planned: Replacement, part: str = "") -> Spec | None:
    if planned.part:
        name = part or planned.part
        return part_named(task.run.ports.reread(task.owner, parts=True, records=False, part=name), name)
    assert isinstance(planned.before, Resource)  # noqa: S101 (without a part, it is the resource itself)
    return read_again(task, planned.before, planned.fields)
