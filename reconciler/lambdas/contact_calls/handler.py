"""The entry point: `reconciler.lambdas.contact_calls.handler.handler`; `events` says what it may be asked."""

from __future__ import annotations

from typing import Any

from reconciler.lambdas.contact_calls.function import answer
from reconciler.lambdas.shared.surroundings import Surroundings


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Runs one event. Raises `Failed` if a call failed; the watermark then stands before the missing contacts."""
    return answer(event, context, Surroundings.at_aws())
