"""Calls a deployed function: at once, with its answer, or by way of AWS Lambda's queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.errors import CallError, Meaning
from reconciler.kinds.services import LAMBDA
from reconciler.pipelines.reading import PipelineError
from reconciler.port import AwsPort

ERROR_LENGTH = 500


class BusyError(PipelineError):
    """Other runs of the function use all of its reserved concurrency."""


class FunctionFailedError(PipelineError):
    """The function ended with an error."""


def invoke(aws: AwsPort, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Runs the function and returns its answer, which takes up to 900 seconds.

    Raises `BusyError`, `FunctionFailedError`, or `PipelineError` if the function is not deployed.
    """
    members = _sent(aws, function, event, "RequestResponse")
    answer = _read(members.get("Payload") or b"")
    if members.get("FunctionError"):
        known = answer if isinstance(answer, dict) else {}
        kind, message = str(known.get("errorType", "")), str(known.get("errorMessage", ""))
        text = ": ".join(part for part in (kind, message) if part) or members["FunctionError"]
        raise FunctionFailedError(f"the function {function} failed: {text[:ERROR_LENGTH]}")
    if not isinstance(answer, dict):
        raise FunctionFailedError(f"the function {function} did not answer with an object")
    return answer


def hand_over(aws: AwsPort, function: str, event: Mapping[str, Any]) -> None:
    """Puts the event into AWS Lambda's queue, which runs the function, again after an error."""
    _sent(aws, function, event, "Event")


def _sent(aws: AwsPort, function: str, event: Mapping[str, Any], kind: str) -> dict[str, Any]:
    payload = json.dumps(event, ensure_ascii=False).encode()
    params = {"FunctionName": function, "InvocationType": kind, "Payload": payload}
    try:
        return aws.write(LAMBDA.name, "Invoke", params).members
    except CallError as wrong:
        if wrong.is_gone:
            raise PipelineError(f"the function {function} is not live; deploy it with reconcile apply") from None
        if wrong.meaning is Meaning.THROTTLED:
            raise BusyError(f"the function {function} is busy with another run; try again when it has ended") from None
        raise


def _read(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except ValueError:
        return None
