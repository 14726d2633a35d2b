"""The failures of a real server, one request each: they are taken in order by the requests that they match."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

Kind = Literal["status", "timeout", "html", "drop", "half", "truncated", "page", "null"]
KINDS = ("status", "timeout", "html", "drop", "half", "truncated", "page", "null")
"""
status     an error with `status`; 429 may have `retry_after`
timeout    500 with a message that speaks of a time-out
html       `status` with a page of HTML, as a proxy answers
drop       the connection ends before the answer
half       the connection ends in the middle of the body
truncated  a complete answer whose JSON is cut
page       200 with a page of HTML
null       200 with the body null
"""


@dataclass
class Fault:
    """`path` is a regular expression of the path with its query. `skip`: matching requests that pass before it."""

    kind: Kind
    status: int = 500
    retry_after: str | None = None
    times: int = 1
    skip: int = 0
    path: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind} is not a kind of fault; there is {', '.join(KINDS)}")

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Fault:
        """Returns the fault of a JSON object. Raises `ValueError` or `TypeError` for an unknown member or kind."""
        return cls(**members)


@dataclass
class FaultQueue:
    """The faults that are still to come. `served` counts those that were taken, by kind."""

    waiting: list[Fault] = field(default_factory=list)
    served: dict[str, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self.waiting.extend(faults)

    def clear(self) -> None:
        with self._lock:
            self.waiting.clear()
            self.served.clear()

    def take(self, address: str) -> Fault | None:
        """Returns the fault of this request, or None."""
        with self._lock:
            for fault in self._matching(address):
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if not fault.times:
                    self.waiting.remove(fault)
                self.served[fault.kind] = self.served.get(fault.kind, 0) + 1
                return fault
        return None

    def _matching(self, address: str) -> Iterator[Fault]:
        yield from [fault for fault in self.waiting if re.search(fault.path, address)]
