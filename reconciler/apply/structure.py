"""Calls that make, replace, rename or take away a thing. None of them takes a client token, so a call whose reply was
lost is looked up before it is repeated, and what a call replaces whole is read again right before it is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

from pydantic import ValidationError

from reconciler.apply.birth import create
from reconciler.apply.run import Run
from reconciler.apply.sending import BY_OTHERS, HAD_BEEN_DONE, Seen, Settled, Task, failed, send
from reconciler.apply.sets import join_or_leave, read_again
from reconciler.apply.tables import Tables
from reconciler.canonical import plain
from reconciler.cells import identity
from reconciler.diff import known_of, with_fields
from reconciler.errors import CallError, ReconcileError
from reconciler.kinds.fields import is_local
from reconciler.model import (
    AS_WANTED,
    Action,
    Call,
    Contents,
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
from reconciler.ownership import PROTECT, foreign
from reconciler.rows import contents as stored
from reconciler.schedule import LOST

GONE = Result(Status.CONFLICT, "somebody else deleted it meanwhile", "Conflict")


def perform(run: Run, at: int, step: Step, tables: Tables) -> None:
    """Make the step's one call, and say what became of what it carries."""
    task = Task(run, at, step, tables)
    try:
        told = tables.refusal(task.owner, step.call.operation) or _perform(task)
    except Settled as settled:
        told = settled.result
    except CallError as wrong:
        told = failed(wrong)
        if wrong.operation == step.call.name:
            tables.note_refusal(task.owner, step.call.operation, told)
    except (ReconcileError, ValidationError) as wrong:
        told = Result(Status.FAILED, " ".join(str(wrong).split()), type(wrong).__name__)
    one = told if isinstance(told, Result) else None
    if task.change.action is Action.REPLACE and step.does is Does.DELETE and one and one.status in AS_WANTED:
        # Half of a replacement makes nothing true; the create that follows does.
        run.deleted(task.change.ref)
        return
    results = dict.fromkeys(step.fields, told) if isinstance(told, Result) else told
    items = {Item(at, "field", position): result for position, result in results.items()}
    items |= {Item(at, "row", position): one for position in step.rows if one}
    run.settle(items, step.call.name, next((each.request_id for each in results.values() if each.request_id), ""))


def _perform(task: Task) -> Result | Mapping[int, Result]:
    """One result for all that the call is for, or one for each field."""
    step = task.step
    match step.does:
        case Does.RENAME_ROW:
            return _rename(task, task.change.rows[step.rows[0]])
        case Does.CREATE:
            return create(task)
        case Does.PART_CREATE:
            return _create_part(task)
        case Does.DELETE | Does.PART_DELETE:
            return _delete(task)
        case Does.ADD | Does.REMOVE:
            return join_or_leave(task)
        case Does.TAG:
            return _tag(task)
        case _:
            assert step.replaces is not None  # noqa: S101 (every update says what it replaces)
            return _replace(task, step.replaces)


def _create_part(task: Task) -> Result:
    parts, call = task.kind.parts, task.step.call
    assert parts is not None  # noqa: S101 (asked by _perform)
    name = str(call.params["Name"])

    def look() -> Seen:
        contents = task.run.ports.reread(task.owner, parts=True, records=False)
        found = _part(contents, name)
        if found is None:
            return Seen.NOT_DONE
        if task.kind.part_create_call(task.owner, found).params != call.params:
            message = "somebody else made it meanwhile, and otherwise; it is left alone"
            raise Settled(Result(Status.CONFLICT, message, "Conflict", found=name, looked=True))
        lock = contents.part_locks.get(name) or {}
        task.tables.locks(task.change, task.now).learn_structure(lock, name, task.now)
        return Seen.DONE

    return _structural(task, call, look, name)


def _structural(task: Task, call: Call, look: Callable[[], Seen], part: str) -> Result:
    answer = send(task, call, look)
    if isinstance(answer, Result):
        return answer
    lock = answer.members.get("LockVersion") or {}
    task.tables.locks(task.change, task.now).learn_structure(lock, part, task.now)
    return Result(Status.DONE, request_id=answer.request_id)


def _replace(task: Task, planned: Replacement) -> Result:
    """Built from what is live now plus what is declared; what somebody else changed of the declared is a conflict."""
    mine = _mine(planned)
    if planned.fresh and not task.run.has_met(task.change.ref):
        return _structural(task, task.step.call, lambda: _seen(task, planned, mine), "")
    now = _read_again(task, planned)
    if now is None:
        raise Settled(GONE)
    seen = known_of(now, planned.before)
    for field in sorted(mine):
        found = getattr(seen, field)
        if found not in (getattr(planned.before, field), getattr(planned.after, field)):
            message = f"somebody else changed {field} meanwhile; it is left alone"
            raise Settled(Result(Status.CONFLICT, message, "Conflict", found=plain(found), looked=True))
    if all(getattr(planned.after, field) == getattr(seen, field) for field in mine):
        return BY_OTHERS
    call = _replacing(task, planned, with_fields(now, planned.after, mine))
    part = str(getattr(planned.after, "name", "")) if planned.part else ""
    return _structural(task, call, lambda: _seen(task, planned, mine, part), part)


def _seen(task: Task, planned: Replacement, mine: Collection[str], part: str = "") -> Seen:
    now = _read_again(task, planned, part)
    known = known_of(now, planned.before) if now is not None else None
    same = known is not None and all(getattr(known, f) == getattr(planned.after, f) for f in mine)
    return Seen.DONE if same else Seen.NOT_DONE


def _mine(planned: Replacement) -> set[str]:
    """The fields that the call is for. AWS never hears of some, so it can not echo them."""
    spec = type(planned.after)
    told = {f for f in spec.model_fields if not is_local(spec, f)}
    if not planned.part:
        told &= set(planned.fields)
    return told if planned.fresh else {f for f in told if getattr(planned.before, f) != getattr(planned.after, f)}


def _replacing(task: Task, planned: Replacement, final: Spec) -> Call:
    kind = task.kind
    if planned.part:
        return kind.part_replace_call(task.owner, planned.part, final)
    assert isinstance(final, Resource)  # noqa: S101 (what is no part is the resource itself)
    operation = task.step.call.operation
    update = next(each for each in kind.updates if each.operation == operation and each.fields == planned.fields)
    return kind.replace_call(task.owner, update, final)


def _read_again(task: Task, planned: Replacement, part: str = "") -> Spec | None:
    if planned.part:
        return _part(task.run.ports.reread(task.owner, parts=True, records=False), part or planned.part)
    assert isinstance(planned.before, Resource)  # noqa: S101 (what is no part is the resource itself)
    return read_again(task, planned.before, planned.fields)


def _part(contents: Contents, name: str) -> Spec | None:
    return next((part for part in contents.parts if getattr(part, "name", "").casefold() == name.casefold()), None)


def _rename(task: Task, row: RowChange) -> Result:
    run, change = task.run, task.change
    locks = task.tables.locks(change, task.now)
    old, new = identity(change.keys, row.before), identity(change.keys, row.after)

    def look() -> Seen:
        contents = run.ports.reread(change.ref, parts=True, records=True)
        locks.refresh(contents, task.now)
        keys = {identity(change.keys, record.key) for record in contents.records if record.key}
        if new in keys and old not in keys:
            return Seen.DONE
        if new in keys or old not in keys:
            raise Settled(Result(Status.CONFLICT, "somebody else changed the row's key meanwhile", "Conflict"))
        return Seen.NOT_DONE

    try:
        answer = send(task, task.step.call, look, lock=lambda: locks.of_row(old))
    except CallError as wrong:
        if wrong.code != "ResourceNotFoundException" or look() is Seen.NOT_DONE:
            raise
        answer = HAD_BEEN_DONE
    if isinstance(answer, Result):
        return answer
    locks.learn_row(old, new, answer.members.get("LockVersion") or {}, task.now)
    return Result(Status.DONE, request_id=answer.request_id)


def _tag(task: Task) -> Result:
    planned, call = task.step.replaces, task.step.call
    if planned and planned.reads:
        keys, found = call.params.get("tags") or call.params["tagKeys"], _read_again(task, planned)
        if found is None:
            raise Settled(GONE)
        now, before, after = (foreign(getattr(spec, "tags", {})) for spec in (found, planned.before, planned.after))
        if theirs := [key for key in keys if now.get(key) not in (before.get(key), after.get(key))]:
            message = f"somebody else changed the tag {' and '.join(theirs)} meanwhile; it is left alone"
            raise Settled(Result(Status.CONFLICT, message, "Conflict", found=now.get(theirs[0]), looked=True))

    def look() -> Seen:
        """To say it again changes nothing, so an adoption is not looked at."""
        known = _read_again(task, planned) if planned else None
        tags: Mapping[str, str] = getattr(known, "tags", {})
        said = tags.items() >= call.params.get("tags", {}).items() and not tags.keys() & call.params.get("tagKeys", ())
        return Seen.DONE if known and said else Seen.NOT_DONE

    return _structural(task, call, look, "")


def _delete(task: Task) -> Result:
    if (planned := task.step.replaces) and planned.reads:
        now = _read_again(task, planned)
        if now is None:
            return Result(Status.DONE, "was gone already")
        if getattr(now, "tags", {}).get(PROTECT) == "true":
            return Result(Status.CONFLICT, "protected meanwhile; it is left alone", "Conflict", looked=True)
        if differs := _changed(task, planned, now) or _changed_within(task, planned):
            message = f"somebody else changed {differs} meanwhile; it is left alone"
            return Result(Status.CONFLICT, message, "Conflict", looked=True)
    answer = send(task, task.step.call, lambda: Seen.NOT_DONE, absent_is_done=True)
    return answer if isinstance(answer, Result) else Result(Status.DONE, request_id=answer.request_id)


def _changed(task: Task, planned: Replacement, now: Spec) -> str:
    """The fields that are no longer as the plan read them."""
    kind, seen = task.kind, known_of(now, planned.before)
    inside = kind.parts.field if kind.parts else ""
    fields = {f for f in type(now).model_fields if not is_local(type(now), f)} if planned.part else {*planned.fields}
    found = []
    for field in sorted(fields - {inside}):
        was, there = getattr(planned.before, field), getattr(seen, field)
        if field == "tags":
            was, there = foreign(was), foreign(there)
        # What closes a circle goes on its own: by this run, where the other one is deleted too.
        same = {*there} <= {*was} if field in kind.late else was == there
        found += [] if same else [type(now).model_fields[field].alias or field]
    return " and ".join(found)


def _changed_within(task: Task, planned: Replacement) -> str:
    """Whether parts, or values that the plan said would be lost, are no longer as it read them."""
    kind = task.kind
    parts = kind.parts if kind.parts and not planned.part and kind.parts.field in planned.fields else None
    if not parts and not kind.cells:
        return ""
    contents = task.run.ports.reread(task.owner, parts=bool(parts), records=bool(kind.cells))
    if parts:
        was = {part.name: part for part in getattr(planned.before, parts.field)}
        now = {str(getattr(part, "name", "")): part for part in contents.parts}
        if was.keys() != now.keys() or any(known_of(now[name], was[name]) != was[name] for name in was):
            return kind.spec.model_fields[parts.field].alias or parts.field
    return "its values" if kind.cells and _has_other_values(task, planned, contents) else ""


def _has_other_values(task: Task, planned: Replacement, now: Contents) -> bool:
    lost: list[dict[str, str]] = next(
        (field.before for field in reversed(task.change.fields) if field.path == LOST), []
    )
    if not planned.part:
        return stored(now.records) != lost
    # By then this run may have moved rows, or deleted some: nothing must be there that was not.
    texts = Counter(row[planned.part] for row in stored(now.records, planned.part))
    return bool(texts - Counter(row[planned.part] for row in lost))
