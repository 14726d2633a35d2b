"""The clock of a run, and the texts of instants.

A scheduled run begins at its slot, whenever AWS really starts it: a simulated clock may stand in another year. A run by
hand uses the wall clock. The answer of a function has the instant of its end, from which the next function goes on.
This clock is never compared with the stamps of the vendor.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

RUN = re.compile(r"(\d{8}T\d{6}Z)(-[0-9a-f]{8})?")
NOW = "now"  # the member of a lane with the instant at which the function before ended
_RUN_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class RunClock:
    """`start` is the instant at which the function began; `monotonic` counts seconds and was `began` then."""

    start: datetime
    began: float
    monotonic: Callable[[], float]

    @classmethod
    def at(cls, start: datetime, monotonic: Callable[[], float]) -> RunClock:
        """Returns a clock that starts now. `start` has an offset."""
        return cls(start.astimezone(UTC), monotonic(), monotonic)

    def now(self) -> datetime:
        """Returns the instant in UTC, with microseconds."""
        return self.start + timedelta(seconds=self.monotonic() - self.began)

    def seconds(self) -> int:
        """Returns whole epoch seconds, as leases count."""
        return int(self.now().timestamp())


def read_instant(text: str) -> datetime:
    """Returns the instant of an ISO text with `Z` or an offset. Raises `ValueError` if it has neither."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text} has no offset; write Z for UTC")
    return instant.astimezone(UTC)


def iso(instant: datetime) -> str:
    """Returns `2026-11-28T19:40:03Z`, with a fraction only if there is one."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def file_stamp(instant: datetime) -> str:
    """Returns `2026-11-28T194003.123456Z`: of fixed length, so texts sort as times do, and without a colon."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ")


def run_name(slot: datetime, suffix: str = "") -> str:
    """Returns the name of a run: `20261128T194000Z`, and `-` with 8 hex digits for a run by hand."""
    return slot.astimezone(UTC).strftime(_RUN_FORMAT) + (f"-{suffix}" if suffix else "")


def slot_of(run: str) -> datetime:
    """Returns the instant in the name of a run. Raises `ValueError` if it is not one."""
    match = RUN.fullmatch(run)
    if match is None:
        raise ValueError(f"{run} is not the name of a run, such as 20261128T194000Z")
    return datetime.strptime(match[1], _RUN_FORMAT).replace(tzinfo=UTC)
