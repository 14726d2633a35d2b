"""Executions of state machines that run, and what they wait for.

moto's interpreter runs them, in threads. Waits and pauses before retries are those of the sandbox's clock. Importing
this module does not import the interpreter.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition
from typing import Any

from reconciler.sandbox.world import world

LOOK = 0.05  # seconds between two looks at a clock that others move

_changed = Condition()
_running: set[Any] = set()
_waits: dict[object, float] = {}


def begin(execution: Any) -> None:
    with _changed:
        _running.add(execution)


def is_running(execution: Any) -> bool:
    """Returns whether an execution runs: one that was forgotten does not."""
    return execution in _running


def end(execution: Any) -> None:
    with _changed:
        _running.discard(execution)


def pause(seconds: float, is_wanted: Callable[[], bool]) -> None:
    """Waits so many seconds of the sandbox's clock, or until the execution is stopped or forgotten."""
    wait, due = object(), world.clock() + seconds
    with _changed:
        _waits[wait] = due
        while world.clock() < due and wait in _waits and is_wanted():
            _changed.wait(LOOK)
        _waits.pop(wait, None)


def is_busy() -> bool:
    """Returns whether an execution runs that does not just wait for a later moment."""
    with _changed:
        now = world.clock()
        return bool(_running) and (not _waits or any(due <= now for due in _waits.values()))


def is_at_work() -> bool:
    """Returns whether an execution runs, though it may wait."""
    return bool(_running)


def next_due() -> float | None:
    """Returns the moment at which the next wait ends."""
    with _changed:
        return min(_waits.values(), default=None)


def forget() -> None:
    """Forgets all executions, since AWS was emptied. Their threads end at their next step."""
    with _changed:
        _running.clear()
        _waits.clear()
        _changed.notify_all()
