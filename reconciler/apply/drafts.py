"""Keeps drafts of other writers: a call that publishes or deletes a content also ends the draft that was saved since.

It is alone because only published contents have drafts.
"""

from __future__ import annotations

from reconciler.apply.sending import Settled, Task
from reconciler.errors import CallError
from reconciler.kinds.asking import structure
from reconciler.kinds.fields import document_type
from reconciler.model import Read, Replacement, Resource, Result, Spec, Status

_MESSAGE = (
    "another writer saved a draft of the {} that is not published; publish it, or save the published version over it, "
    "then plan again"
)


def keep_drafts(task: Task, planned: Replacement, known: Spec) -> None:
    """Raises `Settled` if the draft is neither the published content nor the one that an update sends."""
    read = next((read for read in planned.reads if read.is_of_draft), None)
    draft = _draft(task, read) if read else None
    for field in planned.fields if draft else ():
        saved = getattr(draft, field)
        if document_type(type(known), field) and saved not in (getattr(known, field), getattr(planned.after, field)):
            raise Settled(Result(Status.CONFLICT, _MESSAGE.format(field), "Conflict", looked=True))


def _draft(task: Task, read: Read) -> Resource | None:
    kind, ports = task.kind, task.run.ports
    own = kind.own_of({"Id": ports.directory.identity(task.owner).id})
    try:
        members = structure(ports.aws, read, own)
    except CallError as wrong:
        if wrong.is_gone:
            return None
        raise
    draft: Resource = ports.directory.by_name_within(kind.from_aws(members, ports.directory.name))
    return draft
