"""Sends one call that takes no client token. If its reply is lost, its effect is looked up before it is repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, TypeVar

from reconciler.apply.archives import with_archives
from reconciler.apply.cells.tables import Tables
from reconciler.apply.lists import settle_list, with_list
from reconciler.apply.run import Run, backoff
from reconciler.documents.contents import ContentStore
from reconciler.errors import CallError, Fate, Meaning
from reconciler.kinds.asking import items
from reconciler.kinds.base import Kind
from reconciler.kinds.contents import contents_of
from reconciler.kinds.fields import references
from reconciler.kinds.operations import reads_of
from reconciler.kinds.registry import KINDS
from reconciler.model import Call, Change, CodeMark, Content, Does, Ref, Result, Status, Step
from reconciler.model.content import PublishedVersion
from reconciler.model.events import CallMade, Looked, Retried
from reconciler.port import Answer

T = TypeVar("T")
DONE_BEFORE = Result(Status.DONE, "done by a call whose reply was lost", looked=True)
BY_OTHERS = Result(Status.UNCHANGED, "already as declared, by another writer or run", looked=True)
# Tries by meaning. The waits of `backoff` between them add up to about half a minute, and to two minutes: that long a
# new role may be unknown to the services that assume it (Terraform's provider waits two to five).
PATIENCE = {Meaning.GONE: 9, Meaning.UNFOUND: 9, Meaning.NOT_YET: 20, Meaning.LATER: 20}


class Effect(Enum):
    """Result of reading whether a call without a reply has been made."""

    DONE = auto()
    NOT_DONE = auto()


class Settled(Exception):  # noqa: N818 (a way out, not an error)
    """Signal that ends a step early: its items have their result without the call."""

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
        """The resource that the call is about. For a part, it is the resource that has the part."""
        return self.change.part_of or self.change.ref

    @property
    def now(self) -> float:
        return self.run.ports.clock()


def failed(wrong: CallError) -> Result:
    return Result(Status.FAILED, wrong.message, wrong.code, wrong.request_id)


def send(
    task: Task,
    call: Call,
    look: Callable[[], Effect],
    *,
    absent_is_done: bool = False,
    lock: Callable[[], Mapping[str, str]] | None = None,
) -> Answer | Result:
    """Returns the reply, or a result if a lookup shows that the call is not needed. Raises `CallError` if it fails.

    A lookup may find the live value as declared. It is done if a reply was lost, and another writer's work otherwise.
    """
    run, conflicts, unheard = task.run, 0, False
    call = with_archives(run, task.kind, call)
    for attempt in range(1, run.environment.retries.attempts + 1):
        started = task.now
        try:
            params = {**call.params, **({"LockVersion": lock()} if lock else {})}
            answer = _written(task, call, _with_version(task, call, _sendable(run, params)))
        except CallError as wrong:
            wrong = _of_create(task, wrong)
            conflicts += wrong.meaning is Meaning.CONFLICT
            unheard = unheard or wrong.fate is Fate.UNKNOWN
            if absent_is_done and wrong.is_gone:
                return Result(Status.DONE, "was gone already")
            final = wrong.fate is Fate.REFUSED and wrong.meaning not in (Meaning.TAKEN, Meaning.CONFLICT)
            if final or (attempt == run.environment.retries.attempts and wrong.fate is not Fate.UNKNOWN):
                raise
            if _again(task, wrong, look, attempt):
                return DONE_BEFORE if unheard else BY_OTHERS
        else:
            run.count_resolved(conflicts)
            run.ports.tell(
                CallMade(task.change.ref, call.name, task.now - started, 1, 1, 1, 0, request_id=answer.request_id)
            )
            return answer
    message = "AWS sent no reply, and the live resource does not show the change; check the network and apply again"
    raise CallError(call.name, "Unanswered", message, fate=Fate.UNKNOWN)


def _of_create(task: Task, wrong: CallError) -> CallError:
    """Returns the refusal of a call. A create whose guard is stale found another resource in its place."""
    if task.step.does is not Does.CREATE or wrong.meaning is not Meaning.STALE:
        return wrong
    fate, request = wrong.fate, wrong.request_id
    return CallError(wrong.operation, wrong.code, wrong.message, fate=fate, meaning=Meaning.TAKEN, request_id=request)


def send_structural(task: Task, call: Call, look: Callable[[], Effect], part: str) -> Result:
    """Sends a call on a resource or a part, and keeps the lock of its reply."""
    answer = send(task, call, look)
    if isinstance(answer, Result):
        return answer
    if stream := task.kind.stream_of(answer.members):
        directory, ref = task.run.ports.directory, task.change.ref
        directory.add(ref, directory.identity(ref)._replace(stream=stream))
    lock = answer.members.get("LockVersion") or {}
    task.tables.locks(task.change, task.now).learn_structure(lock, part, task.now)
    return Result(Status.DONE, request_id=answer.request_id)


def _sendable(run: Run, params: Mapping[str, Any]) -> Any:
    """Returns a call's parameters with ids and bytes. Raises `UnknownReferenceError` and `ContentError`."""
    return _with_bytes(run.ports.directory.by_id(params), run.ports.contents)


def _with_version(task: Task, call: Call, params: Any) -> Any:
    """Returns the parameters with the number of a version, which it publishes first. Raises `CallError`."""
    publication = task.kind.writing.publication
    texts = {name: text for name, text in params.items() if isinstance(text, PublishedVersion)}
    if publication is None or not texts:
        return params
    taken = {name: params[name] for name in publication.takes}
    try:
        number = str(_written(task, replace(call, operation=publication.operation), taken).members[publication.member])
    except CallError as wrong:
        versions = reads_of(task.kind).versions
        if wrong.fate is not Fate.UNKNOWN or versions is None:
            raise
        if not (number := publication.number_of(list(items(task.run.ports.aws, versions, taken)))):
            raise
    return {**params, **{name: text.replace(PublishedVersion.NUMBER, number) for name, text in texts.items()}}


def confirm_contents(task: Task) -> None:
    """Reads every file that a call of the change will send. Raises `ContentError`."""
    for step in task.change.steps:
        for content in contents_of(step.call.params):
            task.run.ports.contents.read(content)


def _with_bytes(value: Any, contents: ContentStore) -> Any:
    match value:
        case CodeMark():
            return contents.tag_of(value)
        case Content():
            return contents.read(value)
        case dict():
            return {key: _with_bytes(item, contents) for key, item in value.items()}
        case list():
            return [_with_bytes(item, contents) for item in value]
        case _:
            return value


def _written(task: Task, call: Call, params: Any) -> Answer:
    """Sends a call. If AWS does not know yet what this run wrote and the call refers to, the call is repeated.

    It is also repeated if AWS refuses it only for a while.
    """
    named = tuple(references(call.params))
    created, changed = task.run.has_created, task.run.has_written
    wrote = {Meaning.GONE: created, Meaning.UNFOUND: created, Meaning.NOT_YET: changed}
    ports, kind = task.run.ports, task.kind
    answer = patiently(
        task,
        lambda: ports.aws.write(call.service, call.operation, with_list(ports, kind, call, params)),
        lambda meaning: meaning is Meaning.LATER or (meaning in wrote and wrote[meaning](named)),
    )
    settle_list(ports, kind, call, params)
    return answer


def _is_gone(meaning: Meaning) -> bool:
    return meaning is Meaning.GONE


def patiently(task: Task, ask: Callable[[], T], is_early: Callable[[Meaning], bool] = _is_gone) -> T:
    """Returns the answer as soon as AWS knows what was just written. Raises `CallError`.

    Writes spread within seconds, at times within minutes (API reference, "eventual consistency").
    `is_early`: whether a refusal may mean that it is too early; by default, that AWS does not find a new resource.
    """
    attempt = 1
    while True:
        attempt += 1
        try:
            return ask()
        except CallError as wrong:
            is_last = attempt >= PATIENCE.get(wrong.meaning, 0)
            if is_last or not is_early(wrong.meaning) or task.run.ports.stop.is_set():
                raise
            task.run.count_retry()
            task.run.ports.pause(backoff(attempt))


def _is_done(task: Task, wrong: CallError, look: Callable[[], Effect]) -> bool:
    """Returns whether the live resource shows the call. One that AWS reports as taken may show up later by its name."""
    is_hidden = wrong.meaning is Meaning.TAKEN and task.kind.reading.by_name
    for attempt in range(1, (PATIENCE[Meaning.GONE] if is_hidden else 1) + 1):
        if attempt > 1:
            task.run.ports.pause(backoff(attempt))
        if look() is Effect.DONE:
            return True
        if task.run.ports.stop.is_set():
            break
    return False


def _again(task: Task, wrong: CallError, look: Callable[[], Effect], attempt: int) -> bool:
    """Returns whether the call has been made after all. If not, it is time for another attempt."""
    run = task.run
    if wrong.fate is Fate.NOT_DONE:
        run.ports.pause(backoff(attempt))
    else:
        run.ports.tell(Looked(task.change.ref, wrong.code))
        if _is_done(task, wrong, look):
            return True
        if wrong.meaning is Meaning.TAKEN:
            raise wrong
    if run.ports.stop.is_set():
        raise Settled(Result(Status.SKIPPED, "the run was interrupted", "Interrupted"))
    if attempt < run.environment.retries.attempts:
        run.count_retry()
        run.ports.tell(Retried(task.change.ref, task.step.call.name, attempt + 1, wrong.code))
    return False
