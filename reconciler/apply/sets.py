"""Items of a set: an operation adds some, another takes some away. Neither overwrites nor repeats anything unseen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from reconciler.answers import again
from reconciler.apply.sending import BY_OTHERS, Seen, Task, failed, send
from reconciler.canonical import plain
from reconciler.errors import CallError, Fate
from reconciler.kinds.tables import Members
from reconciler.model import AS_WANTED, Call, Does, Replacement, Resource, Result, Spec, Status
from reconciler.schedule import item_of, labelled

Decided = Mapping[int, Result]  # by the positions of fields


def join_or_leave(task: Task) -> Decided:
    """What became of each field that the call is for. Raises `CallError` where it can not be looked at first."""
    decided = _looked(task) if _planned(task).reads or task.run.has_met(task.change.ref) else {}
    return {**decided, **_sent(_without(task, decided))}


def read_again(task: Task, spec: Resource, fields: tuple[str, ...]) -> Spec | None:
    """The resource as it is now, as far as the fields go; `None` where it is gone."""
    kind, ports = task.kind, task.run.ports
    own = ports.directory.by_id(kind.own(task.owner, spec))
    told = again(ports.aws, kind, own, fields)
    if told is None:
        return None
    name = "" if kind.key == "name" else spec.name
    found: Spec = ports.directory.by_name_within(kind.from_aws(told, ports.directory.name, name))
    return found


def _sent(task: Task) -> Decided:
    """A call is refused whole where somebody else has done a part of it: it is made again without that part."""
    if not task.step.fields:
        return {}
    try:
        answer = send(task, task.step.call, lambda: _seen(task))
    except CallError as wrong:
        decided = _looked(task) if wrong.fate is Fate.REFUSED else {}
        if not decided:
            return dict.fromkeys(task.step.fields, failed(wrong))
        return {**decided, **_sent(_without(task, decided))}
    told = answer if isinstance(answer, Result) else Result(Status.DONE, request_id=answer.request_id)
    return dict.fromkeys(task.step.fields, told)


def _seen(task: Task) -> Seen:
    """Whether a call without a reply was made. Raises `CallError` where it must not be repeated as it is."""
    decided = _looked(task)
    if not decided:
        return Seen.NOT_DONE
    if len(decided) == len(task.step.fields) and all(told.status in AS_WANTED for told in decided.values()):
        return Seen.DONE
    raise CallError(task.step.call.name, "Conflict", "somebody else did a part of it meanwhile", fate=Fate.REFUSED)


def _looked(task: Task) -> Decided:
    """The fields that are decided by what is live: they are as wanted, or somebody else's."""
    planned = _planned(task)
    assert isinstance(planned.before, Resource)  # noqa: S101 (sets are a resource's own)
    now = read_again(task, planned.before, planned.fields)
    if now is None and planned.fresh:
        return {}
    was, shall, there = (_items(task, spec) for spec in (planned.before, planned.after, now))
    decided: dict[int, Result] = {}
    for root, fields in _by_root(task).items():
        if there.get(root) == shall.get(root):
            told = BY_OTHERS
        elif now is None:
            told = Result(Status.CONFLICT, "somebody else deleted it meanwhile", "Conflict")
        elif there.get(root) != (None if planned.fresh else was.get(root)):
            message = "somebody else changed it meanwhile; it is left alone"
            told = Result(Status.CONFLICT, message, "Conflict", found=plain(there.get(root)), looked=True)
        else:
            continue
        decided |= dict.fromkeys(fields, told)
    return decided


def _without(task: Task, decided: Collection[int]) -> Task:
    """The task for the items that are left."""
    if not decided:
        return task
    planned, kind, members = _planned(task), task.kind, _members(task)
    assert isinstance(planned.after, Resource)  # noqa: S101 (sets are a resource's own)
    fields = tuple(at for at in task.step.fields if at not in decided)
    known = _items(task, planned.before if task.step.does is Does.REMOVE else planned.after)
    items = [known[root] for root, told in _by_root(task).items() if not set(told) & set(decided)]
    build = {members.add: kind.add_calls, members.change: kind.change_calls, members.remove: kind.remove_calls}
    calls = build[task.step.call.operation](task.owner, members, planned.after, items)
    call: Call = next((call for call, _ in calls), task.step.call)
    return replace(task, step=replace(task.step, call=call, fields=fields))


def _planned(task: Task) -> Replacement:
    planned = task.step.replaces
    assert planned is not None  # noqa: S101 (every step of a set says what it finds)
    return planned


def _members(task: Task) -> Members:
    (field,) = _planned(task).fields
    return next(each for each in task.kind.members if each.field == field)


def _items(task: Task, spec: Spec | None) -> dict[str, Any]:
    (field,) = _planned(task).fields
    return {} if spec is None else labelled(task.kind.spec, field, getattr(spec, field))


def _by_root(task: Task) -> dict[str, list[int]]:
    """The items that the call is about, by the paths of their changes, and the fields that tell of each."""
    planned = _planned(task)
    known = {**_items(task, planned.before), **_items(task, planned.after)}
    found: dict[str, list[int]] = {root: [] for root in known}
    for at in task.step.fields:
        if root := item_of(task.change.fields[at].path, known):
            found[root].append(at)
    return {root: fields for root, fields in found.items() if fields}
