"""Events of functions and pollers of event sources that wait: they are state beside the services."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox import executions, functions
from reconciler.sandbox.events import clock
from reconciler.sandbox.redshift_data.backend import redshift_data_backends


def let_end() -> None:
    """Waits until functions and executions that run have ended, or wait for a later moment."""
    clock.wait_until_quiet()


def reason_not_to_keep() -> str:
    """Returns what runs and cannot be kept, or an empty text."""
    if executions.is_at_work():
        return (
            "an execution of a state machine waits, and its place in the machine cannot be kept; move the clock until "
            "it ends, or stop it: aws stepfunctions stop-execution"
        )
    data = (backend for regions in list(redshift_data_backends.values()) for backend in list(regions.values()))
    if any(not statement.is_done for backend in data for statement in backend.statements.values()):
        return "a statement of the Redshift Data API still runs; wait for it, or cancel it"
    return "" if clock.is_quiet() else "functions still run; try again when they have ended"


def events() -> dict[str, Any]:
    """Returns the events that wait for a later moment, and the state of each poller."""
    if not functions.is_running():
        return {}
    running = functions.start()
    return {"queue": running.queue.waiting(), "sources": running.mappings.sources()}


def resume(kept: dict[str, Any]) -> None:
    """Lets the events wait again, and the pollers go on."""
    if not kept:
        return
    running = functions.start()
    running.queue.resume(kept["queue"])
    running.mappings.resume(kept["sources"])
