"""The entry point: `reconciler.lambdas.connectwise_load.handler.handler`; `events` has the events."""

from __future__ import annotations

from typing import Any

from reconciler.lambdas.connectwise_load.function import answer
from reconciler.lambdas.shared.surroundings import Surroundings


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Loads or migrates. Raises `Failed` if it cannot work at all."""
    return answer(event, context, Surroundings.at_aws())
