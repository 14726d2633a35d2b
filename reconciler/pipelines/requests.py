"""The requests to run a pipeline, as an operator states them, and the results of runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Event = Mapping[str, Any]


@dataclass(frozen=True)
class RunRequest:
    """A wish. `start` and `end` are texts of instants. `event` is a whole event, which replaces all other fields."""

    mode: str = ""
    start: str = ""
    end: str = ""
    event: Event | None = None
    tenant: str = ""
    table: str = ""
    accepts_deletes: bool = False


@dataclass(frozen=True)
class RunStep:
    """One event that will be sent.

    about: what it does beyond the schedule, for the question before it; "" if it does nothing else than a schedule.
    reads: it changes nothing, so its answer is all that it is for.
    goes_on: a run that ends behind is continued from where it came to.
    """

    event: Event
    about: str = ""
    reads: bool = False
    goes_on: bool = False


class RunEnding(StrEnum):
    """How a run ended."""

    DONE = "done"
    PARTIAL = "partial"  # a part of it is not done
    REFUSED = "refused"  # nothing was done, because the pipeline is paused
    FAILED = "failed"  # it stopped


@dataclass(frozen=True)
class RunResult:
    """An event, its answer, and how it ended."""

    event: Event
    answer: Mapping[str, Any]
    ending: RunEnding
