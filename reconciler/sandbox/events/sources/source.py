"""One event source mapping as its poller sees it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from moto.awslambda.models import EventSourceMapping

from reconciler.sandbox.functions.containers import Answer

# Runs the mapping's function. None: it did not run, because it is throttled or gone.
Invoke = Callable[[bytes], Answer | None]


class EventSource(ABC):
    """Both methods are called by one thread at a time."""

    def __init__(self, mapping: EventSourceMapping, invoke: Invoke) -> None:
        self.mapping = mapping
        self.invoke = invoke

    def __getstate__(self) -> dict[str, Any]:
        """Leaves out the way to the function, which belongs to this process."""
        return {name: value for name, value in vars(self).items() if name != "invoke"}

    @abstractmethod
    def next_due(self) -> float | None:
        """Returns the moment of the sandbox's clock at which it has a batch, or None if it has nothing."""

    @abstractmethod
    def poll(self) -> None:
        """Takes a batch, runs the function, and deletes or keeps what it had."""
