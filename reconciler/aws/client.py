"""Makes calls with boto3: an `AwsPort` on an account, a Region and a Connect instance."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib.metadata import version
from threading import Lock
from typing import Any

import boto3
from botocore import xform_name
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from botocore.response import StreamingBody
from botocore.session import Session as BotocoreSession

from reconciler.aws.failures import failure, without
from reconciler.aws.pacer import Pacer
from reconciler.aws.paging import Paging, paging_of
from reconciler.errors import CallError, Meaning, UnreachableError, UnreadableAnswerError
from reconciler.kinds.services import service_of
from reconciler.model import HiddenText
from reconciler.model.environment import Environment
from reconciler.port import Answer, Params

POOL = 32
HOME = "us-east-1"  # the Region whose buckets name no Region
READS = Config(retries={"mode": "standard", "max_attempts": 4}, max_pool_connections=POOL)
# Connect's create operations have no client token, so a write whose reply is lost is checked and never just repeated.
WRITES = Config(retries={"mode": "standard", "total_max_attempts": 1}, max_pool_connections=POOL)
# A function may run for 900 seconds before it answers.
LONG = WRITES.merge(Config(read_timeout=930, tcp_keepalive=True))
SLOW = frozenset({("lambda", "Invoke")})
IMPATIENT = Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=3, read_timeout=3)
# Reads about the account, not the contact centre. Nothing depends on them, so they must not make the user wait.
ASIDE = {"sts": IMPATIENT, "service-quotas": IMPATIENT}


class Aws:
    """The AWS port. It has one client per service and retry mode. Every attempt takes a token of its operation.

    The body of an object and the payload of a function are read whole, as bytes.
    """

    def __init__(self, session: boto3.Session, instance_id: str, pacer: Pacer, endpoint: str | None = None) -> None:
        self._session, self._instance_id, self._pacer, self._endpoint = session, instance_id, pacer, endpoint
        self._clients: dict[tuple[str, bool, bool], BaseClient] = {}
        self._instances: dict[tuple[str, str], dict[str, str]] = {}
        self._pagings: dict[tuple[str, str], Paging] = {}
        self._lock = Lock()

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        return self._call(service, operation, params, writes=False).members

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[list[dict[str, Any]]]:
        paging, used, token = self._paging(service, operation), set[str](), dict[str, Any]()
        while True:
            answer = self.read(service, operation, {**params, **token})
            yield answer.get(items) or []
            if not (token := paging.following(answer)):
                return
            if (following := repr(token)) in used:
                raise UnreadableAnswerError(
                    f"{service}:{operation} returned the same page token twice, so its list is unreliable; try again"
                )
            used.add(following)

    def write(self, service: str, operation: str, params: Params) -> Answer:
        return self._call(service, operation, params, writes=True)

    def delay(self, call: str) -> float:
        return self._pacer.delay(call)

    def counts(self) -> Mapping[str, int]:
        return self._pacer.attempts()

    def _call(self, service: str, operation: str, params: Params, *, writes: bool) -> Answer:
        client = self._client(service, writes, is_slow=(service, operation) in SLOW)
        try:
            answer = _read_whole(getattr(client, xform_name(operation))(**self._scoped(client, operation, params)))
        except (BotoCoreError, ClientError, OSError, ResponseParserError) as wrong:
            error = self._failed(service, operation, wrong, writes=writes)
            if hidden := [text for text in params.values() if isinstance(text, HiddenText)]:
                # The cause may quote a secret text, so it is dropped.
                raise without(error, hidden) from None
            raise error from wrong
        meta = answer.pop("ResponseMetadata", {})
        return Answer(answer, meta.get("RequestId", ""))

    def _failed(self, service: str, operation: str, wrong: Exception, *, writes: bool) -> Exception:
        error = failure(service, operation, wrong)
        if isinstance(error, CallError) and error.meaning is Meaning.THROTTLED:
            self._pacer.throttled(f"{service}:{operation}")
        if isinstance(error, CallError) and not writes and not isinstance(wrong, ClientError):
            return UnreachableError(
                f"AWS does not answer {error.operation}: {error.message}; check the network and try again"
            )
        return error

    def _scoped(self, client: BaseClient, operation: str, params: Params) -> dict[str, Any]:
        """Returns the parameters with the instance if the service has one and the operation takes it.

        TagResource of Amazon Connect, for example, takes none; an InstanceId of EC2 is another thing. `None` leaves a
        parameter out: without an instance, ListPhoneNumbersV2 is about all instances.
        """
        service = client.meta.service_model
        key = service.service_name, operation
        if key not in self._instances:
            shape, parameter = service.operation_model(operation).input_shape, service_of(service.service_name).instance
            takes = parameter and shape and parameter in shape.members
            self._instances[key] = {parameter: self._instance_id} if takes else {}
        scoped = {**self._instances[key], **params, **_located(client, operation, params)}
        return {name: value for name, value in scoped.items() if value is not None}

    def _paging(self, service: str, operation: str) -> Paging:
        if (service, operation) not in self._pagings:
            model = self._client(service, writes=False).meta.service_model.operation_model(operation)
            self._pagings[service, operation] = paging_of(model)
        return self._pagings[service, operation]

    def _client(self, service: str, writes: bool, is_slow: bool = False) -> BaseClient:
        key = service, writes, is_slow
        with self._lock:
            if key not in self._clients:
                own = LONG if is_slow else WRITES if writes else ASIDE.get(service, READS)
                config = own.merge(Config(user_agent=_user_agent()))
                if self._endpoint:
                    # A sandbox runs on this machine, so no proxy is needed.
                    config = config.merge(Config(proxies={}))
                try:
                    client = self._session.client(service, config=config, endpoint_url=self._endpoint)  # type: ignore[call-overload]
                except BotoCoreError as wrong:
                    raise failure(service, "*", wrong) from wrong
                event = f"before-send.{client.meta.service_model.service_id.hyphenize()}"
                client.meta.events.register(event, partial(_take, self._pacer, service))
                self._clients[key] = client
            return self._clients[key]


def connect(environment: Environment, *, endpoint: str | None = None, pacer: Pacer | None = None) -> Aws:
    """Returns the port of an environment, with boto3's usual credentials and the environment's Region.

    With `endpoint` (a sandbox) it ignores the caller's AWS settings. Raises `UnreachableError`.
    """
    instance_id = environment.instance.rpartition("/")[2]
    if not endpoint:
        botocore_session = BotocoreSession()
    else:
        # No environment variables and no files: the caller's settings are for the real AWS.
        nowhere = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
        botocore_session = BotocoreSession({"profile": (None, None, None, None), **nowhere})
        botocore_session.set_credentials("sandbox", "sandbox")
    try:
        session = boto3.Session(region_name=environment.region, botocore_session=botocore_session)
    except BotoCoreError as wrong:
        raise failure("connect", "*", wrong) from wrong
    return Aws(session, instance_id, pacer or Pacer(environment.rates), endpoint)


def confirm_account(environment: Environment) -> None:
    """Asks STS for the account of the credentials. Raises `UnreachableError` if it is another account."""
    try:
        client = boto3.Session(region_name=environment.region).client("sts", config=IMPATIENT)
        account = client.get_caller_identity()["Account"]
    except (BotoCoreError, ClientError, OSError) as wrong:
        error = failure("sts", "GetCallerIdentity", wrong)
        if isinstance(error, UnreachableError):
            raise error from wrong
        remedy = "try again, or check the network and AWS_ENDPOINT_URL"
        message = f"AWS does not return the account of the credentials ({error}); {remedy}"
        raise UnreachableError(message) from wrong
    if account != environment.account:
        raise UnreachableError(
            f'the credentials are for account {account}, but environment "{environment.name}" is in '
            f"{environment.account}: choose another AWS_PROFILE, or another environment with -e"
        )


def _located(client: BaseClient, operation: str, params: Params) -> dict[str, Any]:
    """Returns the parameter that names the Region, where the endpoint alone does not say it."""
    place = service_of(client.meta.service_model.service_name).located.get(operation)
    if not place or client.meta.region_name == HOME:
        return {}
    parameter, member = place
    return {parameter: {**params.get(parameter, {}), member: client.meta.region_name}}


def _read_whole(answer: dict[str, Any]) -> dict[str, Any]:
    """Returns the answer with bytes in place of streams. A connection that breaks within one is the call's failure."""
    streams = {name: value.read() for name, value in answer.items() if isinstance(value, StreamingBody)}
    return {**answer, **streams}


@cache
def _user_agent() -> str:
    """Returns the user agent that CloudTrail shows. It is built once, because botocore builds it per call."""
    return f"reconcile/{version('reconcile-connect')} Boto3/{boto3.__version__}"


def _take(pacer: Pacer, service: str, event_name: str, **_: Any) -> None:
    pacer.wait(f"{service}:{event_name.rpartition('.')[2]}")
