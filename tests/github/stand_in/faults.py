"""Faults to inject: statuses with headers, and connections that end before or after the work."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Fault:
    """A fault for the next `times` requests of this method and path, a pattern for any part of it.

    They are answered with `status`, or with the end of the connection if it is 0. With `written`, the request is
    carried out nevertheless.
    """

    method: str = "POST"
    path: str = ""
    status: int = 0
    times: int = 1
    written: bool = False
    message: str = ""
    answer: Any = None  # the JSON of the reply, where it is not GitHub's for a failure
    headers: dict[str, str] = field(default_factory=dict)

    def strikes(self, method: str, path: str) -> bool:
        if self.times < 1 or self.method not in (method, "*") or not re.search(self.path, path):
            return False
        self.times -= 1
        return True

    @property
    def body(self) -> Any:
        if self.answer is not None:
            return self.answer
        return {"message": self.message or "Server Error", "documentation_url": "https://docs.github.com/rest"}


def secondary_limit(method: str = "POST", *, status: int = 403, after: str | None = "0", times: int = 1) -> Fault:
    """ "Rate limits for the REST API", Exceeding the rate limit: 403 or 429, perhaps with retry-after."""
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return Fault(method, status=status, times=times, message=message, headers={"Retry-After": after} if after else {})
