"""A flow's parameters arrive in the contact's session, and the flow gets the outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.lambdas.session_data import VERSION, function, handler
from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID
from tests.lambdas.session_data.flow import (
    CONTACT,
    KEYS,
    OTHER_ASSISTANT,
    OTHER_SESSION,
    SESSION,
    SESSION_ARN,
    Flow,
    a_context,
    event,
    seed,
    session_arn,
)

FOUR = {"intent": "billing", "tier": "Gold", "product": "router", "queue": "Outages"}
SAMPLES = {
    "intent": {"intent": "cancel my order", "confidence": "0.93"},
    "customer": {"customerTier": "Gold", "since": "2019", "language": "fr-CA"},
    "product": {"product": "fibre 500", "installed": "true"},
}


def test_four_parameters_are_four_pairs_on_the_contacts_session(flow: Flow) -> None:
    """S1-1, S1-8, S1-52: a look-up and one write, and no other call."""
    answer = flow.answer(FOUR)

    assert flow.holds() == FOUR
    assert flow.calls() == {"connect:DescribeContact": 1, "qconnect:UpdateSessionData": 1}
    assert flow.clients == [("connect", "us-east-1"), ("qconnect", "us-east-1")]
    assert answer | {"version": ""} == dict.fromkeys(KEYS, "") | {
        "status": "updated",
        "receivedCount": "4",
        "updatedCount": "4",
        "skippedCount": "0",
        "failedCount": "0",
        "truncatedCount": "0",
        "sessionId": SESSION,
    }


def test_an_unknown_parameter_arrives(flow: Flow) -> None:
    """S1-2."""
    flow.answer({"quite-new_Key 1": "yes"})

    assert flow.holds() == {"quite-new_Key 1": "yes"}


def test_with_100_ms_a_call_a_flow_waits_less_than_half_a_second(flow: Flow) -> None:
    """S1-3."""
    flow.control.set_faults({"latencyMs": 100})

    flow.answer(FOUR)

    assert flow.last()["durationMs"] < 500


@pytest.mark.parametrize("kind", sorted(SAMPLES))
def test_the_three_kinds_of_context_are_passed_on(flow: Flow, kind: str) -> None:
    """S1-4."""
    assert flow.answer(SAMPLES[kind])["status"] == "updated"
    assert flow.holds() == SAMPLES[kind]


def test_a_prompts_names_may_differ_from_the_flows(flow: Flow) -> None:
    """S1-5: `{{$.Custom.loyalty}}` in a prompt."""
    flow.environ["KEY_MAP"] = '{"customerTier": "loyalty"}'

    flow.answer({"customerTier": "Gold", "intent": "billing"})

    assert flow.holds() == {"loyalty": "Gold", "intent": "billing"}


def test_calls_for_one_contact_add_up_and_the_last_value_counts(flow: Flow) -> None:
    """S1-6."""
    flow.answer({"step": "1", "intent": "billing"})
    flow.answer({"step": "2", "tier": "Gold"})

    assert flow.holds() == {"step": "2", "intent": "billing", "tier": "Gold"}


def test_an_event_that_comes_twice_leaves_what_it_leaves_once(flow: Flow) -> None:
    """Connect calls again within a flow's eight seconds."""
    first = flow.answer(FOUR)

    assert flow.container().answer(event(FOUR), a_context()) == first
    assert flow.holds() == FOUR


@pytest.mark.parametrize("parameters", [{}, {"é": "日本語 🎉"}, {"long": "x" * 4096}, {"k" * 4096: "v"}])
def test_every_parameter_that_the_service_takes_arrives_as_it_is(flow: Flow, parameters: dict[str, str]) -> None:
    """S1-9."""
    assert flow.answer(parameters)["updatedCount"] == str(len(parameters))
    assert flow.holds() == parameters


@pytest.mark.parametrize("case", [str.upper, str.lower, str.title])
def test_system_parameters_are_written_in_no_letter_case(flow: Flow, case: Any) -> None:
    """S1-11, S1-33, S1-34."""
    names = {"CONNECT_INSTANCE_ID": INSTANCE_ID, "AI_ASSISTANT_ID": OTHER_ASSISTANT, "SESSION_ARN": ""}
    flow.control.seed("Session", {"assistantId": OTHER_ASSISTANT, "sessionId": OTHER_SESSION})
    seed_contact(flow, OTHER_SESSION, OTHER_ASSISTANT)

    answer = flow.answer({case(name): value for name, value in names.items()} | {"intent": "billing"})

    assert flow.holds(OTHER_SESSION) == {"intent": "billing"}
    assert answer["receivedCount"] == "1"


def test_s1_53_of_eight_parameters_seven_become_session_data_in_their_order(flow: Flow) -> None:
    names = ["intent", "tier", "product", "queue", "language", "mood", "history"]

    answer = flow.answer({"AI_ASSISTANT_ID": flow.environ["AI_ASSISTANT_ID"], **{name: name for name in names}})

    assert list(flow.holds()) == names
    assert answer["updatedCount"] == "7"


def test_only_system_parameters_make_no_call(flow: Flow) -> None:
    """S1-60."""
    answer = flow.answer({"AI_ASSISTANT_ID": flow.environ["AI_ASSISTANT_ID"]})

    assert (answer["status"], flow.calls(), flow.clients) == ("empty", {}, [])


def test_skipped_parameters_have_reasons_and_counts_add_up(flow: Flow) -> None:
    """S1-35, S1-46: an empty text and null keep nothing else from being written."""
    flow.environ |= {"LONG_VALUES": "reject", "DENIED_KEYS": "secret*", "KEY_MAP": '{"level": "tier"}'}
    given = {"a": "", "b": None, "c": "x" * 4097, "secretNote": "x", "tier": "1", "level": "2", "": "x", "ok": "yes"}

    answer = flow.answer(given)

    assert flow.holds() == {"tier": "2", "ok": "yes"}
    assert answer["skippedKeys"] == "a:empty b:empty c:too_long secretNote:denied tier:duplicate :key_empty"
    counts = [int(answer[f"{name}Count"]) for name in ("received", "updated", "skipped", "failed")]
    assert counts == [8, 2, 6, 0]


def test_fifty_one_parameters_are_two_calls(flow: Flow) -> None:
    """S1-46."""
    given = {f"key{number:02}": str(number) for number in range(51)}

    assert flow.answer(given)["updatedCount"] == "51"
    assert flow.holds() == given
    assert flow.calls()["qconnect:UpdateSessionData"] == 2


def test_a_long_value_is_cut_with_a_marker_and_counted(flow: Flow) -> None:
    """S1-46: 4097 characters."""
    answer = flow.answer({"notes": "x" * 4097})

    assert len(flow.holds()["notes"]) == 4096
    assert flow.holds()["notes"].endswith("x…[truncated]")
    assert answer["truncatedCount"] == "1"


@pytest.mark.slow
def test_both_services_are_asked_in_the_region_of_the_instance(flow: Flow) -> None:
    """S1-29: and not in that of the function."""
    elsewhere = INSTANCE_ARN.replace("us-east-1", "eu-west-2")

    flow.answer(FOUR, InstanceARN=elsewhere)
    flow.answer({"SESSION_ARN": SESSION_ARN, **FOUR}, InstanceARN=elsewhere)

    assert flow.clients == [("connect", "eu-west-2"), ("qconnect", "eu-west-2")]


def test_a_session_that_the_flow_hands_over_is_not_looked_up(flow: Flow) -> None:
    for name in ("SESSION_ARN", "sessionArn"):
        flow.answer({name: SESSION_ARN, "intent": name})

        assert flow.calls() == {"qconnect:UpdateSessionData": 1}
        assert flow.holds() == {"intent": name}


def test_a_container_asks_once_for_a_contact_until_a_minute_has_passed(flow: Flow) -> None:
    for _ in range(3):
        flow.answer(FOUR)
    assert flow.calls() == {"connect:DescribeContact": 1, "qconnect:UpdateSessionData": 3}

    flow.clock.sleep(61)
    flow.answer(FOUR)
    assert flow.calls() == {"connect:DescribeContact": 1, "qconnect:UpdateSessionData": 1}


def test_a_contact_that_got_another_session_meanwhile_is_written_to_there(flow: Flow) -> None:
    flow.answer({"step": "1"})
    flow.control.reset()
    flow.control.seed("Session", {"assistantId": flow.environ["AI_ASSISTANT_ID"], "sessionId": OTHER_SESSION})
    seed_contact(flow, OTHER_SESSION, flow.environ["AI_ASSISTANT_ID"])

    answer = flow.answer({"step": "2"})

    assert (answer["status"], answer["sessionId"]) == ("updated", OTHER_SESSION)
    assert flow.holds(OTHER_SESSION) == {"step": "2"}


def test_a_session_that_appears_later_is_waited_for(flow: Flow) -> None:
    flow.control.reset()
    flow.control.set_faults({"consistency": {"calls": 3}})
    seed(flow.control)

    assert flow.answer(FOUR)["status"] == "updated"
    assert flow.calls()["connect:DescribeContact"] == 4
    assert flow.clock.waits == [0.1, 0.2, 0.4]


def test_the_handler_takes_event_and_context_and_gives_a_flat_map_of_texts(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S1-61, S1-63: what `$.External` can hold, under the same keys whatever happened."""
    monkeypatch.setattr(handler, "_function", lambda: flow.function)

    for sent in (event(FOUR), event({}), {}, None, event(FOUR, ContactId="x y")):
        answer = handler.handler(sent, a_context())
        assert tuple(answer) == KEYS
        assert all(isinstance(value, str) for value in answer.values())
        assert answer["version"] == VERSION


def test_the_entry_point_makes_its_function_once_and_of_real_things(monkeypatch: pytest.MonkeyPatch) -> None:
    """S1-16."""
    monkeypatch.setenv("CONNECT_INSTANCE_ID", "")
    handler._function.cache_clear()

    made = handler._function()

    assert isinstance(made, function.SessionData)
    assert handler._function() is made
    assert made._clients == {}
    handler._function.cache_clear()


def test_an_answer_to_flows_of_the_function_that_this_replaces(flow: Flow) -> None:
    """S1-63, S1-60: the old shape by a switch."""
    flow.environ["ANSWER_FORMAT"] = "legacy"

    written, empty = flow.answer(FOUR), flow.answer({})

    assert written == {"statusCode": 200, "body": json.dumps({"message": "Updated session data with 4 entries"})}
    assert empty == {"statusCode": 200, "body": json.dumps({"message": "No session data to update"})}


def test_the_answer_fits_a_flow_whatever_is_skipped(flow: Flow) -> None:
    """A flow takes 32 KB."""
    answer = flow.answer({f"{number}{'k' * 4000}": "" for number in range(300)})

    assert len(json.dumps(answer)) < 32_000
    assert answer["skippedCount"] == "300"


def test_the_smoke_event_after_a_deployment_says_updated_or_that_there_is_no_contact(flow: Flow) -> None:
    """S1-7."""
    smoke = json.loads((Path(handler.__file__).parent / "smoke-event.json").read_text())

    answer = flow.send(smoke)
    assert (answer["errorCode"], answer["awsErrorCode"]) == ("AWS_ERROR", "ResourceNotFoundException")

    smoke["Details"]["ContactData"]["ContactId"] = CONTACT
    assert smoke["Details"]["ContactData"]["InstanceARN"] == INSTANCE_ARN
    assert flow.send(smoke)["status"] == "updated"


def seed_contact(flow: Flow, session: str, assistant: str) -> None:
    flow.control.seed("Contact", {"Id": CONTACT, "WisdomInfo": {"SessionArn": session_arn(session, assistant)}})
