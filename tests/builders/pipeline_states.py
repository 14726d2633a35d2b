"""States of pipelines: one that is fresh, one that failed with hostile texts, and one that cannot be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from reconciler.model.environment import Environment
from reconciler.pipelines.state import (
    AlarmState,
    BackfillProgress,
    ContactsState,
    FunctionState,
    LoggedError,
    MissingWindow,
    PairStatus,
    PendingUpload,
    PipelineState,
    QueueState,
    ScheduleState,
    TableCommit,
    Verdict,
)

PLACE = Environment(
    name="prod",
    stack="centre",
    root=Path("centre"),
    instance="arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-00000000c0de",
    account="111122223333",
    region="ca-central-1",
)
HOSTILE = "##[error] \x1b[2J::warning:: \u202eegassem"


def at(hour: int, minute: int = 0) -> datetime:
    """Returns a time of 2026-01-05 in UTC."""
    return datetime(2026, 1, 5, hour, minute, tzinfo=UTC)


def contacts(**more: object) -> ContactsState:
    """Returns the state of a pipeline that is up to date."""
    state = ContactsState(at(14), 0, is_behind=False, paused="", quarantined=0, missing=())
    return replace(state, **more)  # type: ignore[arg-type]


def fresh() -> PipelineState:
    return PipelineState(
        name="contact-calls",
        type="contact_calls",
        verdict=Verdict.FRESH,
        schedules=(_schedule(), ScheduleState("dimensions", "cron(5 3 * * ? *)", "UTC", "ENABLED")),
        functions=(FunctionState("centre-prod-contact-calls"),),
        alarms=(AlarmState("centre-prod-contact-calls-failed", "OK", at(2), "no datapoints"),),
        queues=(QueueState("centre-prod-contact-calls-dead", 0),),
        contacts=contacts(),
    )


def failed() -> PipelineState:
    """Returns a state with texts from elsewhere that would do harm on a screen, and with many missing."""
    missing = [MissingWindow(at(hour), at(hour + 1), "failed", HOSTILE) for hour in range(13)]
    return PipelineState(
        name="old-calls",
        type="contact_calls",
        verdict=Verdict.FAILED,
        reasons=("13 windows failed", f"schedule {HOSTILE} is disabled"),
        schedules=(replace(_schedule(), state="DISABLED"), ScheduleState("gone", "", "", "", loads=True)),
        functions=(FunctionState("centre-prod-old-calls", LoggedError(at(13, 40), f"it failed: {HOSTILE}")),),
        alarms=(
            AlarmState("centre-prod-old-calls-failed", "ALARM", at(13, 45), HOSTILE),
            AlarmState("centre-prod-old-calls-behind", "", None),
        ),
        queues=(QueueState("centre-prod-old-calls-dead", 2), QueueState("gone", None)),
        contacts=contacts(
            lag_seconds=7200,
            is_behind=True,
            paused=HOSTILE,
            quarantined=1,
            missing=(*missing, MissingWindow(at(14), at(15), "never", is_overdue=False)),
            missing_count=14,
        ),
    )


def polled() -> PipelineState:
    """Returns a state of a connectwise pipeline with more pairs than a screen shows."""
    progress = BackfillProgress(at(0), at(12), at(3), 75)
    commits = (TableCommit("tickets", 7, 6), TableCommit("boards", 2, 2))
    pairs = [
        PairStatus("harbor", "service/tickets", Verdict.FRESH, False, at(11), at(12), 330, "", progress, commits),
        PairStatus("lakeside", "time/entries", Verdict.FAILED, False, at(2), at(3), 32_400, f"AUTH: {HOSTILE}"),
        PairStatus("new", "company/contacts", Verdict.BEHIND),
        PairStatus("old", "company/contacts", Verdict.FRESH, is_retired=True),
        PairStatus(HOSTILE, "", Verdict.FAILED, error="the row is skipped: tables must name each table once"),
        *(PairStatus(f"tenant-{number:02}", "service/tickets", Verdict.FRESH) for number in range(40)),
    ]
    reasons = ("2 pairs failed", "1 pair behind")
    return PipelineState("connectwise", "connectwise", Verdict.FAILED, reasons, pairs=tuple(pairs))


def imported() -> PipelineState:
    upload = PendingUpload(f"uploads/{HOSTILE}.csv", "2026-01-05T12:00:00Z", 5, 1, 3)
    return PipelineState("agents", "agent_import", Verdict.FRESH, uploads=(upload,))


def unread() -> PipelineState:
    return PipelineState("new-calls", "contact_calls", Verdict.ERROR, error="the function is not live")


def full_states() -> list[PipelineState]:
    busy = replace(fresh(), name="busy-calls", contacts=contacts(watermark=None, missing=None, unread="it is busy"))
    return [
        fresh(),
        failed(),
        replace(busy, verdict=Verdict.FAILED, reasons=("its missing are unknown",)),
        polled(),
        imported(),
        unread(),
    ]


def _schedule() -> ScheduleState:
    return ScheduleState(
        "every-two-hours", "cron(40 */2 * * ? *)", "America/New_York", "ENABLED", True, at(14), lag_seconds=0
    )
