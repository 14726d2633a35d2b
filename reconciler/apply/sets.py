"""Items of a set: an operation adds some, another takes some away. Neither is repeated unseen."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.answers import again
from reconciler.apply.sending import Seen, Task, send
from reconciler.diff import item_key, label
from reconciler.kinds.fields import each_by
from reconciler.kinds.tables import Members
from reconciler.model import Does, Resource, Result, Spec, Status


def join_or_leave(task: Task) -> Result:
    answer = send(task, task.step.call, lambda: _seen(task), absent_is_done=task.step.does is Does.REMOVE)
    if answer is None:
        return Result(Status.DONE, "had been done when it was looked at")
    return Result(Status.DONE, request_id=answer.request_id)


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


def _seen(task: Task) -> Seen:
    wanted = task.step.makes
    assert wanted is not None  # noqa: S101 (every such step says what the resource shall be)
    members = _members(task)
    now = read_again(task, wanted, (members.field,))
    there = {} if now is None else dict(_labelled(now, members))
    # What the call is about, by the paths of the fields that it makes true.
    about = {task.change.fields[at].path for at in task.step.fields}
    if task.step.does is Does.REMOVE:
        return Seen.NOT_DONE if _among(there, about) else Seen.DONE
    shall = dict(_labelled(wanted, members))
    return Seen.DONE if all(there.get(path) == shall[path] for path in _among(shall, about)) else Seen.NOT_DONE


def _members(task: Task) -> Members:
    kind, call = task.kind, task.step.call
    return next(
        each
        for each in kind.members
        if call.operation in (each.add, each.change, each.remove)
        and {kind.param(each.field), each.removed} & call.params.keys()
    )


def _labelled(spec: Spec, members: Members) -> Iterator[tuple[str, object]]:
    inner = type(spec)
    field, by = inner.model_fields[members.field].alias or members.field, each_by(inner, members.field) or ""
    for item in getattr(spec, members.field):
        yield f"{field}[{label(item_key(item, by))}]", item


def _among(items: dict[str, object], paths: set[str]) -> list[str]:
    return [path for path in items if any(each == path or each.startswith(f"{path}.") for each in paths)]
