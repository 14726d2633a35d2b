"""Events → what is said of them: a line of text, and its parts for machines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.cli.logs import Level, Log
from reconciler.errors import CallError
from reconciler.model.events import (
    CallMade,
    Event,
    Failed,
    Looked,
    PhaseEnded,
    PhaseStarted,
    Retried,
    StepBegan,
    StepEnded,
)
from reconciler.plurals import counted
from reconciler.port import Answer, AwsPort, Params


class Told(NamedTuple):
    level: Level
    event: str
    text: str
    members: dict[str, Any]


def told(event: Event) -> Told | None:
    """`None` for what only a forecast hears."""
    address = str(event.ref)
    match event:
        case PhaseStarted(_, phase, calls, items):
            text = f"{address}: {phase}: start, {counted(items, 'item')} in {counted(calls, 'API call')}"
            return Told(Level.NOTE, "phase started", text, {"phase": phase, "calls": calls, "items": items})
        case PhaseEnded(_, phase, done, failed, conflict, skipped):
            counts = {"done": done, "failed": failed, "conflict": conflict, "skipped": skipped}
            shown = ", ".join(f"{count} {word}" for word, count in counts.items())
            return Told(Level.NOTE, "phase ended", f"{address}: {phase}: end, {shown}", {"phase": phase, **counts})
        case CallMade():
            return _call(address, event)
        case Retried(_, operation, attempt, why):
            text = f"{address}: {operation}: again, attempt {attempt}: {why}"
            return Told(Level.DETAIL, "retry", text, {"operation": operation, "attempt": attempt, "why": why})
        case Failed(_, operation, items, code):
            what = f"{operation}: " if operation else ""
            text = f"{address}: {what}{counted(items, 'item')} failed: {code}"
            members = {"operation": operation or None, "items": items, "code": code}
            return Told(Level.NOTE, "failed", text, members)
        case StepBegan() | StepEnded():
            return None
        case Looked(_, why):
            return Told(Level.DETAIL, "looked again", f"{address}: looked again, locks are fresh: {why}", {"why": why})


def _call(address: str, made: CallMade) -> Told:
    size = made.done + made.failed
    lock = "" if made.lock_age is None else f", lock {made.lock_age:.2f} s old"
    request = f", request {made.request_id}" if made.request_id else ""
    text = (
        f"{address}: {made.operation} {made.batch}/{made.of}: {counted(size, 'item')}, {made.done} ok, "
        f"{made.failed} failed, {made.seconds:.2f} s{lock}{request}"
    )
    members = {
        "operation": made.operation,
        "batch": made.batch,
        "of": made.of,
        "size": size,
        "ok": made.done,
        "failed": made.failed,
        "seconds": round(made.seconds, 3),
        "lockAge": None if made.lock_age is None else round(made.lock_age, 3),
        "requestId": made.request_id,
    }
    return Told(Level.DETAIL, "write", text, members)


class ToldPort:
    """An `AwsPort` that tells of reads, and of writes that were refused or lost; apply tells of the others."""

    def __init__(self, aws: AwsPort, log: Log) -> None:
        self._aws, self._log = aws, log

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        started = time.monotonic()
        answer = self._aws.read(service, operation, params)
        self._tell("read", f"{service}:{operation}", started)
        return answer

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[list[dict[str, Any]]]:
        started = time.monotonic()
        for page in self._aws.pages(service, operation, items, params):
            self._tell("read", f"{service}:{operation}", started, items=len(page))
            yield page
            started = time.monotonic()

    def write(self, service: str, operation: str, params: Params) -> Answer:
        started = time.monotonic()
        try:
            return self._aws.write(service, operation, params)
        except CallError as wrong:
            told = {"code": wrong.code, "fate": wrong.fate.value, "requestId": wrong.request_id or None}
            self._tell("write", f"{service}:{operation}", started, **told)
            raise

    def delay(self, operation: str) -> float:
        return self._aws.delay(operation)

    def counts(self) -> Mapping[str, int]:
        return self._aws.counts()

    def _tell(self, event: str, operation: str, started: float, **members: Any) -> None:
        """Codes and counts; never the service's own words, which may quote a value."""
        seconds = time.monotonic() - started
        shown = "".join(f", {key} {value}" for key, value in members.items() if value is not None)
        text = f"{operation}: {event}{shown}, {seconds:.2f} s"
        self._log.put(Level.DETAIL, event, text, operation=operation, seconds=round(seconds, 3), **members)
