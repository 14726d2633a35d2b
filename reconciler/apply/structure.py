"""Calls that make, replace, rename or take away a thing. None of them takes a client token, so a call whose reply was
lost is looked up before it is repeated, and what a call replaces whole is read again right before it is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from reconciler.apply.run import Run
from reconciler.apply.sending import Seen, Settled, Task, send
from reconciler.apply.tables import Tables
from reconciler.canonical import plain
from reconciler.cells import identity
from reconciler.directory import Identity
from reconciler.errors import CallError, ReconcileError
from reconciler.kinds.fields import is_ours as untold
from reconciler.model import (
    Action,
    Call,
    Contents,
    Item,
    Replacement,
    Resource,
    Result,
    RowChange,
    Spec,
    Status,
    Step,
)
from reconciler.ownership import STACK, is_ours


def perform(run: Run, at: int, step: Step, tables: Tables) -> None:
    """Make the step's one call, and say what became of what it carries."""
    task = Task(run, at, step, tables)
    try:
        result = _perform(task)
    except Settled as settled:
        result = settled.result
    except CallError as wrong:
        result = Result(Status.FAILED, wrong.message, wrong.code, wrong.request_id)
    except (ReconcileError, ValidationError) as wrong:
        result = Result(Status.FAILED, " ".join(str(wrong).split()), type(wrong).__name__)
    if (
        task.change.action is Action.REPLACE
        and step.call.operation == task.kind.delete
        and result.status is Status.DONE
    ):
        # Half of a replacement makes nothing true; the create that follows does.
        return
    items = {Item(at, "field", position): result for position in step.fields}
    items |= {Item(at, "row", position): result for position in step.rows}
    run.settle(items, step.call.name, result.request_id)


def _perform(task: Task) -> Result:
    kind, operation = task.kind, task.step.call.operation
    if task.step.replaces:
        return _replace(task, task.step.replaces)
    if task.step.rows:
        return _rename(task, task.change.rows[task.step.rows[0]])
    if operation == kind.create:
        return _create(task)
    if kind.parts and operation == kind.parts.create:
        return _create_part(task)
    if operation == kind.delete or (kind.parts and operation == kind.parts.delete):
        return _delete(task)
    answer = send(task, task.step.call, lambda: Seen.NOT_DONE)  # tags: to say it again changes nothing
    return Result(Status.DONE, request_id=answer.request_id if answer else "")


def _create(task: Task) -> Result:
    kind, ref, run = task.kind, task.change.ref, task.run

    def look() -> Seen:
        found = next(_named(task, str(task.step.call.params[kind.param("name")])), None)
        if found is None:
            return Seen.NOT_DONE
        _, member = kind.describe
        detail = run.ports.aws.read(kind.service, kind.describe[0], {kind.id_param: found["Id"]})[member]
        tagged = detail.get("Tags") or {}
        if not is_ours(run.plan.scope, ref, tagged):
            owner = tagged.get(STACK)
            whose = f"it belongs to {owner}" if owner else f"adopt it with: reconcile adopt {ref}"
            raise Settled(Result(Status.FAILED, f"exists, not ours; {whose}", "DuplicateResourceException"))
        run.ports.directory.add(ref, Identity(detail["Id"], detail["Arn"]))
        task.tables.locks(task.change, task.now).learn_structure(detail.get("LockVersion") or {}, "", task.now)
        return Seen.DONE

    task.tables.forget(ref)
    answer = send(task, task.step.call, look)
    if answer is None:
        return Result(Status.DONE, "had been made when it was looked for")
    run.ports.directory.add(ref, Identity(answer.members["Id"], answer.members["Arn"]))
    task.tables.locks(task.change, task.now).learn_structure(answer.members.get("LockVersion") or {}, "", task.now)
    return Result(Status.DONE, request_id=answer.request_id)


def _named(task: Task, name: str) -> Iterator[Mapping[str, Any]]:
    """By the List operation: a search index may lag behind a create."""
    kind = task.kind
    wanted = name.casefold() if kind.folds_case else name
    for page in task.run.ports.aws.pages(kind.service, kind.lookup.operation, kind.lookup.items, kind.lookup.filters):
        for each in page:
            found = str(each.get("Name", ""))
            if (found.casefold() if kind.folds_case else found) == wanted:
                yield each


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
    if answer is None:
        return Result(Status.DONE, "had been done when it was looked at")
    lock = answer.members.get("LockVersion") or {}
    task.tables.locks(task.change, task.now).learn_structure(lock, part, task.now)
    return Result(Status.DONE, request_id=answer.request_id)


def _replace(task: Task, planned: Replacement) -> Result:
    """Built from what is live now plus what is declared; what somebody else changed of the declared is a conflict."""
    now = _read_again(task, planned.part)
    if now is None:
        raise Settled(Result(Status.CONFLICT, "somebody else deleted it meanwhile", "Conflict"))
    # AWS never hears of some fields, so it can not echo them.
    sent = {f for f in type(now).model_fields if not untold(type(now), f)}
    wanted = {f for f in sent if getattr(planned.before, f) != getattr(planned.after, f)}
    kind, operation = task.kind, task.step.call.operation
    update = next((each for each in kind.updates if each.operation == operation), None)
    mine = wanted & set(update.fields) if update else wanted
    for field in sorted(mine):
        found = getattr(now, field)
        if found not in (getattr(planned.before, field), getattr(planned.after, field)):
            message = f"somebody else changed {field} meanwhile; it is left alone"
            raise Settled(Result(Status.CONFLICT, message, "Conflict", found=plain(found), looked=True))
    final = now.model_copy(update={field: getattr(planned.after, field) for field in mine})
    if all(getattr(final, field) == getattr(now, field) for field in mine):
        return Result(Status.DONE, "live as wanted when looked at again")
    if update and isinstance(final, Resource):
        call = kind.replace_call(task.owner, update, final)
    else:
        call = kind.part_replace_call(task.owner, planned.part, final)
    name = str(getattr(planned.after, "name", ""))

    def look() -> Seen:
        again = _read_again(task, name if planned.part else "")
        same = again is not None and all(getattr(again, f) == getattr(final, f) for f in mine)
        return Seen.DONE if same else Seen.NOT_DONE

    return _structural(task, call, look, name if planned.part else "")


def _read_again(task: Task, part: str) -> Spec | None:
    kind, ports = task.kind, task.run.ports
    if part:
        return _part(ports.reread(task.owner, parts=True, records=False), part)
    operation, member = kind.describe
    identity = ports.directory.identity(task.owner)
    detail = ports.aws.read(kind.service, operation, {kind.id_param: identity.id})[member]
    spec: Spec = ports.directory.by_name_within(kind.from_aws(detail, ports.directory.name))
    return spec


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
        answer = None
    if answer is None:
        return Result(Status.DONE, "had been done when it was looked at")
    locks.learn_row(old, new, answer.members.get("LockVersion") or {}, task.now)
    return Result(Status.DONE, request_id=answer.request_id)


def _delete(task: Task) -> Result:
    answer = send(task, task.step.call, lambda: Seen.NOT_DONE, absent_is_done=True)
    if answer is None:
        return Result(Status.DONE, "was gone already")
    return Result(Status.DONE, request_id=answer.request_id)
