"""Teach moto our Connect: `mock_aws` and moto's server both come to our door after `install()`."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ConnectionClosedError
from moto.connect import urls
from moto.connect.models import Instance, connect_backends
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.model_instances import reset_model_data
from moto.core.request import Request as MotoRequest
from moto.core.responses import BaseResponse

from reconciler.sandbox import door
from reconciler.sandbox.connect import Connect
from reconciler.sandbox.errors import Dropped
from reconciler.sandbox.place import ACCOUNT, INSTANCE_ALIAS, INSTANCE_ARN, INSTANCE_ID, REGION
from reconciler.sandbox.qconnect import QConnect
from reconciler.sandbox.qconnect.backend import qconnect_backends
from reconciler.sandbox.services import CONNECT, SERVICES
from reconciler.sandbox.world import world

MARK = "_answers_for_the_sandbox"


def install() -> None:
    """Idempotent. moto's own Connect operations stay its own, behind our door."""
    if getattr(BotocoreStubber, MARK, False):
        return
    setattr(BotocoreStubber, MARK, True)
    urls.url_paths.clear()
    urls.url_paths["{0}/(?P<rest>.+)$"] = _dispatched
    _take_short_cut()
    _count_other_services()


def seed_instance() -> None:
    """The one instance that is there from the start, in moto's own backend."""
    instance = Instance("CONNECT_MANAGED", True, True, ACCOUNT, REGION, INSTANCE_ALIAS, None)
    instance.id, instance.arn = INSTANCE_ID, INSTANCE_ARN
    instance.created_time = datetime.fromtimestamp(world.now(), UTC)
    connect_backends[ACCOUNT][REGION].instances[INSTANCE_ID] = instance


def seed(type: str, members: Mapping[str, Any], instance: str) -> str:
    with world.lock:
        connect = Connect(world, connect_backends[ACCOUNT][REGION])
        match type:
            case "Contact":
                return connect.seed_contact(members, instance)
            case "Contacts":
                return connect.seed_contacts(members, instance)
            case "Session":
                return QConnect(world, qconnect_backends[ACCOUNT][REGION]).seed_session(members)
            case _:
                return connect.seed(type, members, instance)


def session_data() -> dict[str, dict[str, str]]:
    """Session id → what it holds."""
    with world.lock:
        sessions = qconnect_backends[ACCOUNT][REGION].sessions
        return {id: dict(session.data) for id, session in sessions.items()}


def empty_aws() -> None:
    """Every service of moto's, as its own reset does."""
    with world.lock:
        BackendDict.reset()
        reset_model_data()
        seed_instance()


@contextmanager
def account() -> Iterator[None]:
    """Whatever keys a request is signed with, it is our account's."""
    before = os.environ.get("MOTO_ACCOUNT_ID")
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT
    try:
        yield
    finally:
        if before is None:
            del os.environ["MOTO_ACCOUNT_ID"]
        else:
            os.environ["MOTO_ACCOUNT_ID"] = before


def _dispatched(request: MotoRequest, full_url: str, headers: Any) -> tuple[int, Mapping[str, str], bytes]:
    """moto's way in: its server, and clients of `requests` under `mock_aws`."""
    try:
        reply = door.answer(door.Request(request.method, request.raw_url, request.get_data(), request.headers))
    except Dropped as dropped:
        if connection := request.environ.get("werkzeug.socket"):
            connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError("dropped by the sandbox") from dropped
    return reply.status, reply.headers, reply.body


def _take_short_cut() -> None:
    """botocore's requests for our services need not be matched against the addresses of all of moto's."""
    long_way = BotocoreStubber.process_request
    ours = tuple(f"https://{name}." for name in SERVICES)

    def process_request(self: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        if not request.url.startswith(ours):
            return long_way(self, request)
        body: Any = request.body or b""
        raw = body.encode() if isinstance(body, str) else bytes(body)
        asked = door.Request(request.method, request.url, raw, _Headers(request.headers))
        try:
            reply = door.answer(asked)
        except Dropped as dropped:
            raise ConnectionClosedError(endpoint_url=request.url) from dropped
        return reply.status, reply.headers, reply.body

    BotocoreStubber.process_request = process_request  # type: ignore[method-assign]


class _Headers(dict[str, str]):
    """botocore signs with bytes."""

    def __init__(self, headers: Any) -> None:
        super().__init__({k: v.decode() if isinstance(v, bytes) else v for k, v in headers.items()})


def _count_other_services() -> None:
    """moto's services meet in `call_action`, but for S3, which has its own ways and passes `setup_class` once."""
    call_action, setup_class = BaseResponse.call_action, BaseResponse.setup_class

    def counted(self: BaseResponse) -> Any:
        if self.service_name != CONNECT.name:
            world.counts.accepted(self.boto3_service_name, self._get_action())
        return call_action(self)

    def set_up(self: BaseResponse, *args: Any, **more: Any) -> None:
        setup_class(self, *args, **more)
        if self.service_name == "s3":
            world.counts.accepted("s3", self._get_action())

    BaseResponse.call_action = counted  # type: ignore[method-assign]
    BaseResponse.setup_class = set_up  # type: ignore[method-assign]
