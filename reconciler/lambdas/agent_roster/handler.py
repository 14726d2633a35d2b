"""The entry point: `reconciler.lambdas.agent_roster.handler.handler`. The stream of the roster table calls it."""

from __future__ import annotations

from functools import cache
from typing import Any

from reconciler.lambdas.agent_roster.function import Roster
from reconciler.lambdas.shared.surroundings import Surroundings


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Runs a batch of records. Returns the record from which the batch must be repeated, if there is one."""
    return _function().answer(event, context)


@cache
def _function() -> Roster:
    """Returns the function, created at the first event: importing creates no client and reads no environment."""
    return Roster(Surroundings.at_aws())
