"""What apply tells while it works: values, for whoever shows progress."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.names import Ref


@dataclass(frozen=True)
class PhaseStarted:
    """A resource's phase ("structure", "keys", "create values", "update values", "delete values") begins: so many calls
    for so many items."""

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
    """`batch`: its number among `of` batches of the phase, from 1; `lock_age`: seconds since its lock was learnt."""

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
    """A step of the plan, by the positions of its change and its own."""

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
    """A call is made again: it was not done, nobody knew, or others had moved the lock."""

    ref: Ref
    operation: str
    attempt: int
    why: str


@dataclass(frozen=True)
class Failed:
    """So many items of a resource have failed for good, with AWS's code."""

    ref: Ref
    operation: str
    items: int
    code: str


@dataclass(frozen=True)
class Looked:
    """What is live was read again, and the locks with it."""

    ref: Ref
    why: str


Event = PhaseStarted | PhaseEnded | StepBegan | StepEnded | CallMade | Retried | Failed | Looked
