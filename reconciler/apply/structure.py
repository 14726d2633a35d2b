"""Sends the calls that create, replace, rename or delete a resource or a part of it.

None of them takes a client token. So the effect of a call without a reply is looked up before the call is repeated. A
resource that a call replaces as a whole is read again right before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import ValidationError

from reconciler.apply.birth import create
from reconciler.apply.cells.tables import Tables
from reconciler.apply.drafts import keep_drafts
from reconciler.apply.losses import changed_fields, changed_within
from reconciler.apply.moving import move
from reconciler.apply.parts import create_part, part_named
from reconciler.apply.run import Run
from reconciler.apply.sending import (
    BY_OTHERS,
    DONE_BEFORE,
    Effect,
    Settled,
    Task,
    confirm_contents,
    failed,
    send,
    send_structural,
)
from reconciler.apply.sets import join_or_leave, read_again
from reconciler.apply.skipping import decided_by
from reconciler.apply.waiting import until_ready
from reconciler.diff.fields import keep_known_fields, with_fields
from reconciler.errors import CallError, Fate, ReconcileError
from reconciler.kinds.fields import is_local
from reconciler.model import (
    AS_WANTED,
    Action,
    Call,
    Does,
    Item,
    Replacement,
    Resource,
    Result,
    RowChange,
    Spec,
    Status,
    Step,
)
from reconciler.model.canonical import plain
from reconciler.model.cells import identity
from reconciler.model.ownership import PROTECT, foreign

BARE = Result(Status.SKIPPED, "the resource was created, and the run was killed before it sent this", "Killed")
GONE = Result(Status.CONFLICT, "another writer deleted it meanwhile", "Conflict")


def perform(run: Run, at: int, step: Step, tables: Tables) -> None:
    """Makes the step's one call, and stores the results of its items."""
    task = Task(run, at, step, tables)
    try:
        decided = tables.refusal(task.owner, step.call.operation) or _perform(task)
    except Settled as settled:
        decided = settled.result
    except CallError as wrong:
        decided = failed(wrong)
        if wrong.fate is Fate.REFUSED:
            files = task.run.ports.documents(task.change.ref)
            decided = decided._replace(message=task.kind.explained(step.call, wrong.message, files))
        if wrong.operation == step.call.name:
            tables.note_refusal(task.owner, wrong)
    except (ReconcileError, ValidationError) as wrong:
        decided = Result(Status.FAILED, " ".join(str(wrong).split()), type(wrong).__name__)
    one = decided if isinstance(decided, Result) else None
    if task.change.action is Action.REPLACE and step.does is Does.DELETE and one and one.status in AS_WANTED:
        # The deletion alone carries no item of a replacement: the create that follows decides them.
        run.note_delete(task.change.ref)
        return
    results = dict.fromkeys(step.fields, decided) if isinstance(decided, Result) else decided
    if one and not step.fields and step.does is Does.CREATE:
        _settle_bare(task, one)
        return
    items = {Item(at, "field", position): result for position, result in results.items()}
    items |= {Item(at, "row", position): one for position in step.rows if one}
    request_id = next((result.request_id for result in results.values() if result.request_id), "")
    run.settle(items, step.call.name, request_id)


def _settle_bare(task: Task, result: Result) -> None:
    """Stores the result of a create that carries no field. Its failure is that of the whole change."""
    run, step = task.run, task.step
    items = decided_by(task.at, task.change, step)
    if result.status in AS_WANTED:
        # Only a run that is killed before the later calls keeps this result.
        run.note(dict.fromkeys(items, BARE), step.call.name, result.request_id)
    else:
        run.settle(dict.fromkeys(items, result), step.call.name, result.request_id)


def _perform(task: Task) -> Result | Mapping[int, Result]:
    """Returns one result for all items of the call, or one for each field."""
    step = task.step
    match step.does:
        case Does.RENAME_ROW:
            return _rename(task, task.change.table.rows[step.rows[0]])
        case Does.CREATE:
            return create(task)
        case Does.PART_CREATE:
            return create_part(task)
        case Does.DELETE | Does.PART_DELETE:
            return _delete(task)
        case Does.ADD | Does.REMOVE:
            return join_or_leave(task)
        case Does.TAG:
            return _tag(task)
        case Does.MOVE:
            assert step.replaces is not None  # noqa: S101 (every move has what it moves)
            return move(task, step.replaces)
        case _:
            assert step.replaces is not None  # noqa: S101 (every update has a replacement)
            return _replace(task, step.replaces)


def _replace(task: Task, planned: Replacement) -> Result:
    """Sends the live values merged with the declared ones. A declared field that another writer changed conflicts."""
    fields = _changed_fields(planned)
    if planned.fresh and not task.run.is_created_elsewhere(task.change.ref):
        updated = send_structural(task, task.step.call, lambda: _look_up(task, planned, fields), "")
        return until_ready(task, Does.UPDATE, updated)
    now = _read_again(task, planned)
    if now is None:
        raise Settled(GONE)
    known = keep_known_fields(now, planned.before)
    for field in sorted(fields):
        live = getattr(known, field)
        if live not in (getattr(planned.before, field), getattr(planned.after, field)):
            message = f"another writer changed {field} meanwhile; it is left alone"
            raise Settled(Result(Status.CONFLICT, message, "Conflict", found=plain(live), looked=True))
    if all(getattr(planned.after, field) == getattr(known, field) for field in fields):
        return BY_OTHERS
    keep_drafts(task, planned, known)
    _send_first(task, planned, fields)
    call = _replacing(task, planned, with_fields(now, planned.after, fields))
    part = str(getattr(planned.after, "name", "")) if planned.part else ""
    updated = send_structural(task, call, lambda: _look_up(task, planned, fields, part), part)
    return until_ready(task, Does.UPDATE, updated)


def _send_first(task: Task, planned: Replacement, fields: Collection[str]) -> None:
    """Sends the calls that AWS needs before the update, and waits for each. Raises `Settled` if one fails."""

    def look() -> Effect:
        now = _read_again(task, planned)
        is_same = now is not None and all(getattr(now, f) == getattr(planned.before, f) for f in fields)
        return Effect.NOT_DONE if is_same else Effect.DONE

    for call in task.step.first:
        answered = until_ready(task, Does.UPDATE, send_structural(task, call, look, ""))
        if answered.status not in AS_WANTED:
            raise Settled(answered)


def _look_up(task: Task, planned: Replacement, fields: Collection[str], part: str = "") -> Effect:
    now = _read_again(task, planned, part)
    known = keep_known_fields(now, planned.before) if now is not None else None
    same = known is not None and all(getattr(known, f) == getattr(planned.after, f) for f in fields)
    return Effect.DONE if same else Effect.NOT_DONE


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
    assert isinstance(final, Resource)  # noqa: S101 (without a part, it is the resource itself)
    operation = task.step.call.operation
    updates = (it.sending(planned.fields) for it in kind.writing.updates if operation in (it.operation, it.clear))
    update = next(it for it in updates if it.fields == planned.fields)
    return kind.replace_call(task.owner, update, final)


def _read_again(task: Task, planned: Replacement, part: str = "") -> Spec | None:
    if planned.part:
        name = part or planned.part
        return part_named(task.run.ports.reread(task.owner, parts=True, records=False, part=name), name)
    assert isinstance(planned.before, Resource)  # noqa: S101 (without a part, it is the resource itself)
    return read_again(task, planned.before, planned.fields)


def _rename(task: Task, row: RowChange) -> Result:
    run, change = task.run, task.change
    locks = task.tables.locks(change, task.now)
    old, new = identity(change.table.keys, row.before), identity(change.table.keys, row.after)

    def look() -> Effect:
        contents = run.ports.reread(change.ref, parts=True, records=True)
        locks.refresh(contents, task.now)
        keys = {identity(change.table.keys, record.key) for record in contents.records if record.key}
        if new in keys and old not in keys:
            return Effect.DONE
        if new in keys or old not in keys:
            raise Settled(Result(Status.CONFLICT, "another writer changed the row's key meanwhile", "Conflict"))
        return Effect.NOT_DONE

    try:
        answer = send(task, task.step.call, look, lock=lambda: locks.of_row(old))
    except CallError as wrong:
        if not wrong.is_gone or look() is Effect.NOT_DONE:
            raise
        answer = DONE_BEFORE
    if isinstance(answer, Result):
        return answer
    locks.learn_row(old, new, answer.members.get("LockVersion") or {}, task.now)
    return Result(Status.DONE, request_id=answer.request_id)


def _tag(task: Task) -> Result:
    planned, call, tagging = task.step.replaces, task.step.call, task.kind.tagging
    written, removed = tagging.written(call.params), tagging.removed(call.params)
    if planned and planned.reads:
        live = _read_again(task, planned)
        if live is None:
            raise Settled(GONE)
        now, before, after = (foreign(getattr(spec, "tags", {})) for spec in (live, planned.before, planned.after))
        # A call that replaces all tags would also drop one that another writer has added.
        keys = {**written, **now} if tagging.replaces_all else (*written, *removed)
        if edited := [key for key in keys if now.get(key) not in (before.get(key), after.get(key))]:
            message = f"another writer changed the tag {' and '.join(edited)} meanwhile; it is left alone"
            raise Settled(Result(Status.CONFLICT, message, "Conflict", found=now.get(edited[0]), looked=True))

    def look() -> Effect:
        # An adoption has no `planned`, and is not looked up: a repeated tag call changes nothing.
        known = _read_again(task, planned) if planned else None
        tags: Mapping[str, str] = getattr(known, "tags", {})
        same = tags.items() >= written.items() and not tags.keys() & {*removed}
        return Effect.DONE if known and same else Effect.NOT_DONE

    return send_structural(task, call, look, "")


def _delete(task: Task) -> Result:
    if (planned := task.step.replaces) and planned.reads:
        now = _read_again(task, planned)
        if now is None:
            return Result(Status.DONE, "was gone already")
        if getattr(now, "tags", {}).get(PROTECT) == "true":
            message = "another writer protected it meanwhile; it is left alone"
            return Result(Status.CONFLICT, message, "Conflict", looked=True)
        if differs := changed_fields(task, planned, now) or changed_within(task, planned):
            message = f"another writer changed {differs} meanwhile; it is left alone"
            return Result(Status.CONFLICT, message, "Conflict", looked=True)
        keep_drafts(task, planned, keep_known_fields(now, planned.before))
    if task.change.action is Action.REPLACE:
        # After the deletion, nothing could bring back a resource whose files have changed.
        confirm_contents(task)
    for call in task.step.first:
        send(task, call, lambda: Effect.NOT_DONE, absent_is_done=True)
    answer = send(task, task.step.call, lambda: Effect.NOT_DONE, absent_is_done=True)
    deleted = answer if isinstance(answer, Result) else Result(Status.DONE, request_id=answer.request_id)
    return deleted if planned and planned.part else until_ready(task, Does.DELETE, deleted)
