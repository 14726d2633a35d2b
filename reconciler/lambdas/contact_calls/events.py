"""What an invocation is asked for: the schedule's own time, a span to replay, or one of the small chores.

{"time": "2026-01-05T14:40:00Z"}       a rule of EventBridge; with Scheduler, time is <aws.scheduler.scheduled-time>
{"from": "…", "to": "…"}               replay or backfill; without an offset both are wall clocks in our zone
{"gaps": true, "from": …, "to": …}     which windows are not done; both ends may be left out
{"dimensions": true}                   queues and users, from which names come
{"migrate": true}                      the tables and the procedure
{"quarantine": ["contact id"]}         contacts that can not be described are passed over from now on
{"pause": "reason"}, {"resume": true}  switched off and on without a deployment
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

# Calendars end at years 1 and 9999, and zones a day before.
YEARS = range(2000, 2201)
KEYS_LENGTH = 200


@dataclass(frozen=True)
class Scheduled:
    """A run of the schedule, due at an instant."""

    at: datetime


@dataclass(frozen=True)
class Replay:
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Gaps:
    """A report; None: from the first window known, to the schedule's last."""

    start: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Dimensions:
    pass


@dataclass(frozen=True)
class Migrate:
    pass


@dataclass(frozen=True)
class Quarantine:
    contacts: tuple[str, ...]


@dataclass(frozen=True)
class Pause:
    """An empty reason: go on."""

    reason: str


Request = Scheduled | Replay | Gaps | Dimensions | Migrate | Quarantine | Pause


def read_event(event: Any, zone: ZoneInfo) -> Request:
    """Raises `WrongEvent`, which never repeats more of the event than its keys."""
    if not isinstance(event, Mapping):
        raise WrongEvent("the event must be an object")
    for key, read in READERS.items():
        if key in event:
            return read(event, zone)
    keys = str(redacted(", ".join(map(str, event))))[:KEYS_LENGTH] or "nothing"
    raise WrongEvent(f"the event must have one of {', '.join(READERS)}; it has {keys}")


def _gaps(event: Mapping[str, Any], zone: ZoneInfo) -> Gaps:
    _must_be_true(event, "gaps")
    start, end = (_instant(event, key, zone) if event.get(key) is not None else None for key in ("from", "to"))
    if start and end and start >= end:
        raise WrongEvent("from must be before to")
    return Gaps(start, end)


def _dimensions(event: Mapping[str, Any], zone: ZoneInfo) -> Dimensions:
    _must_be_true(event, "dimensions")
    return Dimensions()


def _migrate(event: Mapping[str, Any], zone: ZoneInfo) -> Migrate:
    _must_be_true(event, "migrate")
    return Migrate()


def _quarantine(event: Mapping[str, Any], zone: ZoneInfo) -> Quarantine:
    contacts = event["quarantine"]
    if not isinstance(contacts, list) or not all(isinstance(each, str) and 0 < len(each) <= 256 for each in contacts):
        raise WrongEvent("quarantine must be a list of contact ids")
    return Quarantine(tuple(contacts))


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
    "gaps": _gaps,
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
    """In UTC. A wall clock that occurs twice or never that day is refused: nobody can tell which was meant."""
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
