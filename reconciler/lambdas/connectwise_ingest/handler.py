"""The entry point: `reconciler.lambdas.connectwise_ingest.handler.handler`; `events` says what it takes."""

from __future__ import annotations

from typing import Any

from reconciler.lambdas.connectwise_ingest.function import answer
from reconciler.lambdas.shared.surroundings import Surroundings


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Works on the pairs of one event and answers the lane with their results."""
    return answer(event, context, Surroundings.at_aws())
