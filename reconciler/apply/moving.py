"""Takes a resource over from another instance: its tags first, then the move, until AWS has finished it.

With its tags first, the next run finds the resource wherever this run ends. If AWS refuses the move, it gets the tags
back that it had. A move without a reply is looked up, and repeated only with the same token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from reconciler.apply.sending import Effect, Settled, Task, send
from reconciler.apply.waiting import until_ready
from reconciler.errors import CallError, Fate
from reconciler.kinds.asking import again
from reconciler.model import Call, Does, Replacement, Result, Status
from reconciler.model.ownership import ADDRESS, MOVED, STACK, moved_from
from reconciler.steps.work import INSTANCE

_OWN = (STACK, ADDRESS, MOVED)


def move(task: Task, planned: Replacement) -> Result:
    """Returns the result of the move. Raises `CallError` if AWS refuses it, and `Settled` if it is not made."""
    live = _described(task, planned)
    _refuse_other(task, live)
    had = task.kind.tags_of(live)

    def look() -> Effect:
        now = _described(task, planned)
        return Effect.DONE if task.kind.is_moving(now) or _is_here(task, now) else Effect.NOT_DONE

    for call in task.step.first:
        _tag(task, call, planned)
    try:
        answer = send(task, _with_token(task), look)
    except CallError as wrong:
        if wrong.fate is not Fate.UNKNOWN:
            _give_back(task, planned, had)
        raise
    done = answer if isinstance(answer, Result) else Result(Status.DONE, request_id=answer.request_id)
    done = until_ready(task, Does.MOVE, done, lambda now: _is_here(task, now))
    if done.code == "MoveFailed":
        _give_back(task, planned, had)
    return done


def _tag(task: Task, call: Call, planned: Replacement) -> None:
    written, removed = task.kind.tagging.written(call.params), task.kind.tagging.removed(call.params)

    def look() -> Effect:
        tagged = task.kind.tags_of(_described(task, planned))
        return Effect.DONE if tagged.items() >= written.items() and not tagged.keys() & {*removed} else Effect.NOT_DONE

    send(task, call, look)


def _with_token(task: Task) -> Call:
    """Returns the call with a token of this run. A later move of the same resource must not count as a repetition."""
    move, planned = task.kind.writing.move, task.step.call
    assert move is not None  # noqa: S101 (only such kinds move)
    return replace(planned, params={**planned.params, move.token: str(uuid4())})


def _described(task: Task, planned: Replacement) -> Mapping[str, Any]:
    kind, ports = task.kind, task.run.ports
    own = ports.directory.by_id(kind.own(task.change.ref, planned.before))
    live = again(ports.aws, kind, own, ("tags",), ports.directory.identity(task.change.ref).arn)
    if live is None:
        raise Settled(Result(Status.CONFLICT, "another writer deleted it meanwhile", "Conflict"))
    return live


def _is_here(task: Task, live: Mapping[str, Any]) -> bool:
    return task.kind.instance_of(live) == task.run.plan.scope.instance


def _refuse_other(task: Task, live: Mapping[str, Any]) -> None:
    """Raises `Settled` if the resource is no longer where the plan found it, or another stack's by now."""
    place = next(field.before for field in task.change.fields if field.field == INSTANCE)
    now, had = task.kind.instance_of(live), task.kind.tags_of(live)
    written = dict[str, str]()
    for call in task.step.first:
        written |= task.kind.tagging.written(call.params)
    if now != place:
        message = f"another writer moved it to {now} meanwhile; it is left alone; plan again"
    elif task.kind.is_moving(live):
        message = f"another writer changes it in {now}; it is left alone; plan again later"
    elif STACK in written and moved_from(had).get(MOVED) != written.get(MOVED):
        message = f"another stack manages it by now ({had.get(STACK, 'none')}); it is left alone; plan again"
    else:
        return
    raise Settled(Result(Status.CONFLICT, message, "Conflict", found=now, looked=True))


def _give_back(task: Task, planned: Replacement, had: Mapping[str, str]) -> None:
    """Restores the tags of its former stack. The next plan shows its owner, so a failure here changes no result."""
    kind, ref = task.kind, task.change.ref
    if not task.step.first:
        return
    old = {key: had[key] for key in _OWN if key in had}
    new = [key for key in _OWN if key not in had]
    try:
        for call in (*([kind.tag_call(ref, old)] if old else ()), *([kind.untag_call(ref, new)] if new else ())):
            _tag(task, call, planned)
    except (CallError, Settled):
        return
