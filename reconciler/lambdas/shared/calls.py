"""Calls to AWS that keep within a deadline: clients with short timeouts, and tries that stop in time.

botocore's own retries know no deadline, so they are off: they could outlast a caller who waits at most 8 s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from botocore.loaders import Loader, create_loader
from botocore.session import Session

from reconciler.lambdas.shared.deadline import Deadline

T = TypeVar("T")
# Classified by code, not by status: LimitExceededException is 429, and a retry never helps.
TRANSIENT = frozenset(
    {
        *("ThrottlingException", "TooManyRequestsException", "Throttling", "RequestLimitExceeded", "SlowDown"),
        *("InternalServiceException", "InternalFailure", "InternalServerException", "InternalServerError"),
        *("ServiceUnavailable", "ServiceUnavailableException", "RequestTimeout", "RequestTimeoutException"),
        *("ProvisionedThroughputExceededException", "TransactionInProgressException"),
        # Why DynamoDB cancels a transaction [API reference, TransactWriteItems].
        *("TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"),
        "ConditionalRequestConflict",  # of S3, while another conditional write of the key is in progress
    }
)


@dataclass(frozen=True)
class Patience:
    """Seconds. A try begins only if the deadline leaves room for its longest duration."""

    connect: float = 0.7
    read: float = 1.5
    tries: int = 4
    pause: float = 0.1  # before the second try; doubled before each later one

    @property
    def longest_try(self) -> float:
        return self.connect + self.read


class CallFailed(Exception):  # noqa: N818 - the name says what happened
    """AWS refused, or did not answer: `code` is its code or the name of a network error.

    The text contains no word of AWS's, which may repeat the request.
    """

    def __init__(
        self, operation: str, code: str, *, is_transient: bool, may_be_done: bool, request_id: str = ""
    ) -> None:
        super().__init__(f"{operation}: {code}")
        self.operation, self.code, self.request_id = operation, code, request_id
        self.is_transient, self.may_be_done = is_transient, may_be_done


class OutOfTime(Exception):  # noqa: N818 - the name says what happened
    """The deadline leaves no room for a try."""

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation


@dataclass(frozen=True)
class Calls:
    """Repeats calls that may succeed later, while there is time. `random` returns 0 to 1."""

    deadline: Deadline
    sleep: Callable[[float], None]
    random: Callable[[], float]
    patience: Patience = Patience()

    def make(self, operation: str, call: Callable[[], T]) -> T:
        """Returns the answer. Raises `CallFailed` with the last answer, or `OutOfTime` if there was none.

        The call must be safe to repeat.
        """
        if not self.has_time():
            raise OutOfTime(operation)
        pause = self.patience.pause
        for is_last in (*[False] * (self.patience.tries - 1), True):
            try:
                return call()
            except (ClientError, BotoCoreError) as wrong:
                failed = _failure(operation, wrong)
                # Half of it is random, so that callers refused together do not return together.
                wait, pause = pause * (0.5 + self.random() / 2), pause * 2
                if is_last or not failed.is_transient or not self.has_time(wait):
                    raise failed from wrong
                self.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def has_time(self, pause: float = 0.0) -> bool:
        """Returns whether a try may begin after a pause of so many seconds."""
        return self.deadline.left >= pause + self.patience.longest_try


def client(service: str, region: str, patience: Patience = Patience(), session: Session | None = None) -> Any:
    """Returns a client that tries once with short timeouts."""
    config = Config(
        region_name=region,
        connect_timeout=patience.connect,
        read_timeout=patience.read,
        retries={"total_max_attempts": 1},
        tcp_keepalive=True,
    )
    return (session or new_session()).create_client(service, config=config)


def new_session() -> Session:
    """Returns an empty session. All sessions of a container read AWS's models once: that takes longer than a call."""
    session = Session()
    session.register_component("data_loader", _loader())
    return session


@cache
def _loader() -> Loader:
    return create_loader()


def _failure(operation: str, wrong: ClientError | BotoCoreError) -> CallFailed:
    if not isinstance(wrong, ClientError):
        # No answer: the call may have been carried out. A request that botocore refuses was never sent.
        is_network = isinstance(wrong, (HTTPClientError, ConnectionError))
        return CallFailed(operation, type(wrong).__name__, is_transient=is_network, may_be_done=is_network)
    code = _code(wrong.response)
    meta = wrong.response.get("ResponseMetadata", {})
    is_broken = int(meta.get("HTTPStatusCode") or 0) >= 500
    is_transient = code in TRANSIENT or is_broken
    return CallFailed(
        operation, code, is_transient=is_transient, may_be_done=is_broken, request_id=str(meta.get("RequestId", ""))
    )


def _code(response: Any) -> str:
    """Returns AWS's code. A transaction that DynamoDB cancels has a code for each write, and the first one counts."""
    for reason in response.get("CancellationReasons") or ():
        if (code := str(reason.get("Code", "None"))) != "None":
            return code
    return str(response.get("Error", {}).get("Code", "Unknown"))
