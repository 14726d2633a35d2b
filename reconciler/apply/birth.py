"""Creates: the call, the search for one whose reply was lost, and the wait for what comes to life later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from reconciler.answers import again, described, listed, own_of
from reconciler.apply.sending import Seen, Settled, Task, patiently, send
from reconciler.commands import command
from reconciler.directory import Identity
from reconciler.model import Ownership, Resource, Result, Status
from reconciler.ownership import STACK, is_ours

# The longest time between two looks at what is still being made, in seconds, and how often: a quarter of an hour.
PAUSE, LOOKS = 5.0, 180


def create(task: Task) -> Result:
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
        task.run.made(task.change.ref)
        return Result(Status.DONE, "live as wanted when looked at again", looked=True)
    answer = send(task, task.step.call, look)
    task.run.made(task.change.ref)
    if answer is None:
        return _settled(task, spec, Result(Status.DONE, "had been made when it was looked for"))
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
    kind, ref, directory = task.kind, task.change.ref, task.run.ports.directory
    if kind.ownership is Ownership.DECLARED:
        name = "" if kind.key == "name" else ref.name
        live = directory.by_name_within(kind.from_aws(found, directory.name, name))
        if any(getattr(live, field) != getattr(spec, field) for field in spec.model_fields_set):
            message = "somebody else made it meanwhile, and otherwise; it is left alone"
            raise Settled(Result(Status.CONFLICT, message, "Conflict", found=ref.name, looked=True))
        return
    tagged = found.get("Tags") or {}
    if not is_ours(task.run.plan.scope, ref, tagged):
        owner = tagged.get(STACK)
        adopt = command("adopt", ref, environment=task.run.plan.scope.environment)
        whose = f"it belongs to {owner}" if owner else f"adopt it with: {adopt}"
        raise Settled(Result(Status.FAILED, f"exists, not managed; {whose}", "DuplicateResourceException"))


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
