"""Creates: the call, the search for one whose reply was lost, and the wait for what comes to life later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from reconciler.answers import again, described, filled, listed, own_of
from reconciler.apply.sending import BY_OTHERS, Seen, Settled, Task, patiently, send
from reconciler.commands import command
from reconciler.diff import diff, merge_declared
from reconciler.directory import Identity
from reconciler.model import Ownership, Resource, Result, Status
from reconciler.ownership import STACK, foreign, is_managed
from reconciler.port import Answer
from reconciler.schedule import labelled, root

# The longest time between two looks at what is still being made, in seconds, and how often: a quarter of an hour.
PAUSE, LOOKS = 5.0, 180


def create(task: Task) -> Result:
    """What another run of this stack made meanwhile, as wanted, is unchanged: an undo of this run leaves it alone."""
    spec = task.step.makes
    assert spec is not None  # noqa: S101 (every create says what it makes)

    def look() -> Seen:
        found = next(_twins(task, spec), None)
        if found is None:
            return Seen.NOT_DONE
        _refuse_strange(task, spec, found)
        _learn(task, found)
        return Seen.DONE

    task.tables.forget(task.change.ref)
    if task.step.replaces and look() is Seen.DONE:
        answer: Answer | Result = BY_OTHERS
    else:
        answer = send(task, task.step.call, look)
    task.run.made(task.change.ref)
    if isinstance(answer, Result):
        if answer.status is Status.UNCHANGED:
            task.run.met(task.change.ref)
        return _settled(task, spec, answer)
    _learn(task, {**task.step.call.params, **answer.members})
    return _settled(task, spec, Result(Status.DONE, request_id=answer.request_id))


def _learn(task: Task, members: Mapping[str, Any]) -> None:
    task.run.ports.directory.add(task.change.ref, Identity(*task.kind.identity(members)))
    task.tables.locks(task.change, task.now).learn_structure(members.get("LockVersion") or {}, "", task.now)


def _twins(task: Task, spec: Resource) -> Iterator[Mapping[str, Any]]:
    """What is called so already, as AWS tells of it whole. By the List operation: a search may lag behind."""
    kind, aws = task.kind, task.run.ports.aws
    wanted = _folded(task, kind.key_of(spec))
    for listing in (kind.lookup,) if kind.lookup else kind.searches([spec], False):
        for each in listed(aws, kind, listing):
            known = (each["Name"],) if kind.key == "name" and "Name" in each else kind.keys_of(each)
            if wanted in (_folded(task, key) for key in known):
                own = own_of(kind, each)
                yield {**each, **(patiently(task, partial(described, aws, kind, own)) if kind.describe else {})}


def _folded(task: Task, key: str) -> str:
    return key.casefold() if task.kind.folds_case else key


def _refuse_strange(task: Task, spec: Resource, found: Mapping[str, Any]) -> None:
    """Raises `Settled` where it is not what our call would have made."""
    kind, ref = task.kind, task.change.ref
    tagged = found.get("Tags") or {}
    if kind.ownership is Ownership.TAGS and not is_managed(task.run.plan.scope, ref, tagged):
        owner = tagged.get(STACK)
        adopt = command("adopt", ref, environment=task.run.plan.scope.environment)
        whose = f"it belongs to {owner}" if owner else f"adopt it with: {adopt}"
        raise Settled(Result(Status.FAILED, f"exists, not managed; {whose}", "DuplicateResourceException"))
    if differs := _differences(task, spec, found):
        whose = "another run of this stack" if kind.ownership is Ownership.TAGS else "another writer"
        message = f"{whose} made it meanwhile, with another {' and '.join(differs)}; it is left alone; plan again"
        raise Settled(Result(Status.CONFLICT, message, "Conflict", found=ref.name, looked=True))


def _differences(task: Task, spec: Resource, found: Mapping[str, Any]) -> list[str]:
    """The fields that our create carries, or leaves to AWS's default, and that are live with another value."""
    kind, ref, ports = task.kind, task.change.ref, task.run.ports
    told = patiently(task, partial(filled, ports.aws, kind, found, lambda path: True))
    told["Tags"] = foreign(told.get("Tags") or {})
    live = kind.from_aws(told, ports.directory.name, "" if kind.key == "name" else ref.name)
    live = ports.directory.by_name_within(live)
    # Items of sets, parts, and fields that create does not take have calls of their own, which look for themselves.
    apart = {*kind.sets, *kind.unanswered, *([kind.parts.field] if kind.parts else [])}
    left = {kind.spec.model_fields[field].alias or field for field in apart}
    left |= {root(field.path) for at, field in enumerate(task.change.fields) if at not in task.step.fields}
    wanted = merge_declared(live, spec, lambda path: root(path) in left)
    differs = {root(change.path): None for change in diff(live, wanted)}
    for members in kind.members:
        if members.born and kind.param(members.field) in task.step.call.params:
            born, there = (
                labelled(kind.spec, members.field, items)
                for items in (getattr(spec, members.field)[: members.born], getattr(live, members.field))
            )
            if any(there.get(path) != item for path, item in born.items()):
                differs[kind.spec.model_fields[members.field].alias or members.field] = None
    return list(differs)


def _settled(task: Task, spec: Resource, made: Result) -> Result:
    """What is made asynchronously is done when it is there, and failed with AWS's reason when it never will be."""
    kind, run = task.kind, task.run
    if not kind.settle:
        return made
    own = run.ports.directory.by_id(kind.own(task.change.ref, spec))
    for attempt in range(LOOKS):
        told = again(run.ports.aws, kind, own, ()) or {}
        if told.get(kind.settle.member) in kind.settle.failed:
            return Result(Status.FAILED, kind.unready(told), "CreationFailed", made.request_id)
        if told.get(kind.settle.member) == kind.settle.done:
            return made
        if run.ports.stop.is_set():
            break
        run.ports.pause(min(PAUSE, 0.05 * 2 ** min(attempt, 9)))
    return Result(Status.FAILED, "it is still being made; plan again later", "NotReady", made.request_id)
