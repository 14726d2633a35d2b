"""Writes the status of pipelines as text for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from reconciler.cli.pipelines.pairs_text import pair_lines
from reconciler.messages import counted, duration
from reconciler.report.lines import Look, aligned, folded, look, printed
from reconciler.report.visible import escaped, utc_text

if TYPE_CHECKING:
    from reconciler.model.environment import Environment
    from reconciler.pipelines.state import AlarmState, ContactsState, PipelineState, ScheduleState

SYMBOLS = {"fresh": "✓", "behind": "!", "failed": "✗", "error": "✗"}
COLOURS = {"fresh": "green", "behind": "yellow", "failed": "red", "error": "red"}
SHOWN = 12  # missing windows of one pipeline
INDENT = "    "
Line = tuple[str, str]


def status_text(environment: Environment, states: Sequence[PipelineState], *, colour: bool, width: int = 0) -> str:
    paint = look(colour, width)
    where = escaped(f"{environment.stack}/{environment.name} · {environment.scope.place}")
    lines = [f"{paint.paint('bold', 'Pipelines of')} {where}"]
    for state in states:
        lines += ["", *_pipeline(state, paint)]
    counts = Counter(state.verdict.value for state in states)
    return printed([*lines, "", f"Status: {', '.join(f'{counts[word]} {word}' for word in SYMBOLS)}"])


def _pipeline(state: PipelineState, look: Look) -> Iterator[str]:
    word = state.verdict.value
    mark = look.paint(COLOURS[word], f"{SYMBOLS[word]} {word:<6}")
    yield f"{mark}  {look.paint('bold', escaped(f'Pipeline/{state.name}'))} · {escaped(state.type)}"
    rows = [(label, escaped(text)) for label, text in _lines(state)]
    if rows:
        yield from (f"{INDENT}{line}" for line in aligned(rows))
    if state.pairs:
        yield from (f"{INDENT}{line}" for line in pair_lines(state.pairs))


def _lines(state: PipelineState) -> Iterator[Line]:
    if state.error:
        yield "error", state.error
    yield from (("because", reason) for reason in state.reasons)
    for schedule in state.schedules:
        yield "schedule", _schedule(schedule)
    if state.contacts:
        if not any(schedule.loads for schedule in state.schedules):
            yield "watermark", f"{_moment(state.contacts.watermark)}{_lag(state.contacts.lag_seconds)}"
        yield from _contacts(state.contacts)
    for upload in state.uploads or ():
        yield "upload", f"{upload.key}: {upload.settled} of {upload.pending} rows settled, since {upload.received_at}"
    for queue in state.queues:
        yield "dead letters", f"{'unknown' if queue.messages is None else queue.messages} in {queue.name}"
    yield from _alarms(state.alarms)
    for function in state.functions:
        if error := function.last_error:
            yield "last error", f"{utc_text(error.at)} {function.name}: {error.message}"


def _schedule(schedule: ScheduleState) -> str:
    parts = [schedule.name, schedule.state or "not live"]
    if schedule.expression:
        parts.insert(1, f"{schedule.expression} {schedule.time_zone}")
    if schedule.loads:
        parts.append(f"watermark {_moment(schedule.watermark)}{_lag(schedule.lag_seconds)}")
    return " · ".join(parts)


def _contacts(state: ContactsState) -> Iterator[Line]:
    if state.paused:
        yield "paused", state.paused
    yield "quarantine", counted(state.quarantined, "contact")
    if state.missing is None:
        yield "missing", f"unknown: {state.unread}"
        return
    yield "missing", counted(state.missing_count, "window") if state.missing_count else "none"
    for window in state.missing[:SHOWN]:
        due = "" if window.is_overdue else ", due now"
        reason = f": {window.reason}" if window.reason else ""
        yield "window", f"{utc_text(window.start)} to {utc_text(window.end)} {window.status}{due}{reason}"
    yield from (("", text) for text in folded(state.missing, SHOWN, "window"))


def _alarms(alarms: Sequence[AlarmState]) -> Iterator[Line]:
    if not alarms:
        return
    counts = Counter(alarm.state or "not live" for alarm in alarms)
    yield "alarms", ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    for alarm in alarms:
        if alarm.state == "ALARM":
            yield "alarm", f"{alarm.name} since {_moment(alarm.since)}: {alarm.reason}"


def _moment(moment: datetime | None) -> str:
    return utc_text(moment) if moment else "none"


def _lag(seconds: int | None) -> str:
    return "" if seconds is None else f", {duration(seconds)} behind"
