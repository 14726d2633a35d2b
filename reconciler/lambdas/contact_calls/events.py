"""Reads the event of an invocation: a run of the schedule, a span to replay, or a chore.

{"time": "2026-01-05T14:40:00Z"}       a rule of EventBridge; with Scheduler, time is <aws.scheduler.scheduled-time>
{"from": "…", "to": "…"}               replay or backfill; without an offset both are wall clocks in the configured zone
{"gaps": true, "from": …, "to": …}     lists the windows that are not done; both ends are optional
{"dimensions": true}                   loads the names of queues and users
{"migrate": true}                      creates the tables and the procedures
{"migrate": {"takeOver": true}}        does it where the replaced program's tables are, and moves their rows
{"quarantine": ["contact id"]}         skips contacts from now on
{"quarantine": {"list": true}}         lists the skipped contacts with their reasons
{"quarantine": {"release": ["id"]}}    describes and loads skipped contacts, however old, and skips them no longer
{"pause": "reason"}, {"resume": true}  stops and resumes the schedule without a deployment
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.lambdas.contact_calls.failures import WrongEvent
from reconciler.lambdas.contact_calls.windows import is_real
from reconciler.lambdas.shared.redaction import redacted

# Calendars end at the years 1 and 9999; time zones end a day earlier.
YEARS = range(2000, 2201)
KEYS_LENGTH = 200
MOST_IDS = 500


@dataclass(frozen=True)
class Scheduled:
    """A run of the schedule, with its due time."""

    at: datetime


@dataclass(frozen=True)
class Replay:
    start: datetime
    end: datetime


@dataclass(frozen=True)
class MissingWindows:
    """A request for the missing windows. None: from the first known window, to the last due one."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Dimensions:
    pass


@dataclass(frozen=True)
class Migrate:
    """`takes_over` moves the rows of the replaced program's tables."""

    takes_over: bool = False


@dataclass(frozen=True)
class Quarantine:
    """Contacts to skip."""

    contacts: tuple[str, ...]


@dataclass(frozen=True)
class Release:
    """Contacts to load and to skip no longer."""

    contacts: tuple[str, ...]


@dataclass(frozen=True)
class ListQuarantine:
    pass


@dataclass(frozen=True)
class Pause:
    """A pause; an empty reason resumes."""

    reason: str


Request = Scheduled | Replay | MissingWindows | Dimensions | Migrate | Quarantine | Release | ListQuarantine | Pause


def read_event(event: Any, zone: ZoneInfo) -> Request:
    """Returns the request. Raises `WrongEvent`, whose text repeats only keys of the event."""
    if not isinstance(event, Mapping):
        raise WrongEvent("the event must be an object")
    for key, read in READERS.items():
        if key in event:
            return read(event, zone)
    keys = str(redacted(", ".join(map(str, event))))[:KEYS_LENGTH] or "nothing"
    raise WrongEvent(f"the event must have one of {', '.join(READERS)}; it has {keys}")


def _missing_windows(event: Mapping[str, Any], zone: ZoneInfo) -> MissingWindows:
    _must_be_true(event, "gaps")
    start, end = (_instant(event, key, zone) if event.get(key) is not None else None for key in ("from", "to"))
    if start and end and start >= end:
        raise WrongEvent("from must be before to")
    return MissingWindows(start, end)


def _dimensions(event: Mapping[str, Any], zone: ZoneInfo) -> Dimensions:
    _must_be_true(event, "dimensions")
    return Dimensions()


def _migrate(event: Mapping[str, Any], zone: ZoneInfo) -> Migrate:
    if event["migrate"] == {"takeOver": True}:
        return Migrate(takes_over=True)
    if event["migrate"] is not True:
        raise WrongEvent('migrate must be true or {"takeOver": true}')
    return Migrate()


def _quarantine(event: Mapping[str, Any], zone: ZoneInfo) -> Quarantine | Release | ListQuarantine:
    request = event["quarantine"]
    if request == {"list": True}:
        return ListQuarantine()
    if isinstance(request, dict) and set(request) == {"release"}:
        return Release(_ids(request["release"]))
    return Quarantine(_ids(request))


def _ids(value: Any) -> tuple[str, ...]:
    is_list = isinstance(value, list) and 0 < len(value) <= MOST_IDS
    if not is_list or not all(isinstance(id, str) and 0 < len(id) <= 256 for id in value):
        raise WrongEvent(
            f'quarantine must be a list of 1 to {MOST_IDS} contact ids, {{"release": [ids]}} or {{"list": true}}'
        )
    return tuple(value)


def _pause(event: Mapping[str, Any], zone: ZoneInfo) -> Pause:
    if not isinstance(event["pause"], str) or not event["pause"]:
        raise WrongEvent("pause must be a reason")
    return Pause(event["pause"])


def _resume(event: Mapping[str, Any], zone: ZoneInfo) -> Pause:
    _must_be_true(event, "resume")
    return Pause("")


def _replay(event: Mapping[str, Any], zone: ZoneInfo) -> Replay:
    start, end = _instant(event, "from", zone), _instant(event, "to", zone)
    if start >= end:
        raise WrongEvent("from must be before to")
    return Replay(start, end)


def _scheduled(event: Mapping[str, Any], zone: ZoneInfo) -> Scheduled:
    at = _instant(event, "time", zone)
    return Scheduled(at)


READERS: Mapping[str, Callable[[Mapping[str, Any], ZoneInfo], Request]] = {
    "gaps": _missing_windows,
    "dimensions": _dimensions,
    "migrate": _migrate,
    "quarantine": _quarantine,
    "pause": _pause,
    "resume": _resume,
    "from": _replay,
    "time": _scheduled,
}


def _must_be_true(event: Mapping[str, Any], key: str) -> None:
    if event[key] is not True:
        raise WrongEvent(f"{key} must be true")


def _instant(event: Mapping[str, Any], key: str, zone: ZoneInfo) -> datetime:
    """Returns an instant in UTC. Refuses a wall clock that occurs twice or never that day, because it is ambiguous."""
    try:
        read = datetime.fromisoformat(event.get(key) or "")
    except (TypeError, ValueError) as wrong:
        raise WrongEvent(f"{key} must be a time as 2026-01-05T14:40:00Z or, in {zone}, 2026-01-05T09:40") from wrong
    if read.year not in YEARS:
        raise WrongEvent(f"{key} must be within {YEARS[0]} and {YEARS[-1]}")
    if read.tzinfo is None:
        read = read.replace(tzinfo=zone)
        if not is_real(read):
            raise WrongEvent(f"{key} occurs twice or never in {zone} that day: give an offset")
    return read.astimezone(UTC)
