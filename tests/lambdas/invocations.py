"""The clock and the context that a test gives a function in its own process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Clock:
    """Seconds that pass only during a wait."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.seconds += seconds


@dataclass
class Context:
    """The context of the runtime. Its time runs out by the clock; without one, it stands still."""

    function_name: str
    seconds: float = 900.0
    clock: Callable[[], float] = lambda: 0.0
    aws_request_id: str = "00000000-0000-4000-8000-000000000001"

    def __post_init__(self) -> None:
        self.ends = self.clock() + self.seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self.ends - self.clock()) * 1000)


class Watched(dict[str, str]):
    """Environment variables that remember the names of those that were read."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.names: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)
