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
class BackfillProgress:
    """The fetching of history, which begins at `until` and goes back to `start`; it has come to `reached`."""

    start: datetime
    until: datetime
    reached: datetime
    percent: int


@dataclass(frozen=True)
class TableCommit:
    """A canonical table that a pair feeds: its newest commit, and the one in the warehouse, 0 if there is none."""

    table: str
    commit: int
    loaded: int


@dataclass(frozen=True)
class PairStatus:
    """A pair of tenant and table. `table` is empty if the tenant's row is broken.

    watermark: the newest stamp of the vendor that was fetched. last_run: the end of the last pass.
    age_seconds: the time since then; `None` before the first pass. is_retired: the tenant is not enabled.
    """

    tenant: str
    table: str
    verdict: Verdict
    is_retired: bool = False
    watermark: datetime | None = None
    last_run: datetime | None = None
    age_seconds: int | None = None
    error: str = ""
    backfill: BackfillProgress | None = None
    commits: tuple[TableCommit, ...] = ()


@dataclass(frozen=True)
class PendingUpload:
    """An upload of agents with rows that wait for their users. `rows` counts all of its rows."""

    key: str
    received_at: str
    rows: int
    settled: int
    pending: int


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
    pairs: tuple[PairStatus, ...] | None = None
    uploads: tuple[PendingUpload, ...] | None = None
