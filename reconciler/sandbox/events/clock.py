"""The sandbox's clock: `advance` moves it from one event to the next, and waits until each has had its effect.

The clock runs like the machine's, and is ahead of it by what it was advanced. Between two events it stands where the
event is due, so a simulated day is the same in every run.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Protocol

from reconciler.sandbox import executions, functions
from reconciler.sandbox.errors import WrongSetting
from reconciler.sandbox.world import iso, world

PATIENCE = 900.0  # seconds of the machine: no function runs longer
LOOK = 0.02
CALM_LOOKS = 3  # looks in a row at which nothing ran
CALM_LOOKS_WITH_WAITS = 15
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_one_at_a_time = Lock()


class Source(Protocol):
    """Events that fall due as the clock moves."""

    def next_due(self) -> float | None:
        """Returns the moment of its next event; it may be in the past."""

    def fire_due(self) -> None:
        """Carries out the events that are due. Their effects may run on in other threads."""


@dataclass(frozen=True)
class Advance:
    """The effects of an advance: schedules that fired, alarms that changed. `quiet`: all of it has ended."""

    now: float
    fired: list[dict[str, Any]]
    alarms: list[dict[str, Any]]
    quiet: bool

    def as_json(self) -> dict[str, Any]:
        return {"now": iso(self.now), "fired": self.fired, "alarms": self.alarms, "quiet": self.quiet}


def advance(to: float) -> Advance:
    """Moves the clock to a moment, by way of everything that falls due until then."""
    # Both import the services that they act upon.
    from reconciler.sandbox.alarms.evaluating import Alarms
    from reconciler.sandbox.events.schedules import DueSchedules

    with _one_at_a_time:
        schedules, alarms = DueSchedules(), Alarms()
        # A schedule has had its effect before an alarm of the same moment looks at it.
        sources: list[Source] = [schedules, alarms]
        has_ended = wait_until_quiet()
        while has_ended and (moment := _next_moment(sources, to)) is not None:
            _move(moment)
            for source in sources:
                source.fire_due()
                has_ended = has_ended and (is_quiet() or wait_until_quiet())
        _move(to)
        return Advance(world.now(), schedules.fired, alarms.changed, has_ended and wait_until_quiet())


def _move(to: float) -> None:
    """Moves the clock, and what moto keeps by the machine's."""
    before = world.clock()
    world.move_clock(to)
    if "moto.sqs.models" in sys.modules and to > before:
        from reconciler.sandbox.events.sources.queues import hasten_messages

        hasten_messages(to - before)


def read_target(order: Any) -> float:
    """Returns the moment of {"advance": "2h"} or {"to": "2030-01-01T00:00:00Z"}. Raises `WrongSetting`."""
    match order:
        case {"advance": str(text)} if len(order) == 1:
            return world.clock() + read_duration(text)
        case {"to": str(text)} if len(order) == 1:
            return _read_moment(text)
    raise WrongSetting('clock: must be {"advance": "2h"} or {"to": "2030-01-01T00:00:00Z"}')


def read_duration(text: str) -> float:
    """Returns the seconds of `90s`, `15m`, `2h`, `3d` or `1d12h`. Raises `WrongSetting`."""
    parts = _DURATION.fullmatch(text)
    if not text or not parts:
        raise WrongSetting(f"clock.advance: {text!r} is not a duration such as 90s, 15m, 2h, 3d or 1d12h")
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()


def wait_until_quiet() -> bool:
    """Waits until nothing runs and nothing is due. Returns False if that takes too long."""
    end, calm = time.monotonic() + PATIENCE, 0
    while time.monotonic() < end:
        if not functions.is_running() and not executions.is_at_work():
            return True
        calm = calm + 1 if is_quiet() else 0
        # A branch of an execution may wait while another one is between two calls.
        if calm >= (CALM_LOOKS_WITH_WAITS if executions.is_at_work() else CALM_LOOKS):
            return True
        time.sleep(LOOK)
    return False


def is_quiet() -> bool:
    """Returns whether nothing runs, and nothing waits that is due."""
    return functions.is_quiet() and not executions.is_busy()


def _next_moment(sources: list[Source], to: float) -> float | None:
    dues = [due for source in sources if (due := source.next_due()) is not None]
    dues += [due for due in (functions.next_due(), executions.next_due()) if due is not None]
    moment = min(dues, default=None)
    return moment if moment is not None and moment <= to else None


def _read_moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise WrongSetting(f"clock.to: {text!r} is not a time such as 2030-01-01T00:00:00Z") from wrong
    if moment.tzinfo is None:
        raise WrongSetting(f"clock.to: {text!r} has no time zone; write 2030-01-01T00:00:00Z")
    if moment.timestamp() < world.clock():
        raise WrongSetting(f"clock.to: {text} has passed; it is {iso(world.clock())}, and the clock never goes back")
    return moment.timestamp()
