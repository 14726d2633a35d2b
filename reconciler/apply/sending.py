"""One call that takes no client token: a call whose reply was lost is looked up before it is repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeVar

from reconciler.apply.run import Run, backoff
from reconciler.apply.tables import Tables
from reconciler.errors import CallError, Fate
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import references
from reconciler.kinds.registry import KINDS
from reconciler.model import Call, Change, Ref, Result, Status, Step
from reconciler.model.events import CallMade, Looked, Retried
from reconciler.port import Answer

T = TypeVar("T")
GONE = "ResourceNotFoundException"
TAKEN = ("DuplicateResourceException", "ResourceConflictException")  # there is one already, perhaps by our own call
HAD_BEEN_DONE = Result(Status.DONE, "had been done when it was looked at", looked=True)
BY_OTHERS = Result(Status.UNCHANGED, "live as wanted already, by another writer or run", looked=True)
PATIENCE = 9  # tries; what `backoff` asks for between them adds up to about half a minute


class Seen(Enum):
    """What a look at the live thing says of a call that may or may not have been made."""

    DONE = auto()
    NOT_DONE = auto()


class Settled(Exception):  # noqa: N818 (a way out, not an error)
    """The item has its result without, or instead of, the call."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.message)
        self.result = result


@dataclass(frozen=True)
class Task:
    run: Run
    at: int
    step: Step
    tables: Tables

    @property
    def change(self) -> Change:
        return self.run.plan.changes[self.at]

    @property
    def kind(self) -> Kind[Any]:
        return KINDS[self.change.ref.kind]

    @property
    def owner(self) -> Ref:
        """The resource that the call is about, for a part the one that it is part of."""
        return self.change.part_of or self.change.ref

    @property
    def now(self) -> float:
        return self.run.ports.clock()


def failed(wrong: CallError) -> Result:
    return Result(Status.FAILED, wrong.message, wrong.code, wrong.request_id)


def send(
    task: Task,
    call: Call,
    look: Callable[[], Seen],
    *,
    absent_is_done: bool = False,
    lock: Callable[[], Mapping[str, str]] | None = None,
) -> Answer | Result:
    """The reply, or the result where a look shows that the call need not be made. Raises `CallError` when it will not.

    What is live as wanted is done where the reply of an attempt was lost, and otherwise the work of another writer.
    """
    run, conflicts, unheard = task.run, 0, False
    for attempt in range(1, run.environment.retries.attempts + 1):
        started = task.now
        try:
            params = {**call.params, **({"LockVersion": lock()} if lock else {})}
            answer = _written(task, call, run.ports.directory.by_id(params))
        except CallError as wrong:
            conflicts += wrong.code == "ConflictException"
            unheard = unheard or wrong.fate is Fate.UNKNOWN
            if absent_is_done and wrong.code == GONE:
                return Result(Status.DONE, "was gone already")
            final = wrong.fate is Fate.REFUSED and wrong.code not in (*TAKEN, "ConflictException")
            if final or (attempt == run.environment.retries.attempts and wrong.fate is not Fate.UNKNOWN):
                raise
            if _again(task, wrong, look, attempt):
                return HAD_BEEN_DONE if unheard else BY_OTHERS
        else:
            run.resolved(conflicts)
            run.ports.tell(
                CallMade(task.change.ref, call.name, task.now - started, 1, 1, 1, 0, request_id=answer.request_id)
            )
            return answer
    raise CallError(call.name, "Unanswered", "no reply came, and nothing shows that it was made", fate=Fate.UNKNOWN)


def _written(task: Task, call: Call, params: Any) -> Answer:
    """What this run has made may not be known everywhere yet: a call that names it is told that it is not there."""
    if not task.run.has_made(references(call.params)):
        return task.run.ports.aws.write(call.service, call.operation, params)
    return patiently(task, lambda: task.run.ports.aws.write(call.service, call.operation, params))


def patiently(task: Task, ask: Callable[[], T]) -> T:
    """The answer, as soon as AWS knows of what has just been made: writes spread in seconds, at times in minutes
    (API reference, "eventual consistency"). Raises `CallError`."""
    for attempt in range(2, PATIENCE):
        try:
            return ask()
        except CallError as wrong:
            if wrong.code != GONE or task.run.ports.stop.is_set():
                raise
            task.run.retried()
            task.run.ports.pause(backoff(attempt))
    return ask()


def _again(task: Task, wrong: CallError, look: Callable[[], Seen], attempt: int) -> bool:
    """Whether the call turns out to be done; if not, it is time for another attempt."""
    run = task.run
    if wrong.fate is Fate.NOT_DONE:
        run.ports.pause(backoff(attempt))
    else:
        run.ports.tell(Looked(task.change.ref, wrong.code))
        if look() is Seen.DONE:
            return True
        if wrong.code in TAKEN:
            raise wrong
    if run.ports.stop.is_set():
        raise Settled(Result(Status.SKIPPED, "the run was interrupted", "Interrupted"))
    if attempt < run.environment.retries.attempts:
        run.retried()
        run.ports.tell(Retried(task.change.ref, task.step.call.name, attempt + 1, wrong.code))
    return False
