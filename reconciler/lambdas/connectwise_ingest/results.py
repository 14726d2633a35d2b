"""The result of a pair: how far it came, and counts that add up over the rounds of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["done", "quiet", "behind", "failed"]
COUNTS = ("rows", "files", "bytes", "requests", "retries", "throttled", "repeated", "drifted", "unknown", "rejected")


@dataclass
class Counts:
    """`repeated`: rows of the overlap that an earlier pass wrote. `drifted`: values that did not fit their column."""

    rows: int = 0
    files: int = 0
    bytes: int = 0
    requests: int = 0
    retries: int = 0
    throttled: int = 0
    repeated: int = 0
    drifted: int = 0
    unknown: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Result:
    """`watermark` is an ISO text, "" before the first run. `error` has the code first.

    `wait`: seconds for which the server wants no request of a pair that is behind.
    """

    status: Status
    counts: Counts
    watermark: str = ""
    error: str = ""
    wait: int = 0

    def answer(self, pair: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the pair with this result. Counts of earlier rounds are added."""
        whole = {name: pair.get(name, 0) + count for name, count in asdict(self.counts).items()}
        # A pair is quiet if no round of the run had a new row.
        status = "done" if self.status == "quiet" and whole["rows"] else self.status
        answer = {**pair, **whole, "status": status, "watermark": self.watermark}
        for name, value in (("error", self.error), ("wait", self.wait)):
            answer.pop(name, None)
            if value:
                answer[name] = value
        return answer
