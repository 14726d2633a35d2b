"""Calls of any service by name: the body of an object, the rate, and the codes of cancelled transactions."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.lambdas.shared.caller import Caller
from reconciler.lambdas.shared.calls import CallFailed, Calls
from reconciler.lambdas.shared.deadline import Deadline


class Answering:
    """A service that answers with what is put in, one after the other."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.params: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**params: Any) -> Any:
            self.params.append({"operation": name, **params})
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def cancelled(*codes: str) -> ClientError:
    reasons = [{"Code": code} for code in codes]
    error: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    return ClientError(error, "TransactWriteItems")


def caller(service: Answering, before: Any = None) -> Caller:
    calls = Calls(Deadline.within(60, lambda: 0.0), lambda seconds: None, lambda: 0.5)
    return Caller(lambda name: service, calls, before or (lambda operation: None))


def test_an_operation_is_called_by_its_name_and_its_body_is_read() -> None:
    service = Answering({"Body": io.BytesIO(b"content"), "ETag": "e"})

    answer = caller(service)("s3:GetObject", {"Bucket": "b", "Key": "k"})

    assert answer == {"Body": b"content", "ETag": "e"}
    assert service.params == [{"operation": "get_object", "Bucket": "b", "Key": "k"}]


def test_every_try_waits_for_its_rate() -> None:
    waited: list[str] = []
    throttled: Any = {"Error": {"Code": "ThrottlingException"}}
    service = Answering(ClientError(throttled, "ListUsers"), {"Users": []})

    caller(service, waited.append)("connect:ListUsers", {})

    assert waited == ["connect:ListUsers"] * 2


def test_a_transaction_in_conflict_is_repeated() -> None:
    service = Answering(cancelled("None", "TransactionConflict"), {})

    assert caller(service)("dynamodb:TransactWriteItems", {}) == {}


def test_a_transaction_whose_condition_does_not_hold_has_that_code() -> None:
    with pytest.raises(CallFailed) as raised:
        caller(Answering(cancelled("None", "ConditionalCheckFailed")))("dynamodb:TransactWriteItems", {})

    assert raised.value.code == "ConditionalCheckFailed"


def test_a_transaction_without_reasons_keeps_the_code_of_the_error() -> None:
    with pytest.raises(CallFailed) as raised:
        caller(Answering(cancelled("None")))("dynamodb:TransactWriteItems", {})

    assert raised.value.code == "TransactionCanceledException"
