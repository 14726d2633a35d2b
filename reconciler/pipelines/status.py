"""Reads the status of pipelines and judges it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from reconciler.errors import ReconcileError, UnreachableError, UsageError
from reconciler.messages import counted, duration
from reconciler.pipelines.agent_import import read_pending_uploads
from reconciler.pipelines.connectwise import read_pairs
from reconciler.pipelines.contact_calls import read_contact_calls
from reconciler.pipelines.declared import DeclaredPipeline
from reconciler.pipelines.reading import read_alarms, read_functions, read_queues, read_schedule
from reconciler.pipelines.state import (
    ContactsState,
    PairStatus,
    PendingUpload,
    PipelineState,
    ScheduleState,
    Verdict,
)
from reconciler.port import AwsPort

# Alarms about lateness, by the end of their names. Every other alarm means that something failed.
OF_LATENESS = ("-behind", "-freshness")
_ORDER = list(Verdict)


def read_status(
    aws: AwsPort, pipelines: Iterable[DeclaredPipeline], now: datetime, tenant: str = ""
) -> tuple[PipelineState, ...]:
    """Returns the state of each pipeline. `now` is the time of the functions' clock. `tenant` limits the pairs.

    An error of one pipeline is part of its state, and hides no other one. Raises `UnreachableError`, and `UsageError`
    for an unknown tenant.
    """
    return tuple(_read(aws, pipeline, now, tenant) for pipeline in pipelines)


def worst(states: Iterable[PipelineState]) -> Verdict:
    """Returns the verdict that outweighs the others; `FRESH` if there is no pipeline."""
    return max((state.verdict for state in states), key=_ORDER.index, default=Verdict.FRESH)


def _read(aws: AwsPort, pipeline: DeclaredPipeline, now: datetime, tenant: str) -> PipelineState:
    try:
        return judged(_facts(aws, pipeline, now, tenant))
    except (UnreachableError, UsageError):
        raise
    except ReconcileError as wrong:
        return PipelineState(pipeline.name, pipeline.type, Verdict.ERROR, error=str(wrong))


def _facts(aws: AwsPort, pipeline: DeclaredPipeline, now: datetime, tenant: str) -> PipelineState:
    contacts: ContactsState | None = None
    pairs: tuple[PairStatus, ...] | None = None
    uploads: tuple[PendingUpload, ...] | None = None
    match pipeline.type:
        case "contact_calls":
            contacts = read_contact_calls(aws, pipeline, now)
        case "connectwise":
            pairs = read_pairs(aws, pipeline, tenant, now)
        case "agent_import":
            uploads = read_pending_uploads(aws, pipeline)
    groups = {spec.name: _log_group(spec) for spec in pipeline.specs("LambdaFunction")}
    return PipelineState(
        name=pipeline.name,
        type=pipeline.type,
        verdict=Verdict.FRESH,
        schedules=tuple(_schedules(aws, pipeline, contacts)),
        functions=read_functions(aws, groups, now),
        alarms=read_alarms(aws, pipeline.names("Alarm")),
        queues=read_queues(aws, pipeline.names("SqsQueue")),
        contacts=contacts,
        pairs=pairs,
        uploads=uploads,
    )


def _schedules(aws: AwsPort, pipeline: DeclaredPipeline, contacts: ContactsState | None) -> Iterator[ScheduleState]:
    """Yields the schedules. Those that load contacts have the watermark."""
    for spec in pipeline.specs("Schedule"):
        schedule = read_schedule(aws, spec.name)
        event = spec.target.input.value if spec.target.input is not None else {}
        if contacts and isinstance(event, Mapping) and set(event) == {"time"}:
            schedule = replace(schedule, loads=True, watermark=contacts.watermark, lag_seconds=contacts.lag_seconds)
        yield schedule


def _log_group(spec: Any) -> str:
    own = spec.logging_config.log_group if spec.logging_config else ""
    return own or f"/aws/lambda/{spec.name}"


def judged(state: PipelineState) -> PipelineState:
    """Returns the state with its verdict and the reasons for it, the worst first."""
    judgements = [*_of_all(state), *_of_pairs(state.pairs or ())]
    if state.contacts:
        judgements += _of_contacts(state.contacts)
    judgements.sort(key=lambda reason: -_ORDER.index(reason[0]))
    verdict = judgements[0][0] if judgements else Verdict.FRESH
    return replace(state, verdict=verdict, reasons=tuple(text for _, text in judgements))


def _of_all(state: PipelineState) -> Iterator[tuple[Verdict, str]]:
    """Yields the reasons that pipelines of every type have."""
    for alarm in state.alarms:
        if alarm.state == "ALARM":
            yield Verdict.BEHIND if alarm.name.endswith(OF_LATENESS) else Verdict.FAILED, f"alarm {alarm.name}"
        elif not alarm.state:
            yield Verdict.FAILED, f"alarm {alarm.name} is not live"
    for queue in state.queues:
        if queue.messages:
            yield Verdict.FAILED, f"{counted(queue.messages, 'event')} in the dead-letter queue {queue.name}"
        elif queue.messages is None:
            yield Verdict.FAILED, f"queue {queue.name} is not live"
    for schedule in state.schedules:
        if schedule.state != "ENABLED":
            is_off = "is disabled" if schedule.state else "is not live"
            yield Verdict.BEHIND, f"schedule {schedule.name} {is_off}"


def _of_pairs(pairs: Sequence[PairStatus]) -> Iterator[tuple[Verdict, str]]:
    failed = [pair for pair in pairs if pair.verdict is Verdict.FAILED]
    unpolled = [pair for pair in pairs if pair.verdict is Verdict.BEHIND]
    if failed:
        yield Verdict.FAILED, f"{counted(len(failed), 'pair')} failed"
    if unpolled:
        yield Verdict.BEHIND, f"{counted(len(unpolled), 'pair')} behind"


def _of_contacts(state: ContactsState) -> Iterator[tuple[Verdict, str]]:
    if state.paused:
        yield Verdict.BEHIND, "it is paused"
    if state.watermark is None:
        yield Verdict.BEHIND, "it has not run yet"
    elif state.is_behind:
        yield Verdict.BEHIND, f"the watermark is {duration(state.lag_seconds or 0)} behind"
    if state.missing is None:
        yield Verdict.FAILED, "its missing windows are unknown"
    overdue = [window for window in state.missing or () if window.is_overdue]
    failed = [window for window in overdue if window.status == "failed"]
    if failed:
        yield Verdict.FAILED, f"{counted(len(failed), 'window')} failed"
    if len(overdue) > len(failed):
        yield Verdict.BEHIND, f"{counted(len(overdue) - len(failed), 'window')} never loaded"
