"""Events that apply reports while it works, for the progress display."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.names import Ref


@dataclass(frozen=True)
class PhaseStarted:
    """A phase of a resource begins, with its number of calls and items.

    Phases are "structure", "keys", "create values", "update values" and "delete values".
    """

    ref: Ref
    phase: str
    calls: int
    items: int


@dataclass(frozen=True)
class PhaseEnded:
    ref: Ref
    phase: str
    done: int
    failed: int
    conflict: int
    skipped: int


@dataclass(frozen=True)
class CallMade:
    """`batch`: its number, from 1, among the `of` batches of the phase. `lock_age`: seconds since its lock was read."""

    ref: Ref
    operation: str
    seconds: float
    batch: int
    of: int
    done: int
    failed: int
    lock_age: float | None = None
    request_id: str = ""


@dataclass(frozen=True)
class StepBegan:
    """A step of the plan begins: the position of its change in the plan, and of the step in the change."""

    ref: Ref
    change: int
    step: int


@dataclass(frozen=True)
class StepEnded:
    ref: Ref
    change: int
    step: int


@dataclass(frozen=True)
class Retried:
    """Apply repeats a call: it was not done, its result is unknown, or another writer changed the lock."""

    ref: Ref
    operation: str
    attempt: int
    why: str


@dataclass(frozen=True)
class Failed:
    """Items of a resource failed finally, with AWS's error code."""

    ref: Ref
    operation: str
    items: int
    code: str


@dataclass(frozen=True)
class Looked:
    """Apply read the live values of a resource again, with their locks."""

    ref: Ref
    why: str


Event = PhaseStarted | PhaseEnded | StepBegan | StepEnded | CallMade | Retried | Failed | Looked
