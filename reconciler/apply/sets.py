"""Adds items to a set, and removes items. It never overwrites another writer's edit, or repeats a call blindly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from reconciler.apply.sending import BY_OTHERS, Effect, Task, failed, send
from reconciler.diff.fields import by_key
from reconciler.errors import CallError, Fate, Meaning
from reconciler.kinds.asking import again
from reconciler.kinds.fields import manifest_key
from reconciler.kinds.verbs import Set
from reconciler.model import AS_WANTED, Call, Does, Replacement, Resource, Result, Spec, Status
from reconciler.model.canonical import plain

Decided = Mapping[int, Result]  # results by the positions of fields
GUARDED = 5  # tries of a guarded call, each after another read


class _Looked(NamedTuple):
    """The results that the live items decide, and the guard of a removal."""

    decided: Decided
    guard: Mapping[str, Any]


def join_or_leave(task: Task) -> Decided:
    """Returns the result of each field of the call. Raises `CallError` if the recheck before it fails."""
    if not _positions(task):
        return dict.fromkeys(task.step.fields, _recreated(task))
    is_guarded = _members(task).guard is not None and not _planned(task).fresh
    has_to_look = _planned(task).reads or is_guarded or task.run.is_created_elsewhere(task.change.ref)
    looked = _looked(task) if has_to_look else _Looked({}, {})
    return {**looked.decided, **_sent(_without(task, looked.decided), looked.guard)}


def _recreated(task: Task) -> Result:
    """Adds items that a replacement has in common with the resource that it replaces: the plan shows none of them."""
    answer = send(task, task.step.call, lambda: Effect.NOT_DONE)
    return answer if isinstance(answer, Result) else Result(Status.DONE, request_id=answer.request_id)


def read_again(task: Task, spec: Resource, fields: tuple[str, ...]) -> Spec | None:
    """Returns the resource as it is now, with these fields, or `None` if it is gone."""
    members = members_now(task, spec, fields)
    return None if members is None else spec_now(task, spec, members)


def members_now(task: Task, spec: Resource, fields: tuple[str, ...]) -> Mapping[str, Any] | None:
    """Returns AWS's answer about the resource, with these fields, or `None` if it is gone."""
    kind, ports = task.kind, task.run.ports
    own = ports.directory.by_id(kind.own(task.owner, spec))
    return again(ports.aws, kind, own, fields, ports.directory.identity(task.owner).arn)


def spec_now(task: Task, spec: Resource, members: Mapping[str, Any]) -> Spec:
    kind, ports = task.kind, task.run.ports
    name = "" if kind.identity.key == "name" else spec.name
    complete = kind.with_kept(members, kind.tags_of(members))
    live: Spec = ports.directory.by_name_within(kind.from_aws(complete, ports.directory.name, name))
    return live


def _sent(task: Task, guard: Mapping[str, Any], tries: int = GUARDED) -> Decided:
    """Makes the call. If AWS refuses it because another writer did a part of it, repeats it without that part."""
    if not task.step.fields:
        return {}
    try:
        for removal in task.step.first:
            guarded = replace(removal, params={**removal.params, **guard})
            send(task, guarded, lambda: _look_up(task), absent_is_done=True)
        own = guard if task.step.does is Does.REMOVE else {}
        call = replace(task.step.call, params={**task.step.call.params, **own})
        answer = send(task, call, lambda: _look_up(task))
    except CallError as wrong:
        looked = _looked(task) if wrong.fate is Fate.REFUSED else _Looked({}, {})
        is_stale = wrong.meaning is Meaning.STALE and tries > 1
        if not looked.decided and not is_stale:
            return dict.fromkeys(task.step.fields, failed(wrong))
        return {**looked.decided, **_sent(_without(task, looked.decided), looked.guard, tries - 1)}
    result = answer if isinstance(answer, Result) else Result(Status.DONE, request_id=answer.request_id)
    return dict.fromkeys(task.step.fields, result)


def _look_up(task: Task) -> Effect:
    """Returns whether a call without a reply was made. Raises `CallError` if it must not be repeated as it is."""
    decided = _looked(task).decided
    if not decided:
        return Effect.NOT_DONE
    if len(decided) == len(task.step.fields) and all(result.status in AS_WANTED for result in decided.values()):
        return Effect.DONE
    raise CallError(task.step.call.name, "Conflict", "another writer did a part of it meanwhile", fate=Fate.REFUSED)


def _looked(task: Task) -> _Looked:
    """Returns the results that the live items decide: as declared, or another writer's edit."""
    planned, guard = _planned(task), _members(task).guard
    assert isinstance(planned.before, Resource)  # noqa: S101 (sets are a resource's own)
    members = members_now(task, planned.before, planned.fields)
    now = spec_now(task, planned.before, members) if members is not None else None
    if now is None and planned.fresh:
        return _Looked({}, {})
    was, wanted, live = (_items(task, spec) for spec in (planned.before, planned.after, now))
    decided: dict[int, Result] = {}
    for item, fields in _positions(task).items():
        if live.get(item) == wanted.get(item):
            result = BY_OTHERS
        elif now is None:
            result = Result(Status.CONFLICT, "another writer deleted it meanwhile", "Conflict")
        elif _members(task).recreates and item not in live:
            continue  # this step itself may have removed it
        elif live.get(item) != (None if planned.fresh else was.get(item)):
            message = "another writer changed it meanwhile; it is left alone"
            result = Result(Status.CONFLICT, message, "Conflict", found=plain(live.get(item)), looked=True)
        else:
            continue
        decided |= dict.fromkeys(fields, result)
    return _Looked(decided, guard.of(members or {}) if guard else {})


def _without(task: Task, decided: Collection[int]) -> Task:
    """Returns the task for the items that are not decided yet."""
    if not decided:
        return task
    planned, kind, members = _planned(task), task.kind, _members(task)
    assert isinstance(planned.after, Resource)  # noqa: S101 (sets are a resource's own)
    fields = tuple(at for at in task.step.fields if at not in decided)
    known = _items(task, planned.before if task.step.does is Does.REMOVE else planned.after)
    left = {task.change.fields[at].item for at in fields}
    items = [item for key, item in known.items() if key in left]
    build = {members.add: kind.add_calls, members.change: kind.change_calls, members.remove: kind.remove_calls}
    calls = build[task.step.call.operation](task.owner, members, planned.after, items)
    call: Call = next((call for call, _ in calls), task.step.call)
    return replace(task, step=replace(task.step, call=call, fields=fields))


def _planned(task: Task) -> Replacement:
    planned = task.step.replaces
    assert planned is not None  # noqa: S101 (every step of a set has a replacement)
    return planned


def _members(task: Task) -> Set:
    (field,) = _planned(task).fields
    return next(members for members in task.kind.writing.sets if members.field == field)


def _items(task: Task, spec: Spec | None) -> dict[Any, Any]:
    (field,) = _planned(task).fields
    return {} if spec is None else by_key(task.kind.spec, field, getattr(spec, field))


def _positions(task: Task) -> dict[Any, list[int]]:
    """Returns the positions of the field changes of each item that the call is about, by the item's key."""
    positions: dict[Any, list[int]] = {}
    key = manifest_key(task.kind.spec, _members(task).field)
    for at in task.step.fields:
        if task.change.fields[at].field != key:
            continue
        positions.setdefault(task.change.fields[at].item, []).append(at)
    return positions
