"""Failures: a code to branch on, one log line, no text of AWS or the caller, all in time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.lambdas.session_data.refusals import SessionDataFailed
from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID, shapes
from tests.lambdas.session_data.flow import (
    ASSISTANT,
    CONTACT,
    OTHER_ASSISTANT,
    OTHER_SESSION,
    PHONE,
    SESSION,
    Flow,
    a_context,
    event,
    seed,
    session_arn,
)

DESCRIBE, UPDATE = ["DescribeContact"], ["UpdateSessionData"]
TRANSIENT = {"ThrottlingException", "InternalServiceException"}
MODELLED = [
    *(("DescribeContact", code) for code in sorted(shapes.errors_of("connect", "DescribeContact"))),
    *(("UpdateSessionData", code) for code in sorted(shapes.errors_of("qconnect", "UpdateSessionData"))),
    ("UpdateSessionData", "ThrottlingException"),
    ("UpdateSessionData", "ServiceUnavailable"),
    ("DescribeContact", "ExpiredTokenException"),
]


@pytest.mark.parametrize(("operation", "code"), MODELLED)
def test_every_error_of_the_service_models_has_its_code_and_one_line(flow: Flow, operation: str, code: str) -> None:
    """S1-12, S1-45, S1-59."""
    flow.control.set_faults({"error": {"every": 1, "code": code, "operations": [operation]}})

    answer = flow.answer({"intent": PHONE})

    assert (answer["status"], answer["errorCode"], answer["awsErrorCode"]) == ("error", "AWS_ERROR", code)
    assert answer["failedCount"] == "1"
    (line,) = flow.logged()
    assert (line["level"], line["errorCode"], line["awsErrorCode"]) == ("ERROR", "AWS_ERROR", code)
    assert (line["contactId"], line["requestId"]) == (CONTACT, a_context().aws_request_id)
    assert line["awsRequestId"]
    assert len(flow.clock.waits) == (3 if code in TRANSIENT | {"ServiceUnavailable"} else 0)
    assert "injected" not in json.dumps([answer, line])


@pytest.mark.parametrize("code", sorted(TRANSIENT))
@pytest.mark.parametrize("operation", ["DescribeContact", "UpdateSessionData"])
def test_what_passes_is_tried_again(flow: Flow, operation: str, code: str) -> None:
    """S1-59."""
    flow.control.set_faults({"error": {"every": 3, "burst": 2, "code": code, "operations": [operation]}})

    first, second = flow.answer({"a": "1"}), flow.answer({"a": "2"})

    assert (first["status"], second["status"]) == ("updated", "updated")
    assert flow.holds() == {"a": "2"}


def test_a_write_whose_reply_is_lost_is_made_again_and_is_there_once(flow: Flow) -> None:
    flow.control.set_faults({"lostReply": {"every": 2, "operations": UPDATE}})
    given = {f"key{number:02}": "x" for number in range(120)}

    answer = flow.answer(given)

    assert (answer["status"], answer["updatedCount"]) == ("updated", "120")
    assert flow.holds() == given
    assert flow.control.stats()["faults"] == {"lostReply": 2}


def test_an_unconfirmed_write_is_reported_as_unclear(flow: Flow) -> None:
    flow.control.set_faults({"lostReply": {"every": 1, "operations": UPDATE}})

    answer = flow.answer({"a": "1"})

    assert (answer["status"], answer["updatedCount"], answer["failedCount"]) == ("error", "0", "1")
    assert answer["awsErrorCode"] == "ConnectionClosedError"
    assert "may have been carried out" in answer["errorMessage"]


def test_a_partial_update_is_counted_exactly(flow: Flow) -> None:
    """Two calls of three succeed."""
    flow.control.set_faults({"error": {"every": 3, "code": "ValidationException", "operations": UPDATE}})

    answer = flow.answer({f"key{number:03}": "x" for number in range(130)} | {"empty": ""})

    counts = [int(answer[f"{name}Count"]) for name in ("received", "updated", "skipped", "failed")]
    assert (answer["status"], counts) == ("partial", [131, 100, 1, 30])
    assert len(flow.holds()) == 100
    assert flow.last()["level"] == "ERROR"


@pytest.mark.parametrize(
    "wrong",
    [None, [], "text", {}, {"Details": None}, {"Details": {"ContactData": None}}, {"Details": {"ContactData": {}}}],
)
def test_an_event_without_a_contact_is_a_bad_event(flow: Flow, wrong: Any) -> None:
    """S1-56."""
    answer = flow.send(wrong)

    assert (answer["status"], answer["errorCode"]) == ("error", "BAD_EVENT")
    assert "must be" in answer["errorMessage"]
    assert flow.last()["errorCode"] == "BAD_EVENT"
    assert flow.calls() == {}


@pytest.mark.parametrize(
    ("code", "environ", "contact"),
    [
        ("BAD_EVENT", {}, {"ContactId": PHONE}),
        ("CONFIG_MISSING", {}, {"InstanceARN": None}),
        ("CONFIG_INVALID", {"LONG_VALUES": PHONE}, {}),
        ("NOT_ALLOWED", {"ALLOWED_INSTANCE_IDS": OTHER_SESSION}, {}),
        ("ASSISTANT_MISMATCH", {"AI_ASSISTANT_ID": OTHER_ASSISTANT}, {}),
        ("SESSION_NOT_FOUND", {}, {"ContactId": OTHER_SESSION}),
        ("AWS_ERROR", {"CONNECT_INSTANCE_ID": OTHER_SESSION}, {"InstanceARN": None}),
    ],
)
def test_every_refusal_logs_one_line_with_its_code(
    flow: Flow, code: str, environ: dict[str, str], contact: dict[str, Any]
) -> None:
    """S1-12: with the request and, where it is known, the contact; and nothing of anybody's."""
    flow.environ |= environ
    flow.control.seed("Contact", {"Id": OTHER_SESSION})

    answer = flow.answer({"intent": PHONE}, **contact)

    (line,) = flow.logged()
    assert (answer["errorCode"], line["errorCode"], line["level"]) == (code, code, "ERROR")
    assert line["requestId"] == a_context().aws_request_id
    assert line["contactId"] == ("" if code in ("BAD_EVENT", "CONFIG_INVALID") else contact.get("ContactId", CONTACT))
    assert "555" not in json.dumps([answer, line])


def test_an_event_without_time_logs_one_line_with_its_code(flow: Flow) -> None:
    """S1-12."""
    answer = flow.answer({"intent": PHONE}, a_context(lambda: 2000))

    (line,) = flow.logged()
    assert (answer["errorCode"], line["errorCode"], line["level"]) == ("TIMEOUT", "TIMEOUT", "ERROR")
    assert line["contactId"] == CONTACT
    assert "555" not in json.dumps([answer, line])


def test_a_look_up_without_a_clear_answer_changed_nothing_and_its_message_agrees(flow: Flow) -> None:
    flow.control.set_faults({"error": {"every": 1, "operations": DESCRIBE}})

    answer = flow.answer({"a": "1"})

    assert answer["errorMessage"] == "connect:DescribeContact got no clear answer (InternalServiceException)"


def test_in_the_old_shape_a_missing_contact_is_a_500_with_the_reason(flow: Flow) -> None:
    """S1-56, S1-64."""
    flow.environ["ANSWER_FORMAT"] = "legacy"

    answer = flow.send({"Details": {"ContactData": {}, "Parameters": {}}})

    assert answer["statusCode"] == 500
    assert "ContactId" in json.loads(answer["body"])["error"]


def test_a_missing_instance_is_named_with_where_it_was_looked_for(flow: Flow) -> None:
    """S1-27, S1-57, S1-70."""
    answer = flow.answer({"a": "1"}, InstanceARN=None)

    assert answer["errorCode"] == "CONFIG_MISSING"
    assert all(name in answer["errorMessage"] for name in ("CONNECT_INSTANCE_ID", "InstanceARN", "environment"))


def test_a_missing_assistant_is_named_with_where_it_was_looked_for(flow: Flow) -> None:
    """S1-28, S1-57, S1-70."""
    del flow.environ["AI_ASSISTANT_ID"]

    answer = flow.answer({"a": "1"})

    assert answer["errorCode"] == "CONFIG_MISSING"
    assert "parameter AI_ASSISTANT_ID, environment variable AI_ASSISTANT_ID" in answer["errorMessage"]


def test_a_contact_without_a_session_has_a_code_of_its_own_and_costs_a_second_and_a_half_at_most(flow: Flow) -> None:
    """S1-58, S1-68: the text states both checks."""
    flow.control.reset()
    seed(flow.control, {"WisdomInfo": None})

    answer = flow.answer({"a": "1"})

    assert (answer["status"], answer["errorCode"]) == ("error", "SESSION_NOT_FOUND")
    assert "enabled for the instance" in answer["errorMessage"]
    assert "before this one" in answer["errorMessage"]
    assert 1 <= sum(flow.clock.waits) <= 1.5
    assert flow.last()["SessionsNotFound"] == 1


def test_a_session_that_is_none_of_q_in_connects_is_not_found(flow: Flow) -> None:
    flow.control.seed("Contact", {"Id": CONTACT, "WisdomInfo": {"SessionArn": "arn:aws:other:us-east-1:1:x"}})

    assert flow.answer({"a": "1"})["errorCode"] == "SESSION_NOT_FOUND"


@pytest.mark.parametrize("known", [False, True])
def test_a_session_of_another_assistant_is_reported(flow: Flow, known: bool) -> None:
    if known:
        flow.answer({"a": "1"})
    flow.environ["AI_ASSISTANT_ID"] = OTHER_ASSISTANT
    flow.calls()

    answer = flow.answer({"a": "2"})

    assert answer["errorCode"] == "ASSISTANT_MISMATCH"
    assert ASSISTANT in answer["errorMessage"]
    assert "qconnect:UpdateSessionData" not in flow.calls()


def test_a_session_of_another_assistant_that_comes_later_is_found(flow: Flow) -> None:
    """A second assistant block within the minute for which a container remembers the first one's session."""
    flow.answer({"a": "1"})
    flow.control.seed("Session", {"assistantId": OTHER_ASSISTANT, "sessionId": OTHER_SESSION})
    flow.control.seed("Contact", {"Id": CONTACT, "WisdomInfo": {"SessionArn": _other_arn()}})

    answer = flow.answer({"AI_ASSISTANT_ID": OTHER_ASSISTANT, "a": "2"})

    assert (answer["status"], answer["sessionId"]) == ("updated", OTHER_SESSION)
    assert flow.holds(OTHER_SESSION) == {"a": "2"}


def _other_arn() -> str:
    return session_arn(OTHER_SESSION, OTHER_ASSISTANT)


def test_a_session_handed_over_of_another_assistant_makes_no_call(flow: Flow) -> None:
    answer = flow.answer({"SESSION_ARN": session_arn(OTHER_SESSION, OTHER_ASSISTANT), "a": "1"})

    assert (answer["errorCode"], flow.calls()) == ("ASSISTANT_MISMATCH", {})


@pytest.mark.parametrize(
    ("operation", "code", "needed"),
    [
        ("DescribeContact", "AccessDeniedException", f"connect:DescribeContact on {INSTANCE_ARN}/contact/*"),
        ("UpdateSessionData", "AccessDeniedException", f"wisdom:UpdateSessionData on {session_arn('*')}"),
        ("UpdateSessionData", "UnauthorizedException", f"wisdom:UpdateSessionData on {session_arn('*')}"),
    ],
)
def test_denied_access_names_action_and_resource(flow: Flow, operation: str, code: str, needed: str) -> None:
    """S1-69."""
    flow.control.set_faults({"error": {"every": 1, "code": code, "operations": [operation]}})

    assert flow.answer({"a": "1"})["errorMessage"] == f"the role needs {needed}"


def test_a_flow_may_take_its_error_branch_instead(flow: Flow) -> None:
    """S1-64."""
    flow.environ["FAIL_MODE"] = "raise"
    flow.control.set_faults({"error": {"every": 2, "code": "ValidationException", "operations": UPDATE}})

    assert flow.answer({"a": "1"})["status"] == "updated"
    with pytest.raises(SessionDataFailed, match="AWS_ERROR: wisdom:UpdateSessionData was refused: ValidationException"):
        flow.answer({"a": "1"})
    assert flow.answer({})["status"] == "empty"
    with pytest.raises(SessionDataFailed, match="BAD_EVENT"):
        flow.send({})
    assert [line["status"] for line in flow.logged()] == ["updated", "error", "empty", "error"]


def test_invalid_settings_are_reported_in_the_configured_form(flow: Flow) -> None:
    flow.environ |= {"BUDGET_SECONDS": "60", "LONG_VALUES": "cut"}
    answer = flow.answer({"a": "1"})
    assert answer["errorCode"] == "CONFIG_INVALID"
    assert "BUDGET_SECONDS" in answer["errorMessage"]
    assert "LONG_VALUES must be truncate or reject" in answer["errorMessage"]

    flow.environ["FAIL_MODE"] = "raise"
    with pytest.raises(SessionDataFailed, match="CONFIG_INVALID"):
        flow.answer({"a": "1"})


def test_an_answer_fits_a_flow_however_much_is_wrong(flow: Flow) -> None:
    """A flow takes 32 KB."""
    flow.environ["ALLOWED_INSTANCE_IDS"] = ",".join(["mine"] * 800)
    assert flow.answer({"a": "1"})["errorMessage"].count("ALLOWED_INSTANCE_IDS") == 1

    del flow.environ["ALLOWED_INSTANCE_IDS"]
    name = "ai_assistant_id"
    spellings = {"".join(c.upper() if n >> i & 1 else c for i, c in enumerate(name)): 5 for n in range(2**11)}
    answer = flow.answer(spellings)
    assert answer["errorCode"] == "BAD_EVENT"
    assert len(json.dumps(answer)) < 32_000


def test_without_time_nothing_is_begun(flow: Flow) -> None:
    """The runtime's remaining time is the budget, if it is shorter."""
    answer = flow.answer({"a": "1"}, a_context(lambda: 2400))

    assert (answer["errorCode"], flow.calls()) == ("TIMEOUT", {})


def test_time_that_runs_out_between_two_writes_leaves_a_part(flow: Flow) -> None:
    flow.control.set_faults({"latencyMs": 1500})

    answer = flow.answer({f"key{number:03}": "x" for number in range(200)})

    assert (answer["status"], answer["errorCode"]) == ("partial", "TIMEOUT")
    assert answer["updatedCount"] == str(len(flow.holds()))
    assert flow.last()["durationMs"] < 8000


def test_throttled_at_aws_own_rates_all_is_written_in_time(flow: Flow) -> None:
    flow.control.set_faults({"rate": {"perSecond": 10, "burst": 1}})
    given = {f"key{number:03}": "x" for number in range(200)}

    assert flow.answer(given)["status"] == "updated"
    assert flow.holds() == given


@pytest.mark.parametrize(("budget", "latency"), [("2.5", 50), ("4", 400), ("6.5", 1500), ("7.5", 400)])
def test_no_answer_comes_later_than_the_budget_allows(flow: Flow, budget: str, latency: int) -> None:
    """S1-3: throttled for ever, and slow."""
    flow.environ["BUDGET_SECONDS"] = budget
    flow.control.set_faults({"latencyMs": latency, "error": {"every": 2, "operations": [*DESCRIBE, *UPDATE]}})

    flow.answer({f"key{number:03}": "x" for number in range(500)})

    assert flow.last()["durationMs"] <= float(budget) * 1000


def test_an_internal_error_is_answered_with_its_place(flow: Flow) -> None:
    """S1-12: two lines, as the page says: where, and the event's own with its code."""
    flow.function.around = flow.function.around.__class__(**{**vars(flow.function.around), "client": _broken})

    answer = flow.answer({"intent": PHONE})

    assert (answer["status"], answer["errorCode"], answer["failedCount"]) == ("error", "INTERNAL", "1")
    place, result = flow.logged()
    assert place["type"] == "KeyError"
    assert place["where"][-1].startswith("_broken:")
    assert (result["errorCode"], result["level"], result["contactId"]) == ("INTERNAL", "ERROR", CONTACT)
    assert "555" not in json.dumps([place, result, answer])


def test_a_failure_is_not_remembered(flow: Flow) -> None:
    flow.control.set_faults({"error": {"every": 1, "code": "ResourceNotFoundException", "operations": UPDATE}})
    flow.answer({"a": "1"})
    flow.control.set_faults({})

    assert flow.answer({"a": "1"})["sessionId"] == SESSION
    assert flow.holds() == {"a": "1"}


def test_an_instance_that_is_not_allowed_is_not_asked(flow: Flow) -> None:
    """S1-34."""
    answer = flow.answer({"CONNECT_INSTANCE_ID": OTHER_SESSION, "a": "1"})

    assert (answer["errorCode"], flow.calls()) == ("NOT_ALLOWED", {})
    flow.environ["ALLOWED_INSTANCE_IDS"] = f"{INSTANCE_ID}, {OTHER_SESSION}"
    assert flow.answer({"CONNECT_INSTANCE_ID": OTHER_SESSION, "a": "1"})["awsErrorCode"] == "ResourceNotFoundException"


def _broken(service: str, region: str) -> Any:
    raise KeyError(PHONE)


def test_events_are_answered_one_after_the_other_whatever_came_before(flow: Flow) -> None:
    for wrong in (None, {"Details": {"ContactData": {"ContactId": 5}}}, event({"AI_ASSISTANT_ID": 5})):
        assert flow.send(wrong)["errorCode"] == "BAD_EVENT"
        assert flow.answer({"a": "1"})["status"] == "updated"
