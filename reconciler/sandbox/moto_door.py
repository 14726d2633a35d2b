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

from reconciler.sandbox import codes, entrance, shapes
from reconciler.sandbox.attempt import Attempt
from reconciler.sandbox.codes import Code
from reconciler.sandbox.dynamodb import DynamoDB
from reconciler.sandbox.errors import Dropped, Refused
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


def _dynamodb(response: BaseResponse) -> DynamoDB:
    return DynamoDB(world, dynamodb_backends[response.current_account][response.region])


def _iam(response: BaseResponse) -> Iam:
    return Iam(world, iam_backends[response.current_account][response.partition])


def _logs(response: BaseResponse) -> Logs:
    account, region = response.current_account, response.region
    return Logs(world, logs_backends[account][region], logs_stores[account][region])


def _s3(response: BaseResponse) -> S3Rules:
    return S3Rules(world, s3_backends[response.current_account][response.partition])


def _secrets(response: BaseResponse) -> Secrets:
    return Secrets(world, secretsmanager_backends[response.current_account][response.region])


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


def _read_logs(response: BaseResponse) -> dict[str, Any]:
    """Returns the parameters of a request to CloudWatch Logs. Only a switch makes ARNs with `:*` valid for tags."""
    params = _read_json(response)
    arn = params.get("resourceArn")
    if isinstance(arn, str) and world.switches.log_arn_wildcard == "accepted":
        params["resourceArn"] = arn.removesuffix(":*")
    return params


RULES = {
    "dynamodb": Rules("ValidationException", lambda response: response.params, _dynamodb),
    "iam": Rules("ValidationError", lambda response: response.params, _iam),
    "logs": Rules("InvalidParameterException", _read_logs, _logs),
    "resourcegroupstaggingapi": Rules("InvalidParameterException", lambda response: dict(response.params), _tag_index),
    "s3": Rules("InvalidRequest", read_request, _s3, has_model=False),
    "secretsmanager": Rules("InvalidParameterException", _read_json, _secrets),
    "sns": Rules("InvalidParameter", lambda response: response.params, _sns),
    "sqs": Rules("InvalidParameterValue", lambda response: response.params, _sqs),
    "ssm": Rules("ValidationException", _read_json, _ssm),
}


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
    attempt = Attempt(service, operation, response.current_account, response.region)
    rules = RULES.get(service) if operation in shapes.operations(service) else None
    if rules:
        carry_out = partial(_by_rules, rules, response, operation, carry_out)
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
