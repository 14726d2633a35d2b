"""The entry point: `reconciler.lambdas.agent_upload.handler.handler`, for the notifications of an S3 bucket."""

from __future__ import annotations

from functools import cache
from typing import Any

from reconciler.lambdas.agent_upload.function import AgentUpload
from reconciler.lambdas.shared.surroundings import Surroundings


def handler(event: Any, context: Any) -> dict[str, int]:
    """Takes the objects of one event. Raises `Failed` if one could not be taken; a retry goes on from there."""
    return _function().answer(event, context)


@cache
def _function() -> AgentUpload:
    """Returns the function, created at the first event: importing creates no client and reads no environment."""
    return AgentUpload(Surroundings.at_aws())
