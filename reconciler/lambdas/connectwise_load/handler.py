"""The entry point: `reconciler.lambdas.connectwise_load.handler.handler`; `events` has the events."""

from __future__ import annotations

import os
import random
import time
from typing import Any
from uuid import uuid4

from reconciler.lambdas.connectwise_load.function import Surroundings, answer
from reconciler.lambdas.shared.calls import client
from reconciler.lambdas.shared.logs import to_stdout


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Loads or migrates. Raises `Failed` if it cannot work at all."""
    around = Surroundings(
        os.environ, client, time.monotonic, time.time, time.sleep, random.random, lambda: uuid4().hex, to_stdout
    )
    return answer(event, context, around)
