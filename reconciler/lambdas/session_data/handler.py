"""The entry point: `reconciler.lambdas.session_data.handler.handler`."""

from __future__ import annotations

import os
import random
import time
from functools import cache
from typing import Any

from reconciler.lambdas.session_data.function import SessionData, Surroundings
from reconciler.lambdas.shared.calls import client
from reconciler.lambdas.shared.logs import to_stdout


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answers one call of a contact flow.

    With FAIL_MODE=raise it raises `SessionDataFailed`: the flow takes its error branch.
    """
    return _function().answer(event, context)


@cache
def _function() -> SessionData:
    """Returns the function, created at the first event: importing creates no client and reads no environment."""
    return SessionData(
        Surroundings(os.environ, client, time.monotonic, time.time, time.sleep, random.random, to_stdout)
    )
