"""Lets every call of every service in: counts it, and serves the faults around it.

Both doors lead through here: `door` for the services that the sandbox answers itself, and `moto_door` for moto's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import TypeVar

from reconciler.sandbox import codes
from reconciler.sandbox.attempt import Attempt
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.world import world

Reply = TypeVar("Reply")


def pass_through(
    attempt: Attempt, carry_out: Callable[[], Reply], has_succeeded: Callable[[Reply], bool], *, is_locked: bool = True
) -> Reply:
    """Returns what the call answers. Raises `Refused` for an injected error, and `Dropped` if there is no answer.

    `is_locked`: no other call is carried out at the same time. A call that may wait for another one must not be.
    """
    _let_in(attempt)
    injection = world.injection
    if injection.stalls(attempt, "before"):
        injection.stand_still()
    with world.lock if is_locked else nullcontext():
        reply = carry_out()
        if has_succeeded(reply):
            with world.lock:
                injection.after(attempt)
    if injection.stalls(attempt, "after"):
        injection.stand_still()
    return reply


def note_refusal(attempt: Attempt, refused: Refused) -> None:
    """Counts an answer that refuses the attempt for its rate."""
    if refused.code in codes.THROTTLE_CODES:
        world.counts.refused_for_rate(attempt.service, attempt.operation)


def _let_in(attempt: Attempt) -> None:
    """Counts the attempt, and serves the faults that come before anything has happened."""
    with world.lock:
        latency, sleep = world.faults.latency, world.sleep
        try:
            world.injection.before(attempt, world.clock())
        except Refused as refused:
            if refused.code not in codes.THROTTLE_CODES:
                world.counts.accepted(attempt.service, attempt.operation)
            raise
        world.accepted += 1
        world.counts.accepted(attempt.service, attempt.operation)
    if latency:
        sleep(latency)
