"""The creation of an instance: in progress for some calls, then active, or failed and deleted after a day."""

from __future__ import annotations

from dataclasses import dataclass

FAILED_IS_SHOWN_FOR = 24 * 3600.0  # seconds after CreateInstance [service model]


@dataclass(frozen=True)
class Creation:
    """A creation. It ends after the accepted call `until`; `fails` is the reason for a failure, or empty."""

    until: int
    fails: str
    begun: float
    is_fault: bool

    def status(self, accepted: int) -> str:
        if accepted <= self.until:
            return "CREATION_IN_PROGRESS"
        return "CREATION_FAILED" if self.fails else "ACTIVE"

    def is_gone(self, accepted: int, now: float) -> bool:
        return self.status(accepted) == "CREATION_FAILED" and now >= self.begun + FAILED_IS_SHOWN_FOR
