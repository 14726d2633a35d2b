"""The entry point: `reconciler.lambdas.connectwise_plan.handler.handler`; `connectwise.lanes` says what it takes."""

from __future__ import annotations

import os
import random
import time
from typing import Any
from uuid import uuid4

from reconciler.lambdas.connectwise_plan.function import Outside, answer
from reconciler.lambdas.shared.calls import client
from reconciler.lambdas.shared.logs import to_stdout


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Plans one run. Raises `Failed` if the event or the settings are wrong, or AWS does not answer."""
    outside = Outside(
        os.environ, client, time.monotonic, time.time, time.sleep, random.random, lambda: uuid4().hex, to_stdout
    )
    return answer(event, context, outside)
