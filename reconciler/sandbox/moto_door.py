"""The door of moto's services: every operation that moto answers passes the faults, and is counted.

moto calls `call_action` for each request, in this process and in the server. S3 has its own way, by bucket and by key.
Some services also have rules of the sandbox (`RULES`). Their requests are checked against the service model.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.core.errors import COMMON_ERROR_CODES
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.dynamodb.models import dynamodb_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.s3.responses import S3Response
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import ssm_backends
from moto.stepfunctions.responses import get_backend

from reconciler.sandbox import codes, entrance, routes, shapes
from reconciler.sandbox.attempt import Attempt
from reconciler.sandbox.authorization import authorization_matters, authorize, keep_session_tags
from reconciler.sandbox.cloudwatch import CloudWatch
from reconciler.sandbox.cloudwatch.store import alarm_stores, dashboard_stores
from reconciler.sandbox.codes import Code
from reconciler.sandbox.dynamodb import DynamoDB
from reconciler.sandbox.errors import Dropped, Refused
from reconciler.sandbox.functions.control_plane import ControlPlane
from reconciler.sandbox.functions.store import function_stores
from reconciler.sandbox.iam import Iam
from reconciler.sandbox.logs import Logs
from reconciler.sandbox.logs.store import logs_stores
from reconciler.sandbox.s3 import S3Rules, read_request
from reconciler.sandbox.secrets import Secrets
from reconciler.sandbox.services import CONNECT
from reconciler.sandbox.sns import Sns
from reconciler.sandbox.sqs import Sqs
from reconciler.sandbox.sqs.store import sqs_stores
from reconciler.sandbox.ssm import Ssm
from reconciler.sandbox.states import StepFunctions
from reconciler.sandbox.states.store import machine_stores
from reconciler.sandbox.tagging import TagIndex
from reconciler.sandbox.world import world

Answer = Any
"""Status, headers and body, as moto has them; of S3 also a text alone."""


@dataclass(frozen=True)
class Rules:
    """The sandbox's own rules for a service of moto's."""

    invalid: str
    """The error for requests that break the model."""
    read: Callable[[BaseResponse], dict[str, Any]]
    """Returns the parameters of a request. Those of IAM are moto's own: the rules may change what moto reads."""
    of: Callable[[BaseResponse], Any]
    """Returns the rules of the request's account and Region."""
    has_model: bool = True
    """True if the parameters are those of the service model. Those of S3 are the bucket and the body."""


def _cloudwatch(response: BaseResponse) -> CloudWatch:
    account = response.current_account
    return CloudWatch(world, alarm_stores[account][response.region], dashboard_stores[account][response.partition])


def _dynamodb(response: BaseResponse) -> DynamoDB:
    return DynamoDB(world, dynamodb_backends[response.current_account][response.region])


def _iam(response: BaseResponse) -> Iam:
    return Iam(world, iam_backends[response.current_account][response.partition])


def _lambda(response: BaseResponse) -> ControlPlane:
    account, region = response.current_account, response.region
    return ControlPlane(world, lambda_backends[account][region], function_stores[account][region])


def _logs(response: BaseResponse) -> Logs:
    account, region = response.current_account, response.region
    return Logs(world, logs_backends[account][region], logs_stores[account][region])


def _s3(response: BaseResponse) -> S3Rules:
    return S3Rules(world, s3_backends[response.current_account][response.partition])


def _secrets(response: BaseResponse) -> Secrets:
    return Secrets(world, secretsmanager_backends[response.current_account][response.region])


def _stepfunctions(response: BaseResponse) -> StepFunctions:
    account, region = response.current_account, response.region
    return StepFunctions(world, get_backend(account, region), machine_stores[account][region])


def _sns(response: BaseResponse) -> Sns:
    return Sns(world, sns_backends[response.current_account][response.region])


def _sqs(response: BaseResponse) -> Sqs:
    account, region = response.current_account, response.region
    return Sqs(world, sqs_backends[account][region], sqs_stores[account][region])


def _ssm(response: BaseResponse) -> Ssm:
    return Ssm(world, ssm_backends[response.current_account][response.region])


def _tag_index(response: BaseResponse) -> TagIndex:
    # Its module imports those of thirty services, so it is imported when the first plan asks for it.
    from moto.resourcegroupstaggingapi.models import resourcegroupstaggingapi_backends

    return TagIndex(world, resourcegroupstaggingapi_backends[response.current_account][response.region])


def _read_json(response: BaseResponse) -> dict[str, Any]:
    """Returns the parameters of a request whose body is JSON."""
    try:
        params: dict[str, Any] = json.loads(response.body or "{}")
    except ValueError as wrong:
        raise Refused("SerializationException", f"the body is not JSON: {wrong}") from wrong
    return params


_WITH_EVENTS = frozenset({"Invoke", "InvokeAsync", "InvokeWithResponseStream"})


def _read_lambda(response: BaseResponse) -> dict[str, Any]:
    """Returns the parameters of a request, whose path and query have some of them. An event is not read here."""
    service, method, path = response.boto3_service_name, response.method, response.parsed_url.path
    operation, labels = routes.find(service, method, path) or (None, {})
    if operation is None:
        return {}
    body: Any = b"" if operation.name in _WITH_EVENTS else response.body or b""
    raw = body.encode() if isinstance(body, str) else bytes(body)
    return routes.parameters(operation, labels, response.parsed_url.query, raw)


def _read_logs(response: BaseResponse) -> dict[str, Any]:
    """Returns the parameters of a request to CloudWatch Logs. Only a switch makes ARNs with `:*` valid for tags."""
    params = _read_json(response)
    arn = params.get("resourceArn")
    if isinstance(arn, str) and world.switches.log_arn_wildcard == "accepted":
        params["resourceArn"] = arn.removesuffix(":*")
    return params


def _params(response: BaseResponse) -> dict[str, Any]:
    """Returns the parameters of a request as moto reads them, in whichever protocol it is."""
    return dict(response.params)


RULES = {
    "cloudwatch": Rules("ValidationError", _params, _cloudwatch),
    "dynamodb": Rules("ValidationException", lambda response: response.params, _dynamodb),
    "iam": Rules("ValidationError", lambda response: response.params, _iam),
    "lambda": Rules("InvalidParameterValueException", _read_lambda, _lambda),
    "logs": Rules("InvalidParameterException", _read_logs, _logs),
    "resourcegroupstaggingapi": Rules("InvalidParameterException", _params, _tag_index),
    "s3": Rules("InvalidRequest", read_request, _s3, has_model=False),
    "secretsmanager": Rules("InvalidParameterException", _read_json, _secrets),
    "stepfunctions": Rules("ValidationException", _read_json, _stepfunctions),
    "sns": Rules("InvalidParameter", lambda response: response.params, _sns),
    "sqs": Rules("InvalidParameterValue", lambda response: response.params, _sqs),
    "ssm": Rules("ValidationException", _read_json, _ssm),
}


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
    return answer


def _params_of(response: BaseResponse) -> dict[str, Any]:
    """Returns the parameters of a request by which IAM decides."""
    if isinstance(response, S3Response):
        key = response.parse_key_name()
        prefix = response.querystring.get("prefix", [None])[0] if response.querystring else None
        return {"Bucket": response.bucket_name, "Key": key, "prefix": prefix}
    service = response.boto3_service_name
    if shapes.service(service).metadata["protocol"] == "rest-json":
        route = routes.find(service, response.method, response.parsed_url.path)
        return dict(route[1]) if route else {}
    # Some of moto's services read their requests by the model, DynamoDB by itself, and others when they are asked.
    params = getattr(response, "params", None) or response.body
    return dict(params) if isinstance(params, Mapping) else _read_json(response)


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
