"""Creates a part of a resource, such as an attribute of a table or an inline policy of a role."""

from __future__ import annotations

from reconciler.apply.sending import BY_OTHERS, Effect, Settled, Task, send_structural
from reconciler.model import Contents, Result, Spec, Status


def create_part(task: Task) -> Result:
    """Creates a part. One that another writer has created with other settings is left alone."""
    parts, call = task.kind.parts, task.step.call
    assert parts is not None  # noqa: S101 (only kinds with parts have this step)
    name = str(call.params[parts.name])

    def look() -> Effect:
        contents = task.run.ports.reread(task.owner, parts=True, records=False, part=name)
        live = part_named(contents, name)
        if live is None:
            return Effect.NOT_DONE
        if not _is_same_part(task, live):
            message = "another writer created it meanwhile, with other settings; it is left alone"
            raise Settled(Result(Status.CONFLICT, message, "Conflict", found=name, looked=True))
        lock = contents.part_locks.get(name) or {}
        task.tables.locks(task.change, task.now).learn_structure(lock, name, task.now)
        return Effect.DONE

    # AWS would not refuse to replace a part that another writer has created since the plan.
    planned, is_by_others = task.step.replaces, task.run.is_created_elsewhere(task.owner)
    if planned and (is_by_others or not planned.fresh) and look() is Effect.DONE:
        return BY_OTHERS
    return send_structural(task, call, look, name)


def _is_same_part(task: Task, live: Spec) -> bool:
    """Returns whether a live part is the one that the step creates."""
    parts, planned, params = task.kind.parts, task.step.replaces, task.step.call.params
    if planned and parts and live in getattr(planned.after, parts.field):
        return True
    again = task.kind.part_create_call(task.owner, live).params
    # A text may refer to one resource in several ways: by its ARN, or by an ARN that holds its id.
    by_id = task.run.ports.directory.by_id
    return bool(again == params or by_id(again) == by_id(params))


def part_named(contents: Contents, name: str) -> Spec | None:
    """Returns the part of a name, whatever its case."""
    return next((part for part in contents.parts if getattr(part, "name", "").casefold() == name.casefold()), None)
