"""Batches of cells under optimistic locks.

A write carries the lock versions of apply's own read, or those that the last reply handed on. Where the service refuses
an item, for whatever reason its text may give, the table is listed once more and each cell is judged by what is live:
as wanted → done; as it was → once more with the fresh lock; anything else → somebody else's edit, left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.apply.judging import judged
from reconciler.apply.locks import Locks
from reconciler.apply.run import Run, backoff
from reconciler.apply.tables import Tables
from reconciler.apply.values import value_of
from reconciler.errors import CallError, Fate, ReconcileError
from reconciler.model import CellChange, Change, Item, Result, Status, Step
from reconciler.model.events import CallMade, Looked, Retried
from reconciler.packing import scope
from reconciler.port import Answer

# A whole request may be refused because of one item: what is live decides, not the code.
_CONFLICTS = frozenset(
    {"ConflictException", "DuplicateResourceException", "ResourceConflictException", "ResourceNotFoundException"}
)


@dataclass
class _Batch:
    """One step's cells: `left` still waits, `refusals` counts how often a cell was refused under a fresh lock."""

    run: Run
    at: int
    step: Step
    tables: Tables
    locks: Locks
    left: list[int]
    sent: dict[int, str | None] = field(
        default_factory=dict
    )  # the lock that each was sent with, as the level compares it
    refusals: dict[int, int] = field(default_factory=dict)
    attempts: int = 0
    unheard: int = 0  # times in a row that the call was not done, or nobody knew
    rounds: int = 0
    conflicts: int = 0  # times that others had moved a lock
    unsure: set[int] = field(default_factory=set)  # sent, and the reply was lost or does not speak of it
    looks: int = 0  # the look at the table by which `left` was judged; 0 is the one that the plan was made of

    @property
    def change(self) -> Change:
        return self.run.plan.changes[self.at]

    def cell(self, position: int) -> CellChange:
        return self.change.cells[position]

    def item(self, position: int) -> Item:
        return Item(self.at, "cell", position)


def write_batch(run: Run, at: int, step: Step, tables: Tables) -> None:
    """Write one batch, and what of it is left, until every cell has its result."""
    left = [item.position for item in run.open(Item(at, "cell", position) for position in step.cells)]
    batch = _Batch(run, at, step, tables, tables.locks(run.plan.changes[at], run.ports.clock()), left)
    try:
        if step.rechecks:
            _judge(batch, {}, "recheck", sent=False)
        while batch.left:
            if batch.sent and run.ports.stop.is_set():
                return _fail(batch, Result(Status.SKIPPED, "the run was interrupted", "Interrupted"))
            if refusal := tables.refusal(batch.change.ref, step.call.operation):
                return _fail(batch, refusal)
            _send(batch)
        run.resolved(batch.conflicts)
    except CallError as wrong:
        refused = Result(Status.FAILED, wrong.message, wrong.code, wrong.request_id)
        if wrong.operation == step.call.name:  # and not the listing that judges what is left
            tables.note_refusal(batch.change.ref, step.call.operation, refused)
        _fail(batch, refused)
    except ReconcileError as wrong:
        _fail(batch, Result(Status.FAILED, str(wrong), type(wrong).__name__))
    return None


def look(run: Run, at: int, tables: Tables) -> None:
    """List the values again: calls that take no lock have moved those that we knew."""
    change, now = run.plan.changes[at], run.ports.clock
    run.ports.tell(Looked(change.ref, "the table's own calls have moved its locks"))
    try:
        fresh = run.ports.reread(change.ref, parts=False, records=True)
    except ReconcileError:
        # The batches find out for themselves: their locks are stale, and they look.
        return
    tables.locks(change, now()).refresh(fresh, now())


def _send(batch: _Batch) -> None:
    run, call = batch.run, batch.step.call
    values = _composed(batch)
    if not values:
        return None
    started, age = run.ports.clock(), batch.locks.age(run.ports.clock())
    try:
        answer = run.ports.aws.write(
            call.service, call.operation, {**run.ports.directory.by_id(call.params), "Values": values}
        )
    except CallError as wrong:
        return _refused(batch, wrong)
    batch.unheard = 0
    failed = _take_reply(batch, answer)
    number, of = _number(batch)
    made = len(values) - len(failed)
    seconds = run.ports.clock() - started
    told = CallMade(batch.change.ref, call.name, seconds, number, of, made, len(failed), age, answer.request_id)
    run.ports.tell(told)
    if made:
        batch.rounds = 0
    if failed:
        seems = _one_of_each_scope(batch, failed)
        _judge(batch, failed, f"{len(failed)} of {len(values)} values were refused", request_id=answer.request_id)
        # Nobody else wrote, and still all but the first were stale.
        if seems and all(was == batch.locks.component(batch.cell(p), batch.change.level) for p, was in seems.items()):
            batch.tables.go_one_by_one(batch.change.ref)
    return None


def _composed(batch: _Batch) -> list[dict[str, Any]]:
    """The request's values with their locks, all of one look at the table; empty where that look has decided all."""
    while True:
        looks = _catch_up(batch)
        batch.sent = {p: batch.locks.component(batch.cell(p), batch.change.level) for p in _portion(batch)}
        values = {p: value_of(batch.cell(p), batch.locks, batch.run.ports.directory) for p in batch.sent}
        if batch.locks.seen()[0] != looks:
            continue
        if unknown := {batch.item(p): value for p, value in values.items() if isinstance(value, Result)}:
            # A reference that leads nowhere is that cell's own failure.
            batch.run.settle(unknown, batch.step.call.name)
            batch.left = [position for position in batch.left if batch.item(position) not in unknown]
            batch.sent = {p: lock for p, lock in batch.sent.items() if batch.item(p) not in unknown}
        return [value for value in values.values() if not isinstance(value, Result)]


def _portion(batch: _Batch) -> list[int]:
    """All that is left; where locks are compared item by item, one value of each scope."""
    if not batch.tables.one_by_one(batch.change.ref):
        return list(batch.left)
    first: dict[object, int] = {}
    for position in batch.left:
        first.setdefault(scope(batch.cell(position), batch.change.level) or position, position)
    return list(first.values())


def _one_of_each_scope(batch: _Batch, failed: Mapping[int, str]) -> dict[int, str | None]:
    """Where of every scope the first value was taken and the others refused: their locks as the reply left them."""
    by_scope: dict[object, list[bool]] = {}
    for position in batch.sent:
        by_scope.setdefault(scope(batch.cell(position), batch.change.level), []).append(position not in failed)
    if () in by_scope or any(taken[0] is False or any(taken[1:]) for taken in by_scope.values()):
        return {}
    return {p: batch.locks.component(batch.cell(p), batch.change.level) for p in failed}


def _refused(batch: _Batch, wrong: CallError) -> None:
    """The whole request: throttled, lost, or in conflict."""
    run, call = batch.run, batch.step.call
    batch.attempts += 1
    if wrong.fate is Fate.REFUSED and wrong.code not in _CONFLICTS:
        raise wrong
    batch.unheard += wrong.fate is not Fate.REFUSED
    if batch.unheard >= run.environment.retries.attempts:
        raise wrong
    if wrong.fate is Fate.UNKNOWN:
        batch.unsure.update(batch.sent)
    run.retried()
    run.ports.tell(Retried(batch.change.ref, call.name, batch.attempts + 1, wrong.code))
    if wrong.fate is Fate.NOT_DONE:
        run.ports.pause(backoff(batch.unheard))
        return
    messages = dict.fromkeys(batch.left, wrong.message) if wrong.fate is Fate.REFUSED else {}
    sent = dict(batch.sent)
    alone = wrong.fate is Fate.REFUSED and not batch.tables.one_by_one(batch.change.ref) and len(sent) > 1
    _judge(batch, {} if alone else messages, wrong.code, sent=wrong.fate is Fate.REFUSED, request_id=wrong.request_id)
    if alone and all(sent[p] == batch.locks.component(batch.cell(p), batch.change.level) for p in sent):
        # Nobody else wrote, and still it is refused whole: its own values stand in each other's way.
        batch.tables.go_one_by_one(batch.change.ref)


def _take_reply(batch: _Batch, answer: Answer) -> dict[int, str]:
    """Settle what the reply calls successful; the rest by position, with the service's words."""
    places = _places(batch)
    done: dict[Item, Result] = {}
    for told in answer.members.get("Successful") or ():
        position = places.get(_place(batch, told))
        if position is not None:
            done[batch.item(position)] = Result(Status.DONE, request_id=answer.request_id)
            batch.locks.learn(batch.cell(position), told.get("LockVersion") or {}, batch.run.ports.clock())
    failed = {
        position: told.get("Message", "")
        for told in answer.members.get("Failed") or ()
        if (position := places.get(_place(batch, told))) is not None
    }
    batch.run.settle(done, batch.step.call.name, answer.request_id)
    batch.left = [position for position in batch.left if batch.item(position) not in done]
    # An item that the reply does not speak of is not done until it is seen.
    unspoken = "the reply does not mention it"
    batch.unsure.update(
        position for position in batch.sent if batch.item(position) not in done and position not in failed
    )
    return {position: failed.get(position, unspoken) for position in batch.left if position in batch.sent}


def _judge(batch: _Batch, messages: Mapping[int, str], why: str, *, sent: bool = True, request_id: str = "") -> None:
    """Look at what is live; settle what is decided, keep in `left` what may be tried again."""
    run, change = batch.run, batch.change
    run.ports.tell(Looked(change.ref, why))
    batch.locks.refresh(run.ports.reread(change.ref, parts=change.level != "NONE", records=True), run.ports.clock())
    count = len(batch.left)
    _catch_up(batch, request_id)
    moved = {p for p in batch.left if batch.sent.get(p) != batch.locks.component(batch.cell(p), change.level)}
    if sent and batch.left:
        _limit(batch, messages, moved, progress=len(batch.left) < count, request_id=request_id)


def _catch_up(batch: _Batch, request_id: str = "") -> int:
    """Judge what is left by the last look at the table, whoever looked: its locks vouch for the rows of that look."""
    looks, rows = batch.locks.seen()
    if looks != batch.looks:
        decided, batch.left = judged(batch.change, batch.left, rows)
        results = {
            batch.item(position): _by_whom(batch, position, result)._replace(request_id=request_id)
            for position, result in decided.items()
        }
        batch.run.settle(results, batch.step.call.name, request_id)
        batch.looks = looks
    return looks


def _by_whom(batch: _Batch, position: int, decided: Result) -> Result:
    """What is live as wanted, and cannot be by a call of ours, is the work of another writer: undo leaves it alone."""
    if decided.status is Status.DONE and position not in batch.unsure:
        return decided._replace(status=Status.UNCHANGED)
    return decided


def _limit(batch: _Batch, messages: Mapping[int, str], moved: set[int], *, progress: bool, request_id: str) -> None:
    """Give up on what is refused although its lock is fresh, and on a batch that never gets ahead of other writers."""
    run = batch.run
    batch.rounds = 1 if progress else batch.rounds + 1
    for position in messages:
        if position in batch.left and position not in moved:
            batch.refusals[position] = batch.refusals.get(position, 0) + 1
    most = run.environment.retries
    spent = {p for p in batch.left if batch.refusals.get(p, 0) >= most.attempts or batch.rounds > most.conflicts}
    run.settle(
        {
            batch.item(position): Result(Status.FAILED, messages.get(position, ""), "Refused", request_id)
            for position in spent
        },
        batch.step.call.name,
        request_id,
    )
    batch.left = [position for position in batch.left if position not in spent]
    if batch.left:
        run.retried()
        batch.conflicts += bool(moved)
        batch.attempts += 1
        run.ports.tell(Retried(batch.change.ref, batch.step.call.name, batch.attempts + 1, "refused values"))


def _fail(batch: _Batch, result: Result) -> None:
    batch.run.settle(dict.fromkeys(map(batch.item, batch.left), result), batch.step.call.name, result.request_id)
    batch.left = []


Place = tuple[frozenset[tuple[str, str]], str]


def _places(batch: _Batch) -> dict[Place, int]:
    """Where in the batch a reply's item belongs, by the words that were sent."""
    return {(frozenset(batch.cell(p).key.items()), batch.cell(p).attribute): p for p in batch.left}


def _place(batch: _Batch, told: Mapping[str, Any]) -> Place:
    return frozenset((each["AttributeName"], each["Value"]) for each in told.get("PrimaryValues") or ()), told[
        "AttributeName"
    ]


def _number(batch: _Batch) -> tuple[int, int]:
    steps: Sequence[Step] = [s for s in batch.change.steps if s.call.operation == batch.step.call.operation]
    return steps.index(batch.step) + 1, len(steps)
