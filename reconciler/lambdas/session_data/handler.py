"""The entry point: `reconciler.lambdas.session_data.handler.handler`."""

from __future__ import annotations

from functools import cache
from typing import Any

from reconciler.lambdas.session_data.function import SessionData
from reconciler.lambdas.shared.surroundings import Surroundings


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answers one call of a contact flow.

    With FAIL_MODE=raise it raises `SessionDataFailed`: the flow takes its error branch.
    """
    return _function().answer(event, context)


@cache
def _function() -> SessionData:
    """Returns the function, created at the first event: importing creates no client and reads no environment."""
    return SessionData(Surroundings.at_aws())
