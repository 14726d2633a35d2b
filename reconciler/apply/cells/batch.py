"""Writes batches of cells under optimistic locks.

A write carries the lock versions of apply's own read, or those of the last reply. If AWS refuses an item, apply lists
the table again and judges each cell by its live value; the text of the refusal does not count. A value as declared is
done. A value as it was is sent once more with the fresh lock. Any other value is another writer's edit, and is left
alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.apply.cells.judge import judge
from reconciler.apply.cells.locks import Locks
from reconciler.apply.cells.tables import Tables
from reconciler.apply.cells.values import value_of
from reconciler.apply.run import Run, backoff
from reconciler.errors import GONE, CallError, Fate, ReconcileError
from reconciler.model import CellChange, Change, Item, Result, Status, Step
from reconciler.model.events import CallMade, Looked, Retried
from reconciler.port import Answer
from reconciler.steps.batches import scope

# AWS may refuse a whole request because of one item: the live values decide, not the code.
_CONFLICTS = frozenset({"ConflictException", "DuplicateResourceException", "ResourceConflictException", GONE})


@dataclass
class _Batch:
    """One step's cells. `left` still waits. `refusals` counts how often AWS refused a cell under a fresh lock."""

    run: Run
    at: int
    step: Step
    tables: Tables
    locks: Locks
    left: list[int]
    # The lock component that the level compares, by the position of each cell in the last request.
    sent: dict[int, str | None] = field(default_factory=dict)
    refusals: dict[int, int] = field(default_factory=dict)
    attempts: int = 0
    unheard: int = 0  # requests in a row that were not done, or may not have been
    rounds: int = 0
    conflicts: int = 0  # Times that another writer had changed a lock.
    unsure: set[int] = field(default_factory=set)  # Cells whose reply was lost or does not mention them.
    reads: int = 0  # Number of the listing that judged `left`. The plan was made from listing 0.

    @property
    def change(self) -> Change:
        return self.run.plan.changes[self.at]

    def cell(self, position: int) -> CellChange:
        return self.change.table.cells[position]

    def item(self, position: int) -> Item:
        return Item(self.at, "cell", position)


def write_batch(run: Run, at: int, step: Step, tables: Tables) -> None:
    """Writes one batch, and repeats the cells that are left, until every cell has its result."""
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
        run.count_resolved(batch.conflicts)
    except CallError as wrong:
        refused = Result(Status.FAILED, wrong.message, wrong.code, wrong.request_id)
        if wrong.operation == step.call.name:  # not the listing that judges the cells that are left
            tables.note_refusal(batch.change.ref, step.call.operation, refused)
        _fail(batch, refused)
    except ReconcileError as wrong:
        _fail(batch, Result(Status.FAILED, str(wrong), type(wrong).__name__))
    return None


def look(run: Run, at: int, tables: Tables) -> None:
    """Lists the values again, because calls without a lock have changed the known lock versions."""
    change, now = run.plan.changes[at], run.ports.clock
    run.ports.tell(Looked(change.ref, "calls on the table have changed its locks"))
    try:
        fresh = run.ports.reread(change.ref, parts=False, records=True)
    except ReconcileError:
        # The batches recover by themselves: AWS refuses their stale locks, and they list the table.
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
    written = len(values) - len(failed)
    seconds = run.ports.clock() - started
    event = CallMade(batch.change.ref, call.name, seconds, number, of, written, len(failed), age, answer.request_id)
    run.ports.tell(event)
    if written:
        batch.rounds = 0
    if failed:
        stale = _one_of_each_scope(batch, failed)
        _judge(batch, failed, f"{len(failed)} of {len(values)} values were refused", request_id=answer.request_id)
        # No other writer changed a lock, and still all values but the first were stale.
        level = batch.change.table.level
        if stale and all(was == batch.locks.component(batch.cell(p), level) for p, was in stale.items()):
            batch.tables.go_one_by_one(batch.change.ref)
    return None


def _composed(batch: _Batch) -> list[dict[str, Any]]:
    """Returns the values of the request, with locks of one listing; empty if that listing has decided all cells."""
    while True:
        reads = _catch_up(batch)
        batch.sent = {p: batch.locks.component(batch.cell(p), batch.change.table.level) for p in _portion(batch)}
        values = {p: value_of(batch.cell(p), batch.locks, batch.run.ports.directory) for p in batch.sent}
        if batch.locks.last_read()[0] != reads:
            continue  # Another batch has listed the table meanwhile.
        if unknown := {batch.item(p): value for p, value in values.items() if isinstance(value, Result)}:
            # A reference without a target fails its own cell only.
            batch.run.settle(unknown, batch.step.call.name)
            batch.left = [position for position in batch.left if batch.item(position) not in unknown]
            batch.sent = {p: lock for p, lock in batch.sent.items() if batch.item(p) not in unknown}
        return [value for value in values.values() if not isinstance(value, Result)]


def _portion(batch: _Batch) -> list[int]:
    """Returns all cells that are left. If AWS compares locks item by item, it returns one cell of each scope."""
    if not batch.tables.one_by_one(batch.change.ref):
        return list(batch.left)
    first: dict[object, int] = {}
    for position in batch.left:
        first.setdefault(scope(batch.cell(position), batch.change.table.level) or position, position)
    return list(first.values())


def _one_of_each_scope(batch: _Batch, failed: Mapping[int, str]) -> dict[int, str | None]:
    """Returns the locks of the refused cells, if AWS took the first value of every scope and refused the others.

    This is how AWS answers if it compares locks item by item. The result is empty otherwise.
    """
    by_scope: dict[object, list[bool]] = {}
    for position in batch.sent:
        by_scope.setdefault(scope(batch.cell(position), batch.change.table.level), []).append(position not in failed)
    if () in by_scope or any(taken[0] is False or any(taken[1:]) for taken in by_scope.values()):
        return {}
    return {p: batch.locks.component(batch.cell(p), batch.change.table.level) for p in failed}


def _refused(batch: _Batch, wrong: CallError) -> None:
    """Handles an error of the whole request: throttled, without a reply, or in conflict."""
    run, call = batch.run, batch.step.call
    batch.attempts += 1
    if wrong.fate is Fate.REFUSED and wrong.code not in _CONFLICTS:
        raise wrong
    batch.unheard += wrong.fate is not Fate.REFUSED
    if batch.unheard >= run.environment.retries.attempts:
        raise wrong
    if wrong.fate is Fate.UNKNOWN:
        batch.unsure.update(batch.sent)
    run.count_retry()
    run.ports.tell(Retried(batch.change.ref, call.name, batch.attempts + 1, wrong.code))
    if wrong.fate is Fate.NOT_DONE:
        run.ports.pause(backoff(batch.unheard))
        return
    messages = dict.fromkeys(batch.left, wrong.message) if wrong.fate is Fate.REFUSED else {}
    sent = dict(batch.sent)
    alone = wrong.fate is Fate.REFUSED and not batch.tables.one_by_one(batch.change.ref) and len(sent) > 1
    _judge(batch, {} if alone else messages, wrong.code, sent=wrong.fate is Fate.REFUSED, request_id=wrong.request_id)
    if alone and all(sent[p] == batch.locks.component(batch.cell(p), batch.change.table.level) for p in sent):
        # No other writer changed a lock, and AWS still refuses the request: its own values conflict with each other.
        batch.tables.go_one_by_one(batch.change.ref)


def _take_reply(batch: _Batch, answer: Answer) -> dict[int, str]:
    """Stores the results of the successful values. Returns AWS's message for every other one, by position."""
    places = _places(batch)
    done: dict[Item, Result] = {}
    for entry in answer.members.get("Successful") or ():
        position = places.get(_place(entry))
        if position is not None:
            done[batch.item(position)] = Result(Status.DONE, request_id=answer.request_id)
            batch.locks.learn(batch.cell(position), entry.get("LockVersion") or {}, batch.run.ports.clock())
    failed = {
        position: entry.get("Message", "")
        for entry in answer.members.get("Failed") or ()
        if (position := places.get(_place(entry))) is not None
    }
    batch.run.settle(done, batch.step.call.name, answer.request_id)
    batch.left = [position for position in batch.left if batch.item(position) not in done]
    # An item that the reply does not mention may or may not be done: the live value decides.
    unmentioned = "AWS's reply does not mention it"
    batch.unsure.update(
        position for position in batch.sent if batch.item(position) not in done and position not in failed
    )
    return {position: failed.get(position, unmentioned) for position in batch.left if position in batch.sent}


def _judge(batch: _Batch, messages: Mapping[int, str], why: str, *, sent: bool = True, request_id: str = "") -> None:
    """Lists the table. Stores the results of decided cells, and keeps in `left` those that may be tried again."""
    ports, change, level = batch.run.ports, batch.change, batch.change.table.level
    ports.tell(Looked(change.ref, why))
    batch.locks.refresh(ports.reread(change.ref, parts=level != "NONE", records=True), ports.clock())
    count = len(batch.left)
    _catch_up(batch, request_id)
    moved = {p for p in batch.left if batch.sent.get(p) != batch.locks.component(batch.cell(p), level)}
    if sent and batch.left:
        _limit(batch, messages, moved, progress=len(batch.left) < count, request_id=request_id)


def _catch_up(batch: _Batch, request_id: str = "") -> int:
    """Judges the cells that are left by the last listing of the table, and returns that listing's number.

    Another batch may have made the listing. Its locks are valid for the rows of that listing only.
    """
    reads, rows = batch.locks.last_read()
    if reads != batch.reads:
        decided, batch.left = judge(batch.change, batch.left, rows)
        results = {
            batch.item(position): _by_whom(batch, position, result)._replace(request_id=request_id)
            for position, result in decided.items()
        }
        batch.run.settle(results, batch.step.call.name, request_id)
        batch.reads = reads
    return reads


def _by_whom(batch: _Batch, position: int, decided: Result) -> Result:
    """Returns the result as unchanged if no call of this run can have made it: undo then leaves the cell alone."""
    if decided.status is Status.DONE and position not in batch.unsure:
        return decided._replace(status=Status.UNCHANGED)
    return decided


def _limit(batch: _Batch, messages: Mapping[int, str], moved: set[int], *, progress: bool, request_id: str) -> None:
    """Fails cells that AWS refuses under a fresh lock, and a batch that keeps losing against other writers."""
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
        run.count_retry()
        if moved:
            batch.conflicts += 1
        batch.attempts += 1
        run.ports.tell(Retried(batch.change.ref, batch.step.call.name, batch.attempts + 1, "refused values"))


def _fail(batch: _Batch, result: Result) -> None:
    batch.run.settle(dict.fromkeys(map(batch.item, batch.left), result), batch.step.call.name, result.request_id)
    batch.left = []


Place = tuple[frozenset[tuple[str, str]], str]


def _places(batch: _Batch) -> dict[Place, int]:
    """Maps the key and attribute of each cell, as they were sent, to its position."""
    return {(frozenset(batch.cell(p).key.items()), batch.cell(p).attribute): p for p in batch.left}


def _place(entry: Mapping[str, Any]) -> Place:
    key = frozenset((part["AttributeName"], part["Value"]) for part in entry.get("PrimaryValues") or ())
    return key, entry["AttributeName"]


def _number(batch: _Batch) -> tuple[int, int]:
    steps: Sequence[Step] = [s for s in batch.change.steps if s.call.operation == batch.step.call.operation]
    return steps.index(batch.step) + 1, len(steps)
