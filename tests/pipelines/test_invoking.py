"""A function's answer is returned, and every other end of a call is one clear error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.errors import CallError, ReconcileError
from reconciler.pipelines.invoking import BusyError, FunctionFailedError, hand_over, invoke
from reconciler.pipelines.reading import PipelineError
from tests.worlds.scripted_aws import denied, refusal

from .answering import AnsweringAws, function_answers

FUNCTION = "shop-lab-contact-calls"


def ending(answer: Any) -> ReconcileError:
    with pytest.raises(ReconcileError) as wrong:
        invoke(AnsweringAws({"lambda:Invoke": answer}), FUNCTION, {"gaps": True})
    return wrong.value


def test_the_answer_is_an_object() -> None:
    aws = function_answers({"status": "none"})

    assert invoke(aws, FUNCTION, {"gaps": True}) == {"status": "none"}
    ((_, params),) = aws.asked
    assert params["InvocationType"] == "RequestResponse"
    assert json.loads(params["Payload"]) == {"gaps": True}


def test_an_event_without_a_wait_goes_into_the_queue() -> None:
    aws = AnsweringAws({})

    hand_over(aws, FUNCTION, {"time": "2026-01-05T12:00:00Z"})

    assert aws.asked[0][1]["InvocationType"] == "Event"


def test_an_error_of_the_function_has_its_type() -> None:
    body = json.dumps({"errorType": "LoadFailed", "errorMessage": "no secret"}).encode()

    error = ending({"FunctionError": "Unhandled", "Payload": body})

    assert isinstance(error, FunctionFailedError)
    assert str(error) == f"the function {FUNCTION} failed: LoadFailed: no secret"


@pytest.mark.parametrize("body", [b"", b"not JSON", b"[]"])
def test_an_answer_that_is_no_object_is_an_error(body: bytes) -> None:
    assert isinstance(ending({"Payload": body}), FunctionFailedError)


def test_an_error_without_words_has_those_of_aws() -> None:
    assert str(ending({"FunctionError": "Unhandled", "Payload": b""})).endswith("failed: Unhandled")


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("ResourceNotFoundException", PipelineError, "deploy it with reconcile apply"),
        ("TooManyRequestsException", BusyError, "busy with another run"),
    ],
)
def test_a_refusal_says_what_to_do(code: str, kind: type[ReconcileError], words: str) -> None:
    error = ending(refusal("lambda:Invoke", code))

    assert isinstance(error, kind)
    assert words in str(error)


def test_a_missing_permission_stays_as_it_is() -> None:
    error = ending(denied("lambda:Invoke"))

    assert isinstance(error, CallError)
    assert error.is_denied
