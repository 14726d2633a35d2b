"""The sandbox's own rules for services of moto's, and how each reads the parameters of a request."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.awslambda.models import lambda_backends
from moto.core.responses import BaseResponse
from moto.dynamodb.models import dynamodb_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.responses import get_backend

from reconciler.sandbox import routes
from reconciler.sandbox.cloudwatch import CloudWatch
from reconciler.sandbox.cloudwatch.store import alarm_stores, dashboard_stores
from reconciler.sandbox.dynamodb import DynamoDB
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.functions.control_plane import ControlPlane
from reconciler.sandbox.functions.store import function_stores
from reconciler.sandbox.iam import Iam
from reconciler.sandbox.logs import Logs
from reconciler.sandbox.logs.store import logs_stores
from reconciler.sandbox.s3 import S3Rules, read_request
from reconciler.sandbox.secrets import Secrets
from reconciler.sandbox.sns import Sns
from reconciler.sandbox.sqs import Sqs
from reconciler.sandbox.sqs.store import sqs_stores
from reconciler.sandbox.states import StepFunctions
from reconciler.sandbox.states.store import machine_stores
from reconciler.sandbox.tagging import TagIndex
from reconciler.sandbox.world import world

if TYPE_CHECKING:
    from reconciler.sandbox.ssm import Ssm


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
    # moto's module imports that of EC2, which takes a third of the sandbox's start.
    from moto.ssm.models import ssm_backends

    from reconciler.sandbox.ssm import Ssm

    return Ssm(world, ssm_backends[response.current_account][response.region])


def _tag_index(response: BaseResponse) -> TagIndex:
    # Its module imports those of thirty services, so it is imported when the first plan asks for it.
    from moto.resourcegroupstaggingapi.models import resourcegroupstaggingapi_backends

    return TagIndex(world, resourcegroupstaggingapi_backends[response.current_account][response.region])


def read_json(response: BaseResponse) -> dict[str, Any]:
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
    params = read_json(response)
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
    "secretsmanager": Rules("InvalidParameterException", read_json, _secrets),
    "stepfunctions": Rules("ValidationException", read_json, _stepfunctions),
    "sns": Rules("InvalidParameter", lambda response: response.params, _sns),
    "sqs": Rules("InvalidParameterValue", lambda response: response.params, _sqs),
    "ssm": Rules("ValidationException", read_json, _ssm),
}
