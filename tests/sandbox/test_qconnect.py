"""Q in Connect: sessions of contacts, and what is written to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from reconciler.sandbox import ACCOUNT, INSTANCE_ID, REGION, Control
from reconciler.sandbox.errors import WrongSetting

ASSISTANT = "00000000-0000-4000-8000-0000000000a1"
OTHER = "00000000-0000-4000-8000-0000000000a2"
SESSION = "00000000-0000-4000-8000-0000000000e1"
ARN = f"arn:aws:wisdom:{REGION}:{ACCOUNT}:session/{ASSISTANT}/{SESSION}"


@pytest.fixture(scope="session")
def qconnect(session: Any) -> Any:
    once = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    return session.create_client("qconnect", region_name=REGION, config=once)


@pytest.fixture
def seeded(sandbox: Control) -> Control:
    sandbox.seed("Session", {"assistantId": ASSISTANT, "sessionId": SESSION})
    return sandbox


def entry(key: str, text: Any = "x") -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": text}}


def write(qconnect: Any, *entries: Any, **more: Any) -> Any:
    return qconnect.update_session_data(
        **{"assistantId": ASSISTANT, "sessionId": SESSION, "data": list(entries)} | more
    )


def refused(call: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(ClientError) as wrong:
        call()
    answer: Any = wrong.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_a_seeded_session_is_found_by_its_ids(seeded: Control, qconnect: Any) -> None:
    found = qconnect.get_session(assistantId=ASSISTANT, sessionId=SESSION)["session"]

    assert (found["sessionId"], found["sessionArn"], found["origin"]) == (SESSION, ARN, "SYSTEM")
    assert seeded.stats()["calls"] == {"qconnect:GetSession": 1}


def test_what_is_written_stays_and_later_values_replace_earlier_ones(seeded: Control, qconnect: Any) -> None:
    write(qconnect, entry("a", "1"), entry("b", "1"))
    answer = write(qconnect, entry("b", "2"), entry("c", "2"), namespace="Custom")

    assert seeded.session_data() == {SESSION: {"a": "1", "b": "2", "c": "2"}}
    assert (answer["sessionArn"], answer["namespace"]) == (ARN, "Custom")
    assert answer["data"] == [entry("b", "2"), entry("c", "2")]


def test_with_the_switch_a_write_replaces_all(seeded: Control, qconnect: Any) -> None:
    seeded.set_faults({"switches": {"sessionData": "replace"}})
    write(qconnect, entry("a"))
    write(qconnect, entry("b"))

    assert seeded.session_data() == {SESSION: {"b": "x"}}


def test_fifty_entries_of_4096_characters_are_taken(seeded: Control, qconnect: Any) -> None:
    write(qconnect, *(entry(f"{number:04096}", "é" * 4096) for number in range(50)))

    assert len(seeded.session_data()[SESSION]) == 50


@pytest.mark.parametrize(
    "entries",
    [
        [entry(str(number)) for number in range(51)],
        [entry("")],
        [entry("k", "")],
        [entry("k" * 4097)],
        [entry("k", "x" * 4097)],
        [entry("k", 1)],
        [{"key": "k", "value": {}}],
        [{"key": "k"}],
        [entry("fine"), entry("empty", "")],
    ],
)
def test_what_breaks_the_model_is_refused_and_nothing_is_written(seeded: Control, qconnect: Any, entries: Any) -> None:
    assert refused(lambda: write(qconnect, *entries)) == ("ValidationException", 400)
    assert seeded.session_data() == {SESSION: {}}


@pytest.mark.parametrize("wrong", [{"namespace": "Mine"}, {"sessionId": "no-uuid"}, {"sessionId": ARN}])
def test_namespaces_ids_and_arns_that_are_not_taken(seeded: Control, qconnect: Any, wrong: dict[str, str]) -> None:
    assert refused(lambda: write(qconnect, entry("k"), **wrong)) == ("ValidationException", 400)


def test_with_the_switch_an_arn_stands_for_its_id(seeded: Control, qconnect: Any) -> None:
    seeded.set_faults({"switches": {"arns": "everywhere"}})

    write(qconnect, entry("k"), sessionId=ARN)

    assert seeded.session_data() == {SESSION: {"k": "x"}}


@pytest.mark.parametrize("where", [{"assistantId": OTHER}, {"sessionId": OTHER}])
def test_a_session_is_one_assistants(seeded: Control, qconnect: Any, where: dict[str, str]) -> None:
    assert refused(lambda: write(qconnect, entry("k"), **where)) == ("ResourceNotFoundException", 404)


def test_throttling_is_400_in_this_service(seeded: Control, qconnect: Any) -> None:
    seeded.set_faults({"rate": {"perSecond": 0.001, "burst": 1}})
    write(qconnect, entry("k"))

    assert refused(lambda: write(qconnect, entry("k"))) == ("ThrottlingException", 400)
    assert seeded.stats()["throttled"] == {"qconnect:UpdateSessionData": 1}


@pytest.mark.parametrize(
    ("code", "status"),
    [("UnauthorizedException", 401), ("AccessDeniedException", 403), ("InternalServiceException", 500)],
)
def test_errors_are_injected_under_their_own_status(seeded: Control, qconnect: Any, code: str, status: int) -> None:
    seeded.set_faults({"error": {"every": 1, "code": code, "operations": ["UpdateSessionData"]}})

    assert refused(lambda: write(qconnect, entry("k"))) == (code, status)
    assert seeded.session_data() == {SESSION: {}}


def test_a_lost_reply_is_of_a_call_that_was_carried_out(seeded: Control, qconnect: Any) -> None:
    seeded.set_faults({"lostReply": {"every": 1}})

    with pytest.raises(ConnectionClosedError):
        write(qconnect, entry("k"))
    assert seeded.session_data() == {SESSION: {"k": "x"}}


def test_reset_takes_sessions_and_contacts_away(seeded: Control, connect: Any) -> None:
    contact = seeded.seed("Contact", {})

    seeded.reset()

    assert seeded.session_data() == {}
    assert refused(lambda: connect.describe_contact(InstanceId=INSTANCE_ID, ContactId=contact))[1] == 404


def test_a_contact_shows_its_session_perhaps_later(seeded: Control, connect: Any) -> None:
    seeded.set_faults({"consistency": {"calls": 2}})
    contact = seeded.seed("Contact", {"Channel": "VOICE", "WisdomInfo": {"SessionArn": ARN}})

    found = [connect.describe_contact(InstanceId=INSTANCE_ID, ContactId=contact)["Contact"] for _ in range(3)]

    assert [each.get("WisdomInfo") for each in found] == [None, None, {"SessionArn": ARN}]
    assert seeded.stats()["faults"] == {"consistency": 2}


def test_a_contact_that_is_seeded_again_keeps_what_it_had(seeded: Control, connect: Any) -> None:
    contact = seeded.seed("Contact", {"Channel": "CHAT"})
    seeded.seed("Contact", {"Id": contact, "WisdomInfo": {"SessionArn": ARN}})

    found = connect.describe_contact(InstanceId=INSTANCE_ID, ContactId=contact)["Contact"]

    assert (found["Channel"], found["WisdomInfo"]) == ("CHAT", {"SessionArn": ARN})


@pytest.mark.parametrize(
    ("type", "members"),
    [
        ("Session", {}),
        ("Session", {"assistantId": "no-uuid"}),
        ("Session", {"assistantId": ASSISTANT, "color": "red"}),
        ("Contact", {"Colour": "red"}),
        ("Contact", {"WisdomInfo": "none"}),
    ],
)
def test_what_the_model_does_not_know_is_not_seeded(sandbox: Control, type: str, members: Any) -> None:
    with pytest.raises(WrongSetting):
        sandbox.seed(type, members)


def test_an_unknown_operation_is_named(sandbox: Control, qconnect: Any) -> None:
    assert refused(lambda: qconnect.list_knowledge_bases()) == ("NotImplemented", 501)
