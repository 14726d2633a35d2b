"""Creates a resource: makes the call, and looks up one without a reply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from reconciler.apply.choosing import send_chosen
from reconciler.apply.secret_texts import with_texts
from reconciler.apply.sending import BY_OTHERS, Effect, Settled, Task, patiently, send
from reconciler.apply.waiting import until_ready
from reconciler.diff.fields import by_key, diff, merge_declared
from reconciler.directory import AwsIds
from reconciler.errors import CallError, Meaning
from reconciler.kinds.asking import again, filled, left_out, listed, listed_in, own_named
from reconciler.kinds.fields import manifest_key
from reconciler.kinds.operations import finding
from reconciler.messages import command
from reconciler.model import Does, Ownership, Read, Resource, Result, Status
from reconciler.model.ownership import STACK, foreign, is_managed
from reconciler.port import Answer


def create(task: Task) -> Result:
    """Creates the resource of the step.

    A resource that another run created meanwhile, as declared, is unchanged: an undo of this run leaves it alone.
    """
    spec = task.step.makes
    assert spec is not None  # noqa: S101 (every create has a spec)

    def look() -> Effect:
        live = next(_namesakes(task, spec), None)
        if live is None:
            return Effect.NOT_DONE
        _refuse_other(task, spec, live)
        _learn(task, live)
        return Effect.DONE

    task.tables.forget(task.change.ref)
    choice, message = task.kind.writing.choice, ""
    if task.step.replaces and look() is Effect.DONE:
        answer: Answer | Result = BY_OTHERS
    elif choice:
        answer, item = send_chosen(task, choice, spec, look)
        message = f"chose {item}"
    else:
        answer = send(task, with_texts(task, task.step.call), look)
    task.run.note_create(task.change.ref)
    if isinstance(answer, Result):
        if choice and (chosen := next(_namesakes(task, spec), None)):
            # The looked up item may be the choice of an earlier call.
            answer = answer._replace(message=f"{answer.message}; chose {chosen[choice.member]}")
        if answer.status is Status.UNCHANGED:
            task.run.note_create_elsewhere(task.change.ref)
        return until_ready(task, Does.CREATE, answer)
    _learn(task, {**task.run.ports.directory.by_id(dict(task.step.call.params)), **answer.members})
    return until_ready(task, Does.CREATE, Result(Status.DONE, message, request_id=answer.request_id))


def _learn(task: Task, members: Mapping[str, Any]) -> None:
    id, arn = task.kind.id_and_arn(members)
    known = AwsIds(id, arn or task.kind.arn_of(id, task.run.plan.scope), task.kind.stream_of(members))
    task.run.ports.directory.add(task.change.ref, known)
    task.tables.locks(task.change, task.now).learn_structure(members.get("LockVersion") or {}, "", task.now)


def _namesakes(task: Task, spec: Resource) -> Iterator[Mapping[str, Any]]:
    """Yields the live resources with the same name, complete as AWS returns them.

    They are read by the List operation, because a search may lag behind, or by name where names are ids. A resource
    whose create chose its key is known by its tags alone.
    """
    kind, aws = task.kind, task.run.ports.aws
    if kind.reading.by_name:
        scope, name = task.run.plan.scope, kind.key_of(spec)
        own = own_named(aws, kind, name, scope)
        if own and (members := again(aws, kind, own, ("tags",))):
            yield {**kind.named(name, scope), **members}
        return
    # The key of an association may be a reference to what it associates.
    wanted = _folded(task, task.run.ports.directory.by_id(kind.listed_name(spec)))
    for read in finding(kind, spec):
        for entry in _entries(task, spec, read):
            ask = partial(left_out, aws, kind, entry)
            if kind.writing.choice:
                live = _unless_gone(task, spec, read, entry, ask)
                if live and is_managed(task.run.plan.scope, task.change.ref, kind.tags_of(live)):
                    yield live
                continue
            known = (entry["Name"],) if kind.identity.key == "name" and "Name" in entry else kind.keys_of(entry)
            if wanted in (_folded(task, key) for key in known):
                live = _unless_gone(task, spec, read, entry, ask)
                if live and kind.is_placed(spec, live, task.run.ports.directory.name):
                    yield live


def _unless_gone(
    task: Task, spec: Resource, read: Read, entry: Mapping[str, Any], ask: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """Returns a listed resource complete, or `None` if another call deleted it since it was listed.

    A new resource may be listed before AWS describes it, so the list decides.
    """

    def is_listed() -> bool:
        id = task.kind.id_and_arn(entry)[0]
        return any(task.kind.id_and_arn(it)[0] == id for it in _entries(task, spec, read))

    try:
        return {**entry, **patiently(task, ask, lambda meaning: meaning is Meaning.GONE and is_listed())}
    except CallError as wrong:
        if wrong.is_gone and not is_listed():
            return None
        raise


def _entries(task: Task, spec: Resource, read: Read) -> Iterator[dict[str, Any]]:
    """Yields the resources of a bulk read, or those in the container of the spec."""
    kind, ports = task.kind, task.run.ports
    container = kind.container(spec) if kind.reading.container[0] else None
    if container is None:
        yield from listed(ports.aws, kind, read)
        return
    # The container may be as new as what it holds.
    id = ports.directory.identity(container).id
    yield from patiently(task, lambda: list(listed_in(ports.aws, kind, read, container, id)))


def _folded(task: Task, key: str) -> str:
    return key.casefold() if task.kind.identity.folds_case else key


def _refuse_other(task: Task, spec: Resource, live: Mapping[str, Any]) -> None:
    """Raises `Settled` if the live resource is not the one that this call would create."""
    kind, ref = task.kind, task.change.ref
    tagged = kind.tags_of(live)
    if kind.ownership is Ownership.TAGS and not is_managed(task.run.plan.scope, ref, tagged):
        owner = tagged.get(STACK)
        adopt = command("adopt", ref, environment=task.run.plan.scope.environment)
        advice = f"it is managed by {owner}" if owner else f"adopt it with: {adopt}"
        message = f"exists, not managed; {advice}"
        if task.step.replaces:
            # AWS would not refuse the create, which would overwrite the work of another writer.
            raise Settled(Result(Status.CONFLICT, message, "Conflict", found=ref.name, looked=True))
        raise Settled(Result(Status.FAILED, message, "DuplicateResourceException"))
    if differs := _differences(task, spec, live):
        creator = "another run of this stack" if kind.ownership is Ownership.TAGS else "another writer"
        message = f"{creator} created it meanwhile, with another {' and '.join(differs)}; it is left alone; plan again"
        raise Settled(Result(Status.CONFLICT, message, "Conflict", found=ref.name, looked=True))


def _differences(task: Task, spec: Resource, entry: Mapping[str, Any]) -> list[str]:
    """Returns the fields of the create, also those left to AWS's default, that are live with another value."""
    kind, ref, ports = task.kind, task.change.ref, task.run.ports
    members = patiently(task, partial(filled, ports.aws, kind, entry, lambda path: True))
    members = kind.with_kept(kind.with_tags(members, foreign(kind.tags_of(members))), kind.tags_of(members))
    live = kind.from_aws(members, ports.directory.name, "" if kind.identity.key == "name" else ref.name)
    live = ports.directory.by_name_within(live)
    # Items of sets, parts, and fields that create does not take have their own calls, which recheck for themselves. One
    # such call may also carry a field without a change of its own: the content of a flow carries its status.
    apart = {*kind.writing.set_fields, *kind.reading.write_only, *([kind.parts.field] if kind.parts else [])}
    for later in (step.replaces for step in task.change.steps if step.does is Does.UPDATE):
        apart |= {*later.fields} if later and later.fresh else set()
    left = {manifest_key(kind.spec, field) for field in apart}
    left |= {field.field for at, field in enumerate(task.change.fields) if at not in task.step.fields}
    wanted = merge_declared(live, spec, lambda path: path in left)
    differs = {change.field: None for change in diff(live, wanted)}
    for sets in kind.writing.sets:
        if sets.born and kind.param(sets.field) in task.step.call.params:
            sent, there = (
                by_key(kind.spec, sets.field, items)
                for items in (getattr(spec, sets.field)[: sets.born], getattr(live, sets.field))
            )
            if any(there.get(key) != item for key, item in sent.items()):
                differs[manifest_key(kind.spec, sets.field)] = None
    return list(differs)
