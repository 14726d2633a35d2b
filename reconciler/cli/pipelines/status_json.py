"""Writes the status of pipelines as JSON. `schemas/status.json` describes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reconciler.report.visible import utc_text

if TYPE_CHECKING:
    from reconciler.model.environment import Environment
    from reconciler.pipelines.state import (
        AlarmState,
        ContactsState,
        FunctionState,
        PairStatus,
        PendingUpload,
        PipelineState,
        ScheduleState,
    )

FORMAT_VERSION = "1.0"


def status_json(environment: Environment, states: Sequence[PipelineState]) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "stack": environment.stack,
        "environment": environment.name,
        "pipelines": [_pipeline(state) for state in states],
    }


def _pipeline(state: PipelineState) -> dict[str, Any]:
    """Returns one pipeline. Keys that its type does not have are absent."""
    document: dict[str, Any] = {
        "name": state.name,
        "type": state.type,
        "status": state.verdict.value,
        "reasons": list(state.reasons),
        "error": state.error,
        "schedules": [_schedule(schedule) for schedule in state.schedules],
        "functions": [_function(function) for function in state.functions],
        "alarms": [_alarm(alarm) for alarm in state.alarms],
        "deadLetters": [{"queue": queue.name, "messages": queue.messages} for queue in state.queues],
    }
    if state.contacts:
        document["contacts"] = _contacts(state.contacts)
    if state.pairs is not None:
        document["pairs"] = [_pair(pair) for pair in state.pairs]
    if state.uploads is not None:
        document["uploads"] = [_upload(upload) for upload in state.uploads]
    return document


def _schedule(schedule: ScheduleState) -> dict[str, Any]:
    return {
        "name": schedule.name,
        "expression": schedule.expression,
        "timeZone": schedule.time_zone,
        "state": schedule.state,
        "watermark": _moment(schedule.watermark),
        "lagSeconds": schedule.lag_seconds,
    }


def _function(function: FunctionState) -> dict[str, Any]:
    error = function.last_error
    last = {"at": utc_text(error.at), "message": error.message} if error else None
    return {"name": function.name, "lastError": last}


def _alarm(alarm: AlarmState) -> dict[str, Any]:
    return {"name": alarm.name, "state": alarm.state, "since": _moment(alarm.since), "reason": alarm.reason}


def _contacts(state: ContactsState) -> dict[str, Any]:
    return {
        "watermark": _moment(state.watermark),
        "lagSeconds": state.lag_seconds,
        "paused": state.paused,
        "quarantined": state.quarantined,
        "missingCount": None if state.missing is None else state.missing_count,
        "missing": [
            {
                "from": utc_text(window.start),
                "to": utc_text(window.end),
                "status": window.status,
                "reason": window.reason,
                "overdue": window.is_overdue,
            }
            for window in state.missing or ()
        ],
        "missingUnknown": state.unread,
    }


def _pair(pair: PairStatus) -> dict[str, Any]:
    progress = pair.backfill
    backfill = progress and {
        "from": utc_text(progress.start),
        "to": utc_text(progress.until),
        "reached": utc_text(progress.reached),
        "percent": progress.percent,
    }
    return {
        "tenant": pair.tenant,
        "table": pair.table,
        "status": pair.verdict.value,
        "retired": pair.is_retired,
        "watermark": _moment(pair.watermark),
        "lastRun": _moment(pair.last_run),
        "ageSeconds": pair.age_seconds,
        "error": pair.error,
        "backfill": backfill,
        "commits": [{"table": it.table, "commit": it.commit, "loaded": it.loaded} for it in pair.commits],
    }


def _upload(upload: PendingUpload) -> dict[str, Any]:
    return {
        "key": upload.key,
        "receivedAt": upload.received_at,
        "rows": upload.rows,
        "settled": upload.settled,
        "pending": upload.pending,
    }


def _moment(moment: datetime | None) -> str | None:
    return utc_text(moment) if moment else None
