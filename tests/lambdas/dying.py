"""Clients of a function that is ended at a call, as Lambda ends one: nothing of it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any


class Killed(BaseException):
    """The end of a function, which nothing catches."""


@dataclass
class Death:
    """The end at the call of a number, before or after AWS carries it out. No later call is begun; 0: never."""

    number: int
    when: str
    calls: int = 0
    lock: Lock = field(default_factory=Lock)

    def begin(self) -> bool:
        """Counts a call, and returns whether it is the last one. Raises `Killed`."""
        with self.lock:
            self.calls += 1
            is_last = self.calls == self.number
            if self.number and (self.calls > self.number or (is_last and self.when == "before")):
                raise Killed
            return is_last


class Dying:
    """A client whose function ends."""

    def __init__(self, client: Any, death: Death) -> None:
        self._client, self._death = client, death

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._client, name)

        def call(**params: Any) -> Any:
            is_last = self._death.begin()
            answer = operation(**params)
            if is_last:
                raise Killed
            return answer

        return call
