"""Adds the sandbox to moto: after `install()`, `mock_aws` and moto's server both lead through its doors."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ConnectionClosedError
from moto.awslambda import urls as lambda_urls
from moto.awslambda.responses import LambdaResponse
from moto.cloudwatch import models as cloudwatch_models
from moto.connect import urls as connect_urls
from moto.connect.models import Instance, connect_backends
from moto.core.base_backend import BackendDict
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.config import default_user_config
from moto.core.model_instances import reset_model_data
from moto.core.request import Request as MotoRequest
from moto.scheduler import urls as scheduler_urls

from reconciler.sandbox import door, executions, functions, moto_door
from reconciler.sandbox.connect import Connect
from reconciler.sandbox.errors import Dropped
from reconciler.sandbox.place import ACCOUNT, INSTANCE_ALIAS, INSTANCE_ARN, INSTANCE_ID, REGION
from reconciler.sandbox.qconnect import QConnect
from reconciler.sandbox.qconnect.backend import qconnect_backends
from reconciler.sandbox.services import SERVICES
from reconciler.sandbox.world import world

PROVISIONED = r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/provisioned-concurrency$"
MARK = "_answers_for_the_sandbox"


def install() -> None:
    """Puts the doors in front of moto's operations. Calling it twice does no harm."""
    if getattr(BotocoreStubber, MARK, False):
        return
    setattr(BotocoreStubber, MARK, True)
    for urls in (connect_urls, scheduler_urls):
        urls.url_paths.clear()
        urls.url_paths["{0}/(?P<rest>.+)$"] = _dispatched
    # moto has no provisioned concurrency; `functions.aliases` answers it.
    lambda_urls.url_paths[PROVISIONED] = LambdaResponse.dispatch
    _take_short_cut()
    moto_door.install()
    functions.run_with(_runner)
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    # A metric without a time of its own has the sandbox's, as alarms do.
    cloudwatch_models.utcnow = _now  # type: ignore[attr-defined]


def _runner(endpoint: str) -> functions.Runner:
    from reconciler.sandbox.functions.running import Running

    return Running(endpoint)


def seed_instance() -> None:
    """Creates the instance that exists from the start, in moto's backend."""
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
    """Returns the data of each session, by session id."""
    with world.lock:
        sessions = qconnect_backends[ACCOUNT][REGION].sessions
        return {id: dict(session.data) for id, session in sessions.items()}


def empty_aws() -> None:
    """Empties every service, as moto's own reset does."""
    with world.lock:
        executions.forget()
        BackendDict.reset()
        reset_model_data()
        seed_instance()


@contextmanager
def account() -> Iterator[None]:
    """Makes every request belong to the sandbox's account, whatever keys sign it."""
    before = os.environ.get("MOTO_ACCOUNT_ID")
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT
    try:
        yield
    finally:
        if before is None:
            del os.environ["MOTO_ACCOUNT_ID"]
        else:
            os.environ["MOTO_ACCOUNT_ID"] = before


def _now() -> datetime:
    return datetime.fromtimestamp(world.now(), UTC).replace(tzinfo=None)


def _dispatched(request: MotoRequest, full_url: str, headers: Any) -> tuple[int, Mapping[str, str], bytes]:
    """Answers requests of moto's server, and of `requests` under `mock_aws`."""
    try:
        reply = door.answer(door.Request(request.method, request.raw_url, request.get_data(), request.headers))
    except Dropped as dropped:
        raise moto_door.hang_up(request.environ) from dropped
    return reply.status, reply.headers, reply.body


def _take_short_cut() -> None:
    """Passes botocore's requests to the sandbox's own services to the door, without matching moto's many addresses."""
    long_way = BotocoreStubber.process_request
    addresses = tuple(f"https://{name}." for name in SERVICES)

    def process_request(self: BotocoreStubber, request: AWSPreparedRequest) -> Any:
        try:
            if not request.url.startswith(addresses):
                return long_way(self, request)
            reply = door.answer(door.Request(request.method, request.url, _body(request), _Headers(request.headers)))
        except Dropped as dropped:
            raise ConnectionClosedError(endpoint_url=request.url) from dropped
        return reply.status, reply.headers, reply.body

    BotocoreStubber.process_request = process_request  # type: ignore[method-assign]


def _body(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body or b""
    return body.encode() if isinstance(body, str) else bytes(body)


class _Headers(dict[str, str]):
    """The headers of a request as texts: botocore signs with bytes."""

    def __init__(self, headers: Any) -> None:
        super().__init__({k: v.decode() if isinstance(v, bytes) else v for k, v in headers.items()})
