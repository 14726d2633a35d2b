"""Runs pipelines of type contact_calls: a load, a replay, the missing windows, or any other event of the function."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reconciler.documents.hints import brief, did_you_mean, listed
from reconciler.errors import UsageError
from reconciler.lambdas.contact_calls import events
from reconciler.lambdas.contact_calls.failures import WrongEvent
from reconciler.lambdas.contact_calls.settings import Settings
from reconciler.pipelines.contact_calls import missing_windows_of, spans
from reconciler.pipelines.invoking import FunctionFailedError, invoke
from reconciler.pipelines.requests import Event, RunEnding, RunRequest, RunResult, RunStep
from reconciler.port import AwsPort
from reconciler.report.visible import utc_text

MODES = ("load", "replay", "missing", "dimensions", "migrate")
ABOUT = {
    events.Replay: "loads contacts of a span again, or for the first time; the watermark stays",
    events.Migrate: "creates or changes tables and procedures of the warehouse",
    events.Quarantine: "skips contacts from now on",
    events.Release: "loads contacts of the quarantine, and skips them no longer",
    events.Pause: "stops or resumes the schedules' loads",
}


def steps_of(request: RunRequest, settings: Settings, now: datetime) -> tuple[RunStep, ...]:
    """Returns the events of a request. For missing windows it is the event that lists them (`replay_steps`).

    `now` is the time of the function's clock. Raises `UsageError` with the function's own reason for a wrong event.
    """
    if request.tenant or request.table or request.accepts_deletes:
        raise UsageError("--tenant, --table and --accept-deletes are for pipelines of type connectwise")
    if request.event is not None:
        if request.mode or request.start or request.end:
            raise UsageError("--event is the whole event; leave out --mode, --from and --to")
        return (_step(request.event, settings),)
    mode = request.mode or ("replay" if request.start or request.end else "load")
    if mode not in MODES:
        raise UsageError(f"no mode {brief(mode)}{did_you_mean(mode, MODES) or f'; there is {listed(MODES)}'}")
    span = {name: text for name, text in (("from", request.start), ("to", request.end)) if text}
    if span and mode not in ("replay", "missing"):
        raise UsageError(f"--from and --to are for the modes replay and missing, not for --mode {mode}")
    if mode == "replay" and len(span) < 2:
        raise UsageError("a replay needs both --from and --to")
    match mode:
        case "replay":
            return (_step(span, settings),)
        case "load":
            return (_step({"time": utc_text(now)}, settings),)
        case "missing":
            return (_step({"gaps": True, **span}, settings),)
        case _:
            return (_step({mode: True}, settings),)


def replay_steps(aws: AwsPort, function: str, step: RunStep, settings: Settings, now: datetime) -> tuple[RunStep, ...]:
    """Sends the event that lists missing windows, and returns a replay for each span of them."""
    windows = missing_windows_of(invoke(aws, function, step.event), settings, now)
    texts = [(utc_text(start, "milliseconds"), utc_text(end, "milliseconds")) for start, end in spans(windows)]
    return tuple(_step({"from": start, "to": end}, settings) for start, end in texts)


def carried_out(aws: AwsPort, function: str, step: RunStep) -> Iterator[RunResult]:
    """Runs a step and yields its answers: a load or a replay that ends behind goes on as long as it gets further."""
    event, before = step.event, ""
    while True:
        answer = invoke(aws, function, event)
        yield RunResult(event, answer, _ending(answer))
        reached = str(answer.get("loadedUntil") or answer.get("watermark") or "")
        if not step.goes_on or answer.get("status") != "behind":
            return
        if reached == before:
            raise FunctionFailedError(f"the function {function} gets no further than {reached}; see its log")
        before = reached
        if "from" in event:
            event = {**event, "from": reached}


def _step(event: Event, settings: Settings) -> RunStep:
    try:
        request = events.read_event(event, settings.grid.zone)
    except WrongEvent as wrong:
        raise UsageError(f"the function would refuse the event: {wrong}") from None
    reads = isinstance(request, events.MissingWindows | events.ListQuarantine)
    goes_on = isinstance(request, events.Replay | events.Scheduled)
    return RunStep(event, ABOUT.get(type(request), ""), reads, goes_on)


def _ending(answer: Event) -> RunEnding:
    match answer.get("status"):
        case "behind" | "partial":
            return RunEnding.PARTIAL
        case "paused" if "watermark" in answer:
            return RunEnding.REFUSED
        case _:
            return RunEnding.DONE
