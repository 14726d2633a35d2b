"""Notices when the server has had no request for a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Idle:
    """`limit`: seconds. A request that is still being answered counts as activity, however long it takes."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._changed = Condition()
        self._open = 0
        self._since = time.monotonic()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Marks one request, from its first byte to its answer."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def wait(self) -> None:
        """Returns as soon as there has been no request for the limit."""
        with self._changed:
            while self._open or self._left() > 0:
                self._changed.wait(None if self._open else self._left())

    def is_alone(self) -> bool:
        """Returns whether no request but the caller's own is being answered."""
        with self._changed:
            return self._open <= 1

    def _count(self, change: int) -> None:
        with self._changed:
            self._open += change
            self._since = time.monotonic()
            self._changed.notify_all()

    def _left(self) -> float:
        return self._limit - (time.monotonic() - self._since)
