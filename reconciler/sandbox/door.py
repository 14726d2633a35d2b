"""The one door of Amazon Connect: a request comes in, is counted, held to the model, carried out, answered.

In-process calls and the server both come through here, so that they cannot differ.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from botocore import xform_name
from botocore.model import OperationModel
from moto.connect.models import connect_backends
from moto.connect.responses import ConnectResponse
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import Request as MotoRequest

from reconciler.sandbox import routes, shapes
from reconciler.sandbox.connect import Connect
from reconciler.sandbox.errors import NotOurs, Refused
from reconciler.sandbox.faults import COMMON_ERRORS
from reconciler.sandbox.place import REGION
from reconciler.sandbox.world import World, world

SERVICE = "connect"
NO_MEMBERS: Mapping[str, str] = MappingProxyType({})
CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]*/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    body: bytes
    headers: Any
    """A mapping that ignores the case of its keys."""

    @property
    def region(self) -> str:
        scope = CREDENTIAL_SCOPE.search(self.headers.get("Authorization") or "")
        return scope["region"] if scope else REGION


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def answer(request: Request) -> Reply:
    """AWS's answer; Dropped means that there is none."""
    url = urlsplit(request.url)
    found = routes.find(SERVICE, request.method, url.path)
    if found is None:
        return _refusal(404, "UnknownOperationException", f"Amazon Connect has no {request.method} {url.path}")
    operation, labels = found
    try:
        _let_in(world, operation.name, request)
        injection = world.injection
        if injection.stalls("before"):
            injection.stand_still()
        with world.lock:
            reply = _carried_out(world, operation, labels, url.query, request)
            if reply.status == 200:
                injection.after(operation.name)
        if injection.stalls("after"):
            injection.stand_still()
        return reply
    except Refused as refused:
        if refused.code == "ThrottlingException":
            world.counts.refused_for_rate(SERVICE, operation.name)
        status = shapes.error_statuses(SERVICE).get(refused.code) or COMMON_ERRORS[refused.code]
        return _refusal(status, refused.code, refused.message, refused.members)


def mistake(what: str) -> Reply:
    """Not AWS's word but our own failure, and said so."""
    return _refusal(500, "InternalServiceException", f"mistake of the sandbox: {what}")


def _let_in(world: World, operation: str, request: Request) -> None:
    """Count the attempt and serve the faults that come before anything has happened."""
    with world.lock:
        latency, sleep = world.faults.latency, world.sleep
        try:
            world.injection.before(operation, _account(), request.region, world.clock())
        except Refused as refused:
            if refused.code != "ThrottlingException":
                world.counts.accepted(SERVICE, operation)
            raise
        world.accepted += 1
        world.counts.accepted(SERVICE, operation)
    if latency:
        sleep(latency)


def _carried_out(
    world: World, operation: OperationModel, labels: dict[str, str], query: str, request: Request
) -> Reply:
    params = routes.parameters(operation, labels, query, request.body)
    if wrong := shapes.request_check(SERVICE, operation.name)(params):
        modelled = "InvalidParameterException" in shapes.errors_of(SERVICE, operation.name)
        raise Refused("InvalidParameterException" if modelled else "InvalidRequestException", wrong.lstrip("."))
    carry_out = Connect(world, connect_backends[_account()][request.region]).operation(operation.name)
    try:
        if carry_out is None:
            raise NotOurs
        content = carry_out(params)
    except NotOurs:
        return _motos_answer(operation, request)
    except Refused as refused:
        if refused.code not in shapes.errors_of(SERVICE, operation.name):
            return mistake(f"{operation.name} does not model {refused.code}: {refused.message}")
        raise
    if wrong := shapes.answer_check(SERVICE, operation.name)(content):
        return mistake(f"{operation.name} answered {wrong}")
    return _reply(200, content)


def _motos_answer(operation: OperationModel, request: Request) -> Reply:
    if not hasattr(ConnectResponse, xform_name(operation.name)):
        # 501 is none of AWS's statuses and none that clients retry: nobody should take it for the service's word.
        return _refusal(501, "NotImplemented", f"the sandbox does not answer {operation.name}")
    moto_request = MotoRequest.from_primitives(request.method, request.url, dict(request.headers), request.body)
    status, headers, body = ConnectResponse.dispatch(moto_request, moto_request.raw_url, moto_request.headers)
    kind = {key: value for key, value in headers.items() if key.lower() == "x-amzn-errortype"}
    return Reply(status, body.encode() if isinstance(body, str) else body, _headers() | kind)


def _reply(status: int, content: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(content, separators=(",", ":")).encode(), _headers())


def _refusal(status: int, code: str, message: str, members: Mapping[str, str] = NO_MEMBERS) -> Reply:
    reply = _reply(status, {"Message": message, **members})
    reply.headers["x-amzn-ErrorType"] = code
    return reply


def _headers() -> dict[str, str]:
    return {"Content-Type": "application/json", "x-amzn-RequestId": str(uuid4())}


def _account() -> str:
    return os.environ.get("MOTO_ACCOUNT_ID", DEFAULT_ACCOUNT_ID)
