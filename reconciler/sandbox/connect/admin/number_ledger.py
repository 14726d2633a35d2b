"""The memory of AWS beside the claimed numbers: work in progress, failed claims, cool-downs.

It is alone because claims, moves and releases share it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.sandbox.connect.admin.types import Resource


@dataclass(frozen=True)
class Work:
    """The work after a call: in progress until the accepted call `until`, then done or failed with a reason.

    to: the id of the instance that has the number once the work is done, if the work moves it.
    """

    until: int
    fails: str = ""
    to: str = ""

    def status(self, accepted: int) -> str:
        if accepted <= self.until:
            return "IN_PROGRESS"
        return "FAILED" if self.fails else "CLAIMED"


@dataclass
class NumberLedger:
    """The memory of one account and Region.

    works: the last work of each number, by its id.
    failed: failed claims by id, each with the time of its call. Only a description shows them.
    cooling: the time from which a released number may be found again.
    changes: the times of claims and releases.
    """

    works: dict[str, Work] = field(default_factory=dict)
    failed: dict[str, tuple[Resource, float]] = field(default_factory=dict)
    cooling: dict[str, float] = field(default_factory=dict)
    changes: list[float] = field(default_factory=list)
