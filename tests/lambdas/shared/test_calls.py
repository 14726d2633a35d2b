"""Tries that stop in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ReadTimeoutError
from botocore.loaders import JSONFileLoader
from hypothesis import given
from hypothesis import strategies as st

from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime, Patience, client
from reconciler.lambdas.shared.deadline import Deadline
from tests.lambdas.invocations import Clock


def calls(budget: float, clock: Clock, random: Callable[[], float] = lambda: 1.0) -> Calls:
    return Calls(Deadline.within(budget, clock), clock.sleep, random)


def refusal(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "X")  # type: ignore[typeddict-item]


def cancelled(*reasons: str) -> ClientError:
    """Returns the error of a transaction that DynamoDB cancels, with a reason for each write."""
    error = refusal("TransactionCanceledException")
    error.response["CancellationReasons"] = [{"Code": reason} for reason in reasons]  # type: ignore[typeddict-unknown-key]
    return error


def failing(clock: Clock, seconds: float, wrong: Exception) -> Callable[[], Any]:
    def call() -> Any:
        clock.seconds += seconds
        raise wrong

    return call


def test_an_answer_is_handed_back() -> None:
    clock = Clock()

    assert calls(5, clock).make("x:Y", lambda: "answer") == "answer"
    assert clock.waits == []


def test_pauses_double() -> None:
    clock = Clock()

    with pytest.raises(CallFailed) as failed:
        calls(60, clock).make("x:Y", failing(clock, 0, refusal("ThrottlingException")))

    assert clock.waits == [0.1, 0.2, 0.4]
    assert (failed.value.code, failed.value.is_transient, failed.value.may_be_done) == (
        "ThrottlingException",
        True,
        False,
    )


@pytest.mark.parametrize(
    ("wrong", "tries"),
    [
        (refusal("AccessDeniedException", 403), 1),
        (refusal("LimitExceededException", 429), 1),
        (refusal("ValidationException"), 1),
        (NoCredentialsError(), 1),
        (refusal("TooManyRequestsException", 429), 4),
        (cancelled("ConditionalCheckFailed"), 1),
        (cancelled("None", "TransactionConflict"), 4),
        (cancelled("ThrottlingError"), 4),
        (cancelled("ProvisionedThroughputExceeded"), 4),
        (refusal("Whatever", 503), 4),
        (ReadTimeoutError(endpoint_url="https://example.com"), 4),
    ],
)
def test_only_what_may_pass_is_tried_again(wrong: Exception, tries: int) -> None:
    clock = Clock()

    with pytest.raises(CallFailed):
        calls(60, clock).make("x:Y", failing(clock, 0, wrong))

    assert len(clock.waits) == tries - 1


def test_a_hanging_service_is_left_before_the_deadline() -> None:
    """S1-3: both APIs hang."""
    clock = Clock()
    began, patience = clock(), Patience()
    made = calls(6.5, clock)

    for _ in range(2):
        with pytest.raises((CallFailed, OutOfTime)):
            made.make("x:Y", failing(clock, patience.longest_try, ReadTimeoutError(endpoint_url="https://example.com")))

    assert clock() - began <= 6.5


@given(st.floats(0, 8), st.floats(0, 2.2), st.floats(0, 1))
def test_no_try_ends_after_the_deadline(budget: float, seconds: float, chance: float) -> None:
    clock = Clock()
    began = clock()

    with pytest.raises((CallFailed, OutOfTime)):
        calls(budget, clock, lambda: chance).make("x:Y", failing(clock, seconds, refusal("ThrottlingException")))

    assert clock() - began <= budget + 1e-9


def test_a_client_makes_one_try_and_gives_up_soon() -> None:
    made = client("sts", "eu-west-2")

    config = made.meta.config
    assert (config.connect_timeout, config.read_timeout) == (0.7, 1.5)
    assert config.retries["total_max_attempts"] == 1
    assert made.meta.region_name == "eu-west-2"


def test_a_second_client_reads_no_model_of_aws_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a session of its own, and a warm function makes its clients for each event."""
    client("dynamodb", "us-east-1")
    read: list[str] = []
    load = JSONFileLoader.load_file

    def noted(loader: JSONFileLoader, path: str) -> Any:
        read.append(path)
        return load(loader, path)

    monkeypatch.setattr(JSONFileLoader, "load_file", noted)

    client("dynamodb", "us-east-1")

    assert read == []
