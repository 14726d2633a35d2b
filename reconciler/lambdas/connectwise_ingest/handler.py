"""The entry point: `reconciler.lambdas.connectwise_ingest.handler.handler`; `events` says what it takes."""

from __future__ import annotations

import os
import random
import time
from typing import Any
from uuid import uuid4

from reconciler.lambdas.connectwise_ingest.function import answer
from reconciler.lambdas.connectwise_ingest.opening import Surroundings
from reconciler.lambdas.shared.calls import client
from reconciler.lambdas.shared.logs import to_stdout


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Works on the pairs of one event and answers the lane with their results."""
    around = Surroundings(
        os.environ, client, time.monotonic, time.time, time.sleep, random.random, lambda: uuid4().hex, to_stdout
    )
    return answer(event, context, around)
