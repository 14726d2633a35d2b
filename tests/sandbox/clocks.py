"""A clock that a test moves, for what the service does only after hours or days."""

from __future__ import annotations


class Clock:
    """Seconds since 1970, as `reconciler.sandbox.in_process` asks for them: `now` is the test's to set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now
