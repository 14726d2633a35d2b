"""Turns events into log lines: a text for people, and its parts for machines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.cli.logs import Log, LogLevel
from reconciler.errors import CallError
from reconciler.messages import counted
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
from reconciler.port import Answer, AwsPort, Params


class LogLine(NamedTuple):
    level: LogLevel
    event: str
    text: str
    members: dict[str, Any]


def log_line(event: Event) -> LogLine | None:
    """Returns the log line of an event. `None` for events that only a forecast uses."""
    address = str(event.ref)
    match event:
        case PhaseStarted(_, phase, calls, items):
            text = f"{address}: {phase}: start, {counted(items, 'item')} in {counted(calls, 'API call')}"
            return LogLine(LogLevel.NOTE, "phase started", text, {"phase": phase, "calls": calls, "items": items})
        case PhaseEnded(_, phase, done, failed, conflict, skipped):
            counts = {"done": done, "failed": failed, "conflict": conflict, "skipped": skipped}
            duration = ", ".join(f"{count} {word}" for word, count in counts.items())
            return LogLine(
                LogLevel.NOTE, "phase ended", f"{address}: {phase}: end, {duration}", {"phase": phase, **counts}
            )
        case CallMade():
            return _call(address, event)
        case Retried(_, operation, attempt, why):
            text = f"{address}: {operation}: again, attempt {attempt}: {why}"
            return LogLine(LogLevel.DETAIL, "retry", text, {"operation": operation, "attempt": attempt, "why": why})
        case Failed(_, operation, items, code):
            what = f"{operation}: " if operation else ""
            text = f"{address}: {what}{counted(items, 'item')} failed: {code}"
            members = {"operation": operation or None, "items": items, "code": code}
            return LogLine(LogLevel.NOTE, "failed", text, members)
        case StepBegan() | StepEnded():
            return None
        case Looked(_, why):
            return LogLine(
                LogLevel.DETAIL, "looked again", f"{address}: looked again, locks are fresh: {why}", {"why": why}
            )


def _call(address: str, call: CallMade) -> LogLine:
    size = call.done + call.failed
    lock = "" if call.lock_age is None else f", lock {call.lock_age:.2f} s old"
    request = f", request {call.request_id}" if call.request_id else ""
    text = (
        f"{address}: {call.operation} {call.batch}/{call.of}: {counted(size, 'item')}, {call.done} ok, "
        f"{call.failed} failed, {call.seconds:.2f} s{lock}{request}"
    )
    members = {
        "operation": call.operation,
        "batch": call.batch,
        "of": call.of,
        "size": size,
        "ok": call.done,
        "failed": call.failed,
        "seconds": round(call.seconds, 3),
        "lockAge": None if call.lock_age is None else round(call.lock_age, 3),
        "requestId": call.request_id,
    }
    return LogLine(LogLevel.DETAIL, "write", text, members)


class LoggedPort:
    """An `AwsPort` that logs reads, and writes that failed or whose answer was lost. Apply logs the other writes."""

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
        except CallError as error:
            log_line = {"code": error.code, "fate": error.fate.value, "requestId": error.request_id or None}
            self._tell("write", f"{service}:{operation}", started, **log_line)
            raise

    def delay(self, call: str) -> float:
        return self._aws.delay(call)

    def counts(self) -> Mapping[str, int]:
        return self._aws.counts()

    def _tell(self, event: str, operation: str, started: float, **members: Any) -> None:
        """Logs codes and counts, never AWS's own words, which may quote a value."""
        seconds = time.monotonic() - started
        members_text = "".join(f", {key} {value}" for key, value in members.items() if value is not None)
        text = f"{operation}: {event}{members_text}, {seconds:.2f} s"
        self._log.put(LogLevel.DETAIL, event, text, operation=operation, seconds=round(seconds, 3), **members)
