"""The entry point: `reconciler.lambdas.contact_calls.handler.handler`; `events` says what it may be asked."""

from __future__ import annotations

import os
import random
import time
from typing import Any
from uuid import uuid4

from reconciler.lambdas.contact_calls.function import Surroundings, answer
from reconciler.lambdas.shared.calls import client
from reconciler.lambdas.shared.logs import to_stdout


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Runs one event. Raises `Failed` if a call failed; the watermark then stands before the missing contacts."""
    around = Surroundings(
        os.environ, client, time.monotonic, time.time, time.sleep, random.random, lambda: uuid4().hex, to_stdout
    )
    return answer(event, context, around)
