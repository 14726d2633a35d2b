"""The outside world of a Lambda: environment, AWS, clock, chance and log. A test gives a function another one."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from reconciler.lambdas.shared.calls import Calls, Patience, client
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import Log, to_stdout


@dataclass(frozen=True)
class Surroundings:
    """The outside world. `clock` counts seconds, `now` is epoch seconds, `random` returns 0 to 1."""

    environ: Mapping[str, str]
    client: Callable[..., Any]
    """Creates a client, as `calls.client` does: of a service in a Region, with a patience and a session."""
    clock: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    write: Callable[[str], None]
    new_id: Callable[[], str] = lambda: uuid4().hex

    @classmethod
    def at_aws(cls) -> Surroundings:
        return cls(os.environ, client, time.monotonic, time.time, time.sleep, random.random, to_stdout)

    def log(self, context: Any, **fields: Any) -> Log:
        """Returns the log of an invocation."""
        return Log({"requestId": getattr(context, "aws_request_id", ""), **fields}, self.write)

    def deadline(self, context: Any, limit: float, margin: float) -> Deadline:
        """Returns the end of an invocation. `limit` is the function's time-out, for a context that has no time.

        `margin` are the seconds that the runtime needs afterwards.
        """
        remaining = getattr(context, "get_remaining_time_in_millis", None)
        return Deadline.within((remaining() / 1000 if remaining else limit) - margin, self.clock)

    def calls(self, deadline: Deadline, patience: Patience) -> Calls:
        return Calls(deadline, self.sleep, self.random, patience)

    def stopwatch(self) -> Callable[[], float]:
        """Returns a function that returns the milliseconds since now."""
        began = self.clock()
        return lambda: round((self.clock() - began) * 1000, 1)


def function_name(context: Any, default: str) -> str:
    """Returns the name of the Lambda, which is the dimension of its metrics."""
    return str(getattr(context, "function_name", default))
