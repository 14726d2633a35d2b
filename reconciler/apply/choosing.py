"""Chooses a free item right before a create: a search that reserves nothing, then the create, until one is accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from reconciler.apply.sending import Effect, Settled, Task, send
from reconciler.errors import CallError, Meaning
from reconciler.kinds.asking import items
from reconciler.kinds.operations import reads_of
from reconciler.kinds.verbs import Choice
from reconciler.model import Call, Resource, Result, Status
from reconciler.port import Answer


def send_chosen(task: Task, choice: Choice, spec: Resource, look: Callable[[], Effect]) -> tuple[Answer | Result, str]:
    """Returns the reply of the create, and the chosen item. Raises `Settled` if no item is free, and `CallError`."""
    run = task.run
    for item in _free_items(task, choice, spec):
        try:
            return send(task, _with_item(task, choice, item), look), item
        except CallError as wrong:
            # Another writer has taken it since the search.
            if wrong.meaning is not Meaning.TAKEN:
                raise
        run.count_retry()
        if run.ports.stop.is_set():
            raise Settled(Result(Status.SKIPPED, "the run was interrupted", "Interrupted"))
    message = f"AWS offers no {task.kind.chooses(spec)}; declare other fields, or plan again later"
    raise Settled(Result(Status.FAILED, message, "NoneFree"))


def _free_items(task: Task, choice: Choice, spec: Resource) -> Iterator[str]:
    read = reads_of(task.kind).choice
    assert read is not None  # noqa: S101 (a kind with a choice has its search)
    wanted: dict[str, Any] = task.kind.to_aws(spec, choice.fields)
    for entry in items(task.run.ports.aws, read, wanted):
        item = str(entry[choice.member])
        if task.run.choose(task.kind.name, item):
            yield item


def _with_item(task: Task, choice: Choice, item: str) -> Call:
    """Returns the create with its item. Its token is the same whenever this resource takes this item."""
    planned, owner = task.step.call, task.run.plan.scope.owner
    token = str(uuid5(NAMESPACE_OID, f"{owner} {task.change.ref} {item}"))
    return replace(planned, params={**planned.params, choice.member: item, choice.token: token})
