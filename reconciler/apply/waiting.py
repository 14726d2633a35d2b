"""Waits until AWS has finished a call: it answers some creates, updates and deletions before their work is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.apply.sending import Task
from reconciler.kinds.asking import again
from reconciler.model import AS_WANTED, Does, Resource, Result, Status

# The longest pause between two looks at a resource, in seconds, and their number: a quarter of an hour.
PAUSE, LOOKS = 5.0, 180


def until_ready(
    task: Task, does: Does, answered: Result, is_done: Callable[[Mapping[str, Any]], bool] = lambda live: True
) -> Result:
    """Waits until a call's work is done, if AWS finishes it later. Returns a failed result if AWS gives up.

    `is_done`: what must also be true of the resource, next to its state.
    """
    wait = task.kind.writing.wait
    if not wait or does not in wait.after or answered.status not in AS_WANTED:
        return answered
    wait = wait.of_updates if does is Does.UPDATE and wait.of_updates else wait
    ports, own = task.run.ports, task.run.ports.directory.by_id(task.kind.own(task.change.ref, _spec(task)))
    for attempt in range(LOOKS):
        live = again(ports.aws, task.kind, own, ())
        state = wait.state(live or {})
        if does is not Does.DELETE and state in wait.failed:
            message = task.kind.unready(live or {}) or f"its update failed: {wait.why(live or {})}"
            return Result(Status.FAILED, message, _FAILED[does], answered.request_id)
        if (live is None) if does is Does.DELETE else (wait.is_done(live or {}) and is_done(live or {})):
            return answered
        if ports.stop.is_set():
            break
        ports.pause(min(PAUSE, 0.05 * 2 ** min(attempt, 9)))
    return Result(Status.FAILED, f"AWS is still {_DOING[does]} it; plan again later", "NotReady", answered.request_id)


def when_still(task: Task, ask: Callable[[], Mapping[str, Any] | None]) -> Mapping[str, Any] | None:
    """Returns the answer about a resource as soon as AWS has finished an earlier call on it. It waits for a while."""
    ports, members = task.run.ports, ask()
    for attempt in range(LOOKS):
        if members is None or not task.kind.is_moving(members) or ports.stop.is_set():
            break
        ports.pause(min(PAUSE, 0.05 * 2 ** min(attempt, 9)))
        members = ask()
    return members


_DOING = {Does.CREATE: "creating", Does.UPDATE: "updating", Does.DELETE: "deleting", Does.MOVE: "moving"}
_FAILED = {Does.CREATE: "CreationFailed", Does.UPDATE: "UpdateFailed", Does.MOVE: "MoveFailed"}


def _spec(task: Task) -> Resource:
    """Returns the spec that the step creates, or the live one that it changes or deletes."""
    spec = task.step.makes or (task.step.replaces.before if task.step.replaces else None)
    assert isinstance(spec, Resource)  # noqa: S101 (such a step has either)
    return spec
