"""The entry point: `reconciler.lambdas.connectwise_report.handler.handler`. The event is a run, or `{}` by hand."""

from __future__ import annotations

from typing import Any

from reconciler.lambdas.connectwise_report.function import answer
from reconciler.lambdas.shared.surroundings import Surroundings


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Reports a run. Raises `Failed` if no report can be made."""
    return answer(event, context, Surroundings.at_aws())
