"""The door of moto's services: every operation that moto answers passes the faults, and is counted.

moto calls `call_action` for each request, in this process and in the server. S3 has its own way, by bucket and by key.
Some services also have rules of the sandbox (`moto_rules`). Their requests are checked against the service model.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any

from moto.core.errors import COMMON_ERROR_CODES
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.s3.responses import S3Response

from reconciler.sandbox import codes, entrance, routes, shapes
from reconciler.sandbox.attempt import Attempt
from reconciler.sandbox.authorization import authorization_matters, authorize, keep_session_tags
from reconciler.sandbox.codes import Code
from reconciler.sandbox.errors import Dropped, Refused
from reconciler.sandbox.functions.killing import killing
from reconciler.sandbox.moto_rules import RULES, Rules, read_json
from reconciler.sandbox.services import CONNECT

Answer = Any
_NEW_KEY = re.compile(r"<AccessKeyId>([^<]+)<")
"""Status, headers and body, as moto has them; of S3 also a text alone."""


# They wait for others, and have no rules: a function calls AWS before it answers, a state machine calls functions.
WAITING = ("lambda:Invoke", "lambda:InvokeAsync", "stepfunctions:StartSyncExecution")


class Injected(ServiceException):
    """An error that moto writes in the protocol of the request."""


def install() -> None:
    """Puts the door in front of moto's operations."""
    _put_in_front(BaseResponse, "call_action")
    for name in ("_bucket_response", "_key_response"):
        _put_in_front(S3Response, name)


def hang_up(environ: Mapping[str, Any]) -> ConnectionResetError:
    """Closes the connection of a request to a server, and returns the error that ends its answer."""
    if connection := environ.get("werkzeug.socket"):
        connection.shutdown(socket.SHUT_RDWR)
    return ConnectionResetError("dropped by the sandbox")


def _put_in_front(response_class: type[BaseResponse], name: str) -> None:
    answer = getattr(response_class, name)

    @wraps(answer)
    def through_the_door(self: BaseResponse, *args: Any) -> Answer:
        return _answered(self, partial(answer, self, *args))

    setattr(response_class, name, through_the_door)


def _answered(response: BaseResponse, carry_out: Callable[[], Answer]) -> Answer:
    service, operation = response.boto3_service_name, response._get_action()
    # Connect's requests have passed `door`. botocore does not know moto's own addresses, such as its dashboard.
    if service == CONNECT.name or not operation or not shapes.is_known(service):
        return carry_out()
    if service == "lambda":
        _run_functions()
    elif service == "stepfunctions":
        _run_executions()
    attempt = Attempt(service, operation, response.current_account, response.region)
    is_ruled = operation in shapes.operations(service) and attempt.name not in WAITING
    rules = RULES.get(service) if is_ruled else None
    if rules:
        carry_out = partial(_by_rules, rules, response, operation, carry_out)
    carry_out = partial(_authorized, response, attempt, carry_out)
    try:
        # moto answers some calls with the help of others: a function that it invokes calls AWS before it returns.
        is_locked = rules is not None and rules.has_model
        return entrance.pass_through(attempt, carry_out, _has_succeeded, is_locked=is_locked)
    except Refused as refused:
        entrance.note_refusal(attempt, refused)
        return _refusal(response, codes.of(service, refused.code), refused.message)
    except Dropped as dropped:
        if not response.normalized_request.from_wsgi_server:
            raise
        raise hang_up(response.normalized_request.environ) from dropped


def _authorized(response: BaseResponse, attempt: Attempt, carry_out: Callable[[], Answer]) -> Answer:
    """Answers a call that the caller's role may make."""
    authorization = response.headers.get("Authorization") or ""
    text = authorization.decode() if isinstance(authorization, bytes) else str(authorization)
    if "Credential=" in text and authorization_matters(text, attempt.account):
        authorize(text, attempt.service, attempt.operation, _params_of(response), attempt.account)
    answer = carry_out()
    if attempt.name == "sts:AssumeRole" and _has_succeeded(answer):
        keep_session_tags(_params_of(response), attempt.account)
        if key := _NEW_KEY.search(str(answer)):
            killing.follow(text, key[1])
    return answer


def _params_of(response: BaseResponse) -> dict[str, Any]:
    """Returns the parameters of a request by which IAM decides."""
    if isinstance(response, S3Response):
        query, headers = response.querystring or {}, response.headers
        return {
            "Bucket": response.bucket_name,
            "Key": response.parse_key_name(),
            "prefix": query.get("prefix", [None])[0],
            "VersionId": query.get("versionId", [None])[0],
            "Tagging": headers.get("x-amz-tagging"),
            "CopySource": headers.get("x-amz-copy-source"),
            "KmsKeyId": headers.get("x-amz-server-side-encryption-aws-kms-key-id"),
        }
    service = response.boto3_service_name
    if shapes.service(service).metadata["protocol"] == "rest-json":
        route = routes.find(service, response.method, response.parsed_url.path)
        return dict(route[1]) if route else {}
    # Some of moto's services read their requests by the model, DynamoDB by itself, and others when they are asked.
    params = getattr(response, "params", None) or response.body
    return dict(params) if isinstance(params, Mapping) else read_json(response)


def _run_functions() -> None:
    """Makes moto's functions run, at the first call of Lambda: importing what that needs takes half a second."""
    from reconciler.sandbox.functions import invoking

    invoking.install()


def _run_executions() -> None:
    """Puts the sandbox's clock into moto's interpreter, at the first call of Step Functions: it takes a second."""
    from reconciler.sandbox.executions import interpreter

    interpreter.install()


def _by_rules(rules: Rules, response: BaseResponse, operation: str, carry_out: Callable[[], Answer]) -> Answer:
    """Checks a request against the service model, and answers it by the sandbox's own rules."""
    params = rules.read(response)
    check = shapes.request_check(response.boto3_service_name, operation) if rules.has_model else None
    if check and (wrong := check(params)):
        raise Refused(rules.invalid, wrong.lstrip("."))
    try:
        answer = rules.of(response).operation(operation)(params, carry_out)
    except ServiceException as refused:
        raise Refused(refused.code, refused.message) from refused
    if isinstance(answer, ActionResult):
        status, headers, body = response.serialized(answer)
        headers, body = response._enrich_response(headers, body)
        return status, headers, body
    if not isinstance(answer, dict):
        return answer
    # Only services that speak JSON have rules that answer without moto.
    headers, body = response._enrich_response(response.response_headers, json.dumps(answer))
    return 200, headers, body


def _has_succeeded(answer: Answer) -> bool:
    return isinstance(answer, (str, bytes)) or answer[0] < 400


def _refusal(response: BaseResponse, code: Code, message: str) -> Answer:
    """Returns an error in the protocol of the request."""
    if code.name not in COMMON_ERROR_CODES:  # moto warns of an error that the service's model lacks.
        COMMON_ERROR_CODES.append(code.name)
    _, headers, body = response.serialized(ActionResult(Injected(code.name, message)))
    headers, body = response._enrich_response(headers | {"status": str(code.status)}, body)
    return code.status, headers, body
