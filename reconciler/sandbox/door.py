"""The door of the services that the sandbox answers itself: checks requests against the model, and answers them.

Calls in this process and calls to the server both come through here, so they cannot differ.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from botocore import xform_name
from botocore.model import OperationModel
from moto.connect.responses import ConnectResponse
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import Request as MotoRequest

from reconciler.sandbox import caller, codes, entrance, routes, shapes
from reconciler.sandbox.attempt import Attempt
from reconciler.sandbox.authorization import authorization_matters, authorize, authorize_passing
from reconciler.sandbox.errors import AnsweredByMoto, Refused
from reconciler.sandbox.place import REGION
from reconciler.sandbox.services import CONNECT, SERVICES, Service
from reconciler.sandbox.world import World, world

CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]*/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    body: bytes
    headers: Any
    """A mapping whose keys ignore case."""

    @property
    def region(self) -> str:
        scope = CREDENTIAL_SCOPE.search(self.headers.get("Authorization") or "")
        return scope["region"] if scope else REGION

    @cached_property
    def service(self) -> Service:
        """Returns the service, from the signature, or from the host of an unsigned request."""
        scope = CREDENTIAL_SCOPE.search(self.headers.get("Authorization") or "")
        name = scope["service"] if scope else urlsplit(self.url).netloc.partition(".")[0]
        return SERVICES.get(name, CONNECT)


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def answer(request: Request) -> Reply:
    """Returns AWS's answer. Raises `Dropped` if there is none."""
    url, service = urlsplit(request.url), request.service
    route = _route(service, request, url.path)
    if route is None:
        unknown = Refused("UnknownOperationException", f"{service.title} has no {request.method} {url.path}")
        return _refusal(service, 404, unknown)
    operation, labels = route
    attempt = Attempt(service.name, operation.name, account(), request.region)

    def carry_out() -> Reply:
        authorization = str(request.headers.get("Authorization") or "")
        if authorization_matters(authorization, attempt.account):
            params = routes.parameters(operation, labels, url.query, request.body)
            authorize(authorization, service.name, operation.name, params, attempt.account)
            if service.passed_to:
                roles = service.of(world, attempt.account, attempt.region).handed_over(operation.name, params)
                authorize_passing(authorization, roles, service.passed_to, attempt.account)
        with caller.calling(authorization):
            return _carried_out(world, operation, labels, url.query, request)

    try:
        return entrance.pass_through(attempt, carry_out, lambda reply: reply.status == 200)
    except Refused as refused:
        entrance.note_refusal(attempt, refused)
        code = codes.of(service.name, refused.code)
        return _refusal(service, code.status, Refused(code.name, refused.message, **refused.members))


def _route(service: Service, request: Request, path: str) -> tuple[OperationModel, dict[str, str]] | None:
    if service.is_by_target:
        return routes.find_target(service.name, request.headers.get("X-Amz-Target") or "")
    return routes.find(service.name, request.method, path)


def mistake(what: str) -> Reply:
    """Returns an answer that names an error of the sandbox itself."""
    return _refusal(CONNECT, 500, Refused("InternalServiceException", f"mistake of the sandbox: {what}"))


def _carried_out(
    world: World, operation: OperationModel, labels: dict[str, str], query: str, request: Request
) -> Reply:
    service = request.service
    params = routes.parameters(operation, labels, query, request.body)
    if wrong := shapes.request_check(service.name, operation.name)(params):
        raise service.refusal_of(operation.name, wrong.lstrip("."))
    carry_out = service.of(world, account(), request.region).operation(operation.name)
    try:
        if carry_out is None:
            raise AnsweredByMoto
        content = carry_out(params)
    except AnsweredByMoto:
        return _motos_answer(operation, request)
    except Refused as refused:
        if refused.code not in shapes.errors_of(service.name, operation.name):
            return mistake(f"{operation.name} does not model {refused.code}: {refused.message}")
        raise
    if wrong := shapes.answer_check(service.name, operation.name)(content):
        return mistake(f"{operation.name} answered {wrong}")
    return _reply(200, content)


def _motos_answer(operation: OperationModel, request: Request) -> Reply:
    if request.service is not CONNECT or not hasattr(ConnectResponse, xform_name(operation.name)):
        # AWS never answers 501, and clients do not retry it: it cannot be taken for the service's answer.
        unknown = Refused("NotImplemented", f"the sandbox does not answer {operation.name}")
        return _refusal(request.service, 501, unknown)
    moto_request = MotoRequest.from_primitives(request.method, request.url, dict(request.headers), request.body)
    status, headers, body = ConnectResponse.dispatch(moto_request, moto_request.raw_url, moto_request.headers)
    kind = {key: value for key, value in headers.items() if key.lower() == "x-amzn-errortype"}
    return Reply(status, body.encode() if isinstance(body, str) else body, _headers() | kind)


def _reply(status: int, content: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(content, separators=(",", ":")).encode(), _headers())


def _refusal(service: Service, status: int, refused: Refused) -> Reply:
    message = {service.message: refused.message} if refused.message else {}
    kind = {"__type": refused.code} if service.is_by_target else {}
    reply = _reply(status, {**kind, **message, **refused.members})
    reply.headers["x-amzn-ErrorType"] = refused.code
    return reply


def _headers() -> dict[str, str]:
    return {"Content-Type": "application/json", "x-amzn-RequestId": str(uuid4())}


def account() -> str:
    """Returns the account that every request belongs to."""
    return os.environ.get("MOTO_ACCOUNT_ID", DEFAULT_ACCOUNT_ID)
