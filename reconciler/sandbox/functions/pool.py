"""The containers of this process's functions: which one runs an event, and how many run at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from uuid import uuid4

from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.sts.models import sts_backends

from reconciler.sandbox.functions import records
from reconciler.sandbox.functions.archives import Archives
from reconciler.sandbox.functions.containers import Answer, Blueprint, Container, Invocation
from reconciler.sandbox.functions.killing import Victim, killing
from reconciler.sandbox.functions.members import logging_config
from reconciler.sandbox.functions.runtime_api import RuntimeApi
from reconciler.sandbox.redshift import endpoints
from reconciler.sandbox.world import world

IDLE_CONTAINERS = 16
# Seconds of the clock's moves in which a container may stay warm [developer guide: environments end "every few hours";
# how long an idle one stays is not published].
LIFETIME = 6 * 3600
DURATION = 43_200  # seconds of a session [developer guide: a container lives for hours; the hours are not published]


class Throttled(RuntimeError):  # noqa: N818 - the name says what happened
    """As many events run as the function or the account may have. `reason` is AWS's word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__("Rate Exceeded.")
        self.reason = reason


@dataclass(frozen=True)
class Done:
    """An invocation's answer and its log."""

    answer: Answer
    log: str
    request_id: str


class Pool:
    """`endpoint`: where functions find this local AWS."""

    def __init__(self, endpoint: str) -> None:
        self.api = RuntimeApi()
        self.endpoint = endpoint
        self._archives = Archives(self.api.folder)
        self._lock = Lock()
        self._idle: dict[tuple[str, ...], list[Container]] = {}
        self._busy: Counter[str] = Counter()
        self._events: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()

    @property
    def running(self) -> int:
        """Returns the number of events that run now."""
        with self._lock:
            return self._busy.total()

    def invoke(self, function: LambdaFunction, event: bytes, client_context: str = "") -> Done:
        """Runs a function. Raises `Throttled`, `BadArchive`."""
        self._enter(function)
        try:
            return self._run(
                function, Invocation(event, float(function.timeout), world.ahead, client_context=client_context)
            )
        finally:
            with self._lock:
                self._busy[function.function_name] -= 1

    def counts(self) -> dict[str, dict[str, int]]:
        """Returns what each function did."""
        with self._lock:
            warm = Counter(key[0].split(":")[6] for key, several in self._idle.items() for _ in several)
            return {
                name: {
                    "events": events,
                    "errors": self._errors[name],
                    "containers": warm[name] + self._busy[name],
                    "calls": killing.calls[name],
                }
                for name, events in sorted(self._events.items())
            }

    def stop(self) -> None:
        self.api.stop()

    def _enter(self, function: LambdaFunction) -> None:
        """Counts the event. Raises `Throttled`."""
        reserved, name = function.reserved_concurrency, function.function_name
        most = world.quotas.concurrent_executions
        with self._lock:
            if reserved is not None and self._busy[name] >= int(reserved):
                reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
            elif self._busy.total() >= most:
                reason = "ConcurrentInvocationLimitExceeded"
            else:
                self._busy[name] += 1
                return
        records.keep_throttle(function)
        raise Throttled(reason)

    def _run(self, function: LambdaFunction, invocation: Invocation) -> Done:
        key = _configuration(function)
        container = self._take(key) or self.api.start(self._blueprint(function))
        name, access_key = str(function.function_name), container.blueprint.environ["AWS_ACCESS_KEY_ID"]
        killing.enter(access_key, Victim(name, container.kill))
        try:
            answer = container.invoke(invocation)
        finally:
            killing.leave(access_key)
        with self._lock:
            self._events[name] += 1
            self._errors[name] += int(answer.is_error)
        log = records.keep(function, container, invocation, answer)
        self._give_back(key, container)
        return Done(answer, log, invocation.request_id)

    def _take(self, key: tuple[str, ...]) -> Container | None:
        """Returns a warm container of this configuration, if there is one. Ends those of earlier configurations."""
        with self._lock:
            stale = [other for other in self._idle if other[0] == key[0] and other != key]
            ended = [container for other in stale for container in self._idle.pop(other)]
            warm = self._idle.get(key, [])
            container = None
            while warm and container is None:
                candidate = warm.pop()
                if candidate.is_usable and world.ahead - candidate.blueprint.ahead < LIFETIME:
                    container = candidate
                else:
                    ended.append(candidate)
        for one in ended:
            self.api.end(one)
        return container

    def _give_back(self, key: tuple[str, ...], container: Container) -> None:
        """Keeps a container warm; ends it if it is spent, and the one that waited longest if there are too many."""
        ended = []
        with self._lock:
            if container.is_usable:
                self._idle.setdefault(key, []).append(container)
            else:
                ended.append(container)
            waiting = [(one.used, other, one) for other, several in self._idle.items() for one in several]
            if len(waiting) > IDLE_CONTAINERS:
                _, other, oldest = min(waiting, key=lambda one: one[0])
                self._idle[other].remove(oldest)
                ended.append(oldest)
            for other in [other for other in self._idle if not _exists(other[0])]:
                ended += self._idle.pop(other)
        for one in ended:
            self.api.end(one)

    def _blueprint(self, function: LambdaFunction) -> Blueprint:
        layers = self._archives.unpack_layers(function)
        environ = _variables(function, self.endpoint)
        root = self._archives.unpack_code(function)
        return Blueprint(root, str(function.handler), function.function_arn, environ, layers, world.ahead)


def _configuration(function: LambdaFunction) -> tuple[str, ...]:
    """Returns the function's ARN and all that makes a new container necessary."""
    members = (
        *(function.code_sha_256, function.handler, function.run_time, function.role, function.memory_size),
        *(function.timeout, sorted((function.environment_vars or {}).items()), function.layers),
        *(function.version, sorted(logging_config(function).items()), bool(world.ahead), sorted(endpoints.trusted())),
    )
    return function.function_arn, *(str(member) for member in members)


def _exists(arn: str) -> bool:
    _, _, _, region, account, _, name = arn.split(":")[:7]
    return name in lambda_backends[account][region]._lambdas._functions


def _variables(function: LambdaFunction, endpoint: str) -> dict[str, str]:
    """Returns the variables that AWS defines, those of the function, and where this local AWS is."""
    day = datetime.fromtimestamp(world.now(), UTC)
    logging = logging_config(function)
    log = {"AWS_LAMBDA_LOG_FORMAT": "JSON"} if logging.get("LogFormat") == "JSON" else {}
    if level := logging.get("ApplicationLogLevel"):
        log["AWS_LAMBDA_LOG_LEVEL"] = str(level)
    return {
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": str(function.function_name),
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": records.log_group(function),
        records.STREAM: f"{day:%Y/%m/%d}/[{function.version}]{uuid4().hex}",
        **log,
        **_credentials(function),
        **endpoints.trusted(),
        **(function.environment_vars or {}),
    }


def _credentials(function: LambdaFunction) -> dict[str, str]:
    """Returns the keys of a session of the function's role, as Lambda gets them from STS."""
    account = str(function.role).split(":")[4]
    with world.lock:
        session = sts_backends[account][function.partition].assume_role(
            function.region, str(function.function_name), str(function.role), "", DURATION, ""
        )
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
    }
