"""One JSON line for each event, which is its metrics too; and nothing of anybody's in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.lambdas.session_data import VERSION, function
from reconciler.lambdas.session_data.outcome import Outcome, as_metrics
from reconciler.sandbox import INSTANCE_ID
from tests.lambdas.emf import must_be_metrics
from tests.lambdas.session_data.flow import ASSISTANT, CONTACT, SESSION, Flow, a_context, event

OPERATIONS = json.loads((Path(function.__file__).parent / "operations.json").read_text())
PLANTED = ("+1 555 0100 123", "+15550100456", "hunter2-secret", "ada@example.com", "AKIAIOSFODNN7EXAMPLE")
PRIVATE = {
    "phone": PLANTED[0],
    "callback": PLANTED[1],
    "password": PLANTED[2],
    "mail": PLANTED[3],
    "note": f"key {PLANTED[4]}",
    "long": PLANTED[2] * 1000,
    "denied": PLANTED[2],
}


def test_a_success_is_one_line_with_whose_where_and_how_many(flow: Flow) -> None:
    """S1-54, S1-72: the version is in log and answer."""
    answer = flow.answer({"intent": "billing", "tier": "Gold"})

    (line,) = flow.logged()
    assert (line["level"], line["contactId"], line["assistantId"]) == ("INFO", CONTACT, ASSISTANT)
    assert (line["updatedDataCount"], line["sessionId"], line["instanceId"]) == (2, SESSION, INSTANCE_ID)
    assert (line["requestId"], line["coldStart"]) == (a_context().aws_request_id, True)
    assert line["version"] == answer["version"] == VERSION


def test_only_the_first_event_of_a_container_is_a_cold_start(flow: Flow) -> None:
    for _ in range(2):
        flow.answer({"a": "1"})

    assert [line["coldStart"] for line in flow.logged()] == [True, False]


def test_cloudwatch_finds_the_declared_metrics_in_it(flow: Flow) -> None:
    flow.answer({"a": "1", "b": "", "c": "x" * 5000})

    line = flow.last()
    must_be_metrics(flow.lines[-1])
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert line["_aws"]["Timestamp"] == 1_700_000_000_500
    assert (directive["Namespace"], directive["Dimensions"]) == (OPERATIONS["namespace"], [[OPERATIONS["dimension"]]])
    assert {each["Name"]: each["Unit"] for each in directive["Metrics"]} == {
        name: message["unit"] for name, message in OPERATIONS["metrics"].items()
    }
    assert [line[name] for name in ("Updated", "Skipped", "Truncated", "Failed", "Errors")] == [2, 1, 1, 0, 0]
    assert line["FunctionName"] == "session_data"


def test_alarms_watch_metrics_that_there_are() -> None:
    assert {each["metric"] for each in OPERATIONS["alarms"].values()} <= set(as_metrics(Outcome(), 0.0))


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes", "Yes"])
def test_debug_lines_come_when_asked_for(flow: Flow, word: str) -> None:
    """S1-13, S1-30, S1-55: the look-up with contact and instance, and how long each value is."""
    flow.environ["DEBUG_LOG"] = word

    flow.answer({"intent": "billing", "phone": PLANTED[0]})

    entries, look_up, _ = flow.logged()
    assert (look_up["level"], look_up["message"]) == ("DEBUG", "looking up")
    assert (look_up["contactId"], look_up["instanceId"]) == (CONTACT, INSTANCE_ID)
    assert entries["entries"] == {"intent": "<7 characters>", "phone": "[redacted]"}
    assert "555" not in "".join(flow.lines)


@pytest.mark.parametrize("word", ["", "false", "0", "no", "debug"])
def test_debug_lines_do_not_come_otherwise(flow: Flow, word: str) -> None:
    """S1-13, S1-30."""
    flow.environ["DEBUG_LOG"] = word

    flow.answer({"a": "1"})

    assert [line["level"] for line in flow.logged()] == ["INFO"]


def test_values_that_are_let_through_are_seen_but_for_what_is_personal(flow: Flow) -> None:
    """S1-13."""
    flow.environ |= {"DEBUG_LOG": "true", "LOGGED_KEYS": "intent, callback"}

    flow.answer({"intent": "billing", "callback": f"call {PLANTED[1]}", "tier": "Gold"})

    assert flow.logged()[0]["entries"] == {
        "intent": "billing",
        "callback": "call [redacted]",
        "tier": "<4 characters>",
    }


@pytest.mark.parametrize("mode", [{}, {"DEBUG_LOG": "true", "LOGGED_KEYS": "phone,mail,note"}])
@pytest.mark.parametrize(
    "faults",
    [
        {},
        {"error": {"every": 1}},
        {"error": {"every": 1, "code": "AccessDeniedException"}},
        {"lostReply": {"every": 1, "operations": ["UpdateSessionData"]}},
        {"consistency": {"calls": 9}},
    ],
)
def test_planted_numbers_and_secrets_are_in_no_log_and_no_answer(
    flow: Flow, faults: dict[str, Any], mode: dict[str, str]
) -> None:
    """S1-12, S1-55."""
    flow.environ |= {**mode, "DENIED_KEYS": "denied"}
    flow.control.set_faults(faults)

    answers = [flow.answer(PRIVATE), flow.send({"Details": {"ContactData": {"ContactId": PLANTED[0]}}})]
    answers.append(flow.answer({"CONNECT_INSTANCE_ID": PLANTED[0], "AI_ASSISTANT_ID": PLANTED[2], **PRIVATE}))
    answers.append(flow.send(event({PLANTED[0]: "", PLANTED[3]: "x" * 5000})))

    seen = "".join(flow.lines) + json.dumps(answers)
    assert [each for each in (*PLANTED, "5550100", "555 0100") if each in seen] == []


def test_a_contact_id_that_is_no_uuid_is_logged_without_what_looks_like_a_number(flow: Flow) -> None:
    flow.answer({"a": "1"}, ContactId="15550100199")

    assert flow.last()["contactId"] == "[redacted]"
