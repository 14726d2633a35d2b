"""The entry point: `reconciler.lambdas.connectwise_plan.handler.handler`; `connectwise.lanes` says what it takes."""

from __future__ import annotations

from typing import Any

from reconciler.lambdas.connectwise_plan.function import answer
from reconciler.lambdas.shared.surroundings import Surroundings


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Plans one run. Raises `Failed` if the event or the settings are wrong, or AWS does not answer."""
    return answer(event, context, Surroundings.at_aws())
