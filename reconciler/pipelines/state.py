"""The status of pipelines as values: facts that were read, and the verdict on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """The verdict on a pipeline. A later one outweighs an earlier one."""

    FRESH = "fresh"  # all that is due is done
    BEHIND = "behind"  # something is due and not done
    FAILED = "failed"  # something failed, and a person should look
    ERROR = "error"  # the status cannot be read


@dataclass(frozen=True)
class LoggedError:
    """The last error in the log of a function, within `HOURS` of `reading`. `message` is one line of the log."""

    at: datetime
    message: str


@dataclass(frozen=True)
class FunctionState:
    name: str
    last_error: LoggedError | None = None


@dataclass(frozen=True)
class AlarmState:
    """`state`: OK, ALARM or INSUFFICIENT_DATA; "" if the alarm is not live. `since` is the time of its last change."""

    name: str
    state: str
    since: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class QueueState:
    """The number of events in a dead-letter queue, or `None` if the queue is not live."""

    name: str
    messages: int | None


@dataclass(frozen=True)
class ScheduleState:
    """A schedule as it is live. `state`: ENABLED or DISABLED; "" if it is not live.

    `loads`: its runs move the watermark, so `watermark` and `lag_seconds` are set. The lag is the time from the
    watermark to the instant that the last run should have reached.
    """

    name: str
    expression: str
    time_zone: str
    state: str
    loads: bool = False
    watermark: datetime | None = None
    lag_seconds: int | None = None


@dataclass(frozen=True)
class MissingWindow:
    """A window that is due and not done. `status`: never or failed, with the reason."""

    start: datetime
    end: datetime
    status: str
    reason: str = ""
    is_overdue: bool = True


@dataclass(frozen=True)
class ContactsState:
    """The state of a pipeline of type contact_calls.

    `missing` is `None` if the function did not answer; `unread` then says why. `missing_count` is the number of all
    missing windows, of which `missing` has the first 500.
    """

    watermark: datetime | None
    lag_seconds: int | None
    is_behind: bool
    paused: str
    quarantined: int
    missing: tuple[MissingWindow, ...] | None
    missing_count: int = 0
    unread: str = ""


@dataclass(frozen=True)
class PipelineState:
    """One pipeline. `error` says why the rest could not be read. `reasons` explain the verdict, the worst first."""

    name: str
    type: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    error: str = ""
    schedules: tuple[ScheduleState, ...] = ()
    functions: tuple[FunctionState, ...] = ()
    alarms: tuple[AlarmState, ...] = ()
    queues: tuple[QueueState, ...] = ()
    contacts: ContactsState | None = None
