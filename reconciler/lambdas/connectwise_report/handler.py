"""The entry point: `reconciler.lambdas.connectwise_report.handler.handler`. The event is a run, or `{}` by hand."""

from __future__ import annotations

import os
import random
import time
from typing import Any
from uuid import uuid4

from reconciler.lambdas.connectwise_report.function import Surroundings, answer
from reconciler.lambdas.shared.calls import client
from reconciler.lambdas.shared.logs import to_stdout


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Reports a run. Raises `Failed` if no report can be made."""
    around = Surroundings(
        os.environ, client, time.monotonic, time.time, time.sleep, random.random, lambda: uuid4().hex, to_stdout
    )
    return answer(event, context, around)
