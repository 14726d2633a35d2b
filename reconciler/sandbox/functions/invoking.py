"""Lambda's Invoke and InvokeAsync, and the events that other services send to functions."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import wraps
from typing import Any
from urllib.parse import unquote

from moto.awslambda.models import EventSourceMapping, LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.dynamodb.models.table import Table
from moto.sqs.models import Queue

from reconciler.sandbox import functions
from reconciler.sandbox.functions.archives import BadArchive
from reconciler.sandbox.functions.containers import Answer
from reconciler.sandbox.functions.pool import Throttled
from reconciler.sandbox.functions.shipped import NoRuntime

Reply = tuple[int, dict[str, str], bytes]
MARK = "_runs_in_the_sandbox"
LARGEST_EVENT = 6_291_556  # bytes [quotas: 6 MB each for request and response (synchronous)]
LARGEST_ASYNC_EVENT = 1_048_576  # bytes [quotas: 1 MB for each asynchronous request]
TAIL = 4096  # bytes [Invoke: "the last 4 KB of the execution log"]


def install() -> None:
    """Makes moto's functions run. Calling it twice does no harm."""
    if getattr(LambdaFunction, MARK, False):
        return
    setattr(LambdaFunction, MARK, True)
    LambdaResponse.invoke = _invoke  # type: ignore[method-assign]
    LambdaResponse.invoke_async = _invoke_async  # type: ignore[method-assign]
    LambdaFunction.invoke = _take_event  # type: ignore[method-assign,assignment]
    _read_sources_ourselves()


def _read_sources_ourselves() -> None:
    """Keeps moto from delivering, and shows new mappings to our pollers."""
    for kind in (Queue, Table):
        nothing = property(lambda self: {}, lambda self, value: None)
        kind.lambda_event_source_mappings = nothing  # type: ignore[assignment]
    create = LambdaBackend.create_event_source_mapping

    @wraps(create)
    def create_and_read(self: LambdaBackend, spec: dict[str, Any]) -> EventSourceMapping:
        mapping = create(self, spec)
        functions.start().mappings.add(mapping)
        return mapping

    LambdaBackend.create_event_source_mapping = create_and_read  # type: ignore[method-assign]


def _invoke(response: LambdaResponse) -> Reply:
    """Answers Invoke: RequestResponse waits for the function, Event queues, DryRun only checks."""
    name = unquote(response.path.rsplit("/", 2)[-2])
    qualifier = response._get_param("Qualifier") or name.rpartition(":function:")[2].partition(":")[2]
    function = response.backend.get_function(name, response._get_param("Qualifier"))
    event, kind = _event(response), response.headers.get("X-Amz-Invocation-Type") or "RequestResponse"
    if refusal := _refusal(function, event, kind):
        return refusal
    if kind == "DryRun":
        return 204, {"status": "204"}, b""
    try:
        if kind == "Event":
            functions.start().queue.put(function, event, qualifier)
            return 202, {"status": "202", "content-type": "application/json"}, b""
        return _run(response, function, event)
    except Throttled as throttled:
        return _error(429, "TooManyRequestsException", str(throttled), Reason=throttled.reason, Type="User")
    except BadArchive as wrong:
        return _error(502, "InvalidZipFileException", f"Lambda could not unzip the deployment package: {wrong}")
    except NoRuntime as missing:
        return _error(501, "NotImplemented", f"the sandbox does not run functions here: {missing}")


def _invoke_async(response: LambdaResponse) -> Reply:
    name = unquote(response.path.rstrip("/").rsplit("/", 2)[-2])
    functions.start().queue.put(response.backend.get_function(name, None), _event(response))
    return 202, {"status": "202"}, b'{"Status": 202}'


def _take_event(function: LambdaFunction, body: Any, request_headers: Any, response_headers: Any) -> bytes:
    """Queues an event of another service, as S3, SNS and CloudWatch Logs invoke: asynchronously."""
    functions.start().queue.put(function, body.encode() if isinstance(body, str) else body)
    return b""


def _run(response: LambdaResponse, function: LambdaFunction, event: bytes) -> Reply:
    context = base64.b64decode(response.headers.get("X-Amz-Client-Context") or "").decode(errors="replace")
    done = functions.start().pool().invoke(function, event, context)
    headers = {
        "content-type": "application/json",
        "x-amz-executed-version": str(function.version),
        "x-amzn-RequestId": done.request_id,
    }
    if response.headers.get("X-Amz-Log-Type") == "Tail":
        headers["x-amz-log-result"] = base64.b64encode(done.log.encode()[-TAIL:]).decode()
    if function_error := error_of(done.answer):
        headers["x-amz-function-error"] = function_error
    return 200, headers, done.answer.body


def error_of(answer: Answer) -> str:
    """Returns the FunctionError of an answer, or an empty text.

    Python's runtime has only unhandled errors: an exception is one, and so are time-outs and ends of the process.
    """
    return "Unhandled" if answer.is_error else ""


def _event(response: LambdaResponse) -> bytes:
    body: Any = response.body or b"{}"
    return body.encode() if isinstance(body, str) else bytes(body)


def _refusal(function: LambdaFunction, event: bytes, kind: str) -> Reply | None:
    """Returns why Lambda does not run the function, if it does not."""
    largest = LARGEST_ASYNC_EVENT if kind == "Event" else LARGEST_EVENT
    if len(event) > largest:
        message = f"{len(event)} byte payload is too large for the {kind} invocation type (limit {largest} bytes)"
        return _error(413, "RequestTooLargeException", message, Type="User")
    try:
        json.loads(event)
    except ValueError as wrong:
        message = f"Could not parse request body into json: {wrong}"
        return _error(400, "InvalidRequestContentException", message, Type="User")
    if function.state == "Pending":
        message = "The operation cannot be performed at this time. The function is currently in the following state: "
        return _error(409, "ResourceConflictException", message + "Pending", Type="User")
    if not str(function.run_time).startswith("python"):
        return _error(501, "NotImplemented", f"the sandbox runs functions of Python, not of {function.run_time}")
    return None


def _error(status: int, code: str, message: str, **members: str) -> Reply:
    headers: Mapping[str, str] = {"status": str(status), "x-amzn-ErrorType": code, "content-type": "application/json"}
    return status, dict(headers), json.dumps({"message": message, "Message": message, **members}).encode()
