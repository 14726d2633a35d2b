"""SearchContacts and the contacts that are made for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ID, Control
from reconciler.sandbox.connect.contacts_made import make_contacts, updated_later
from reconciler.sandbox.errors import WrongSetting

from .calls import INVALID, INVALID_REQUEST, refused

NOON = 1767614400.0  # 2026-01-05T12:00:00Z
DAY = {"start": "2026-01-05T12:00:00+00:00", "end": "2026-01-06T12:00:00+00:00"}


def seed(sandbox: Control, id: str, at: float | None, **members: Any) -> str:
    ended = {} if at is None else {"DisconnectTimestamp": at}
    return sandbox.seed("Contact", {"Id": id, "Channel": "VOICE", "InitiationTimestamp": NOON, **ended, **members})


def search(
    client: Any, start: float = NOON, end: float = NOON + 3600, kind: str = "DISCONNECT_TIMESTAMP", **more: Any
) -> Mapping[str, Any]:
    span = {"Type": kind, "StartTime": start, "EndTime": end}
    answer: Mapping[str, Any] = client.search_contacts(InstanceId=INSTANCE_ID, TimeRange=span, **more)
    return answer


def ids(answer: Mapping[str, Any]) -> list[str]:
    return [each["Id"] for each in answer["Contacts"]]


def test_a_search_finds_what_ended_within_its_range_both_ends_included(sandbox: Control, connect: Any) -> None:
    for id, at in (
        ("before", NOON - 1),
        ("first", NOON),
        ("last", NOON + 3600),
        ("after", NOON + 3601),
        ("open", None),
    ):
        seed(sandbox, id, at)

    found = search(connect)

    assert sorted(ids(found)) == ["first", "last"]
    assert found["TotalCount"] == 2


def test_a_search_tells_what_the_model_says_and_describing_the_rest(sandbox: Control, connect: Any) -> None:
    endpoint = {"Type": "TELEPHONE_NUMBER", "Address": "+15550100"}
    agent = {"Id": "ada", "ConnectedToAgentTimestamp": NOON, "AfterContactWorkDuration": 9}
    seed(sandbox, "c", NOON, AgentInfo=agent, CustomerEndpoint=endpoint, LastUpdateTimestamp=NOON + 9)

    (found,) = search(connect)["Contacts"]
    whole = connect.describe_contact(InstanceId=INSTANCE_ID, ContactId="c")["Contact"]

    assert found.keys() == {"Arn", "Id", "Channel", "InitiationTimestamp", "DisconnectTimestamp", "AgentInfo"}
    assert found["AgentInfo"].keys() == {"Id", "ConnectedToAgentTimestamp"}
    assert whole["CustomerEndpoint"] == endpoint
    assert whole["AgentInfo"]["AfterContactWorkDuration"] == 9


def test_pages_hold_100_and_lead_through_all_in_order(sandbox: Control, connect: Any) -> None:
    sandbox.seed("Contacts", {"count": 250, "unfinished": 0, **DAY})
    asked: dict[str, Any] = {"end": NOON + 86400, "Sort": {"FieldName": "DISCONNECT_TIMESTAMP", "Order": "ASCENDING"}}

    first = search(connect, **asked)
    second = search(connect, **asked, NextToken=first["NextToken"])
    third = search(connect, **asked, NextToken=second["NextToken"])

    pages = [page["Contacts"] for page in (first, second, third)]
    ended = [each["DisconnectTimestamp"] for page in pages for each in page]
    assert [len(page) for page in pages] == [100, 100, 50]
    assert ended == sorted(ended)
    assert "NextToken" not in third
    assert first["TotalCount"] == third["TotalCount"] == 250


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
@pytest.mark.parametrize("field", ["INITIATION_TIMESTAMP", "CHANNEL", "INITIATION_METHOD"])
def test_a_search_is_sorted_as_it_asks(sandbox: Control, connect: Any, field: str, order: str) -> None:
    sandbox.seed("Contacts", {"count": 40, "channels": {"VOICE": 1, "CHAT": 1}, "unfinished": 0, **DAY})
    member = {"INITIATION_TIMESTAMP": "InitiationTimestamp", "CHANNEL": "Channel"}.get(field, "InitiationMethod")

    found = search(connect, end=NOON + 86400, Sort={"FieldName": field, "Order": order})

    reply = [each[member] for each in found["Contacts"]]
    assert reply == sorted(reply, reverse=order == "DESCENDING")


def test_criteria_narrow_a_search(sandbox: Control, connect: Any) -> None:
    seed(sandbox, "a", NOON, QueueInfo={"Id": "q"}, AgentInfo={"Id": "ada"}, InitiationMethod="INBOUND")
    seed(sandbox, "b", NOON, Channel="CHAT", QueueInfo={"Id": "q"}, AgentInfo={"Id": "bob"}, InitiationMethod="API")

    for criteria in ({"Channels": ["VOICE"]}, {"AgentIds": ["ada"]}, {"InitiationMethods": ["INBOUND"]}):
        assert ids(search(connect, SearchCriteria=criteria)) == ["a"]
    assert len(ids(search(connect, SearchCriteria={"QueueIds": ["q"], "Channels": []}))) == 2


def test_what_the_sandbox_does_not_search_by_it_says(sandbox: Control, connect: Any) -> None:
    by_name = {"Name": {"SearchText": ["x"], "MatchType": "MATCH_ALL"}}

    assert refused(lambda: search(connect, SearchCriteria=by_name)) == INVALID_REQUEST
    expiry = {"FieldName": "EXPIRY_TIMESTAMP", "Order": "ASCENDING"}
    assert refused(lambda: search(connect, Sort=expiry)) == INVALID_REQUEST


def test_a_range_is_needed_and_is_8_weeks_at_most(sandbox: Control, connect: Any) -> None:
    eight_weeks = 8 * 7 * 86400

    assert refused(lambda: connect.search_contacts(InstanceId=INSTANCE_ID)) == INVALID
    assert refused(lambda: search(connect, end=NOON)) == INVALID
    assert refused(lambda: search(connect, end=NOON + eight_weeks + 1)) == INVALID
    assert ids(search(connect, end=NOON + eight_weeks)) == []
    assert refused(lambda: search(connect, MaxResults=101)) == INVALID


def test_a_call_in_a_queue_is_not_found_before_an_agent_has_it(sandbox: Control, connect: Any) -> None:
    seed(sandbox, "waiting", None)
    seed(sandbox, "talking", None, AgentInfo={"Id": "ada", "ConnectedToAgentTimestamp": NOON + 5})
    seed(sandbox, "chat", None, Channel="CHAT")

    found = search(connect, kind="INITIATION_TIMESTAMP")

    assert sorted(ids(found)) == ["chat", "talking"]


def test_a_contact_that_is_seeded_again_is_found_as_it_is_now(sandbox: Control, connect: Any) -> None:
    seed(sandbox, "c", None, AgentInfo={"Id": "ada", "ConnectedToAgentTimestamp": NOON})
    assert ids(search(connect)) == []

    seed(sandbox, "c", NOON + 60)

    assert ids(search(connect)) == ["c"]


def test_the_same_seed_makes_the_same_contacts_and_a_day_of_them_hangs_together() -> None:
    made = make_contacts(count=2000, queues=["q"], agents=["ada", "bob"], **DAY)

    known = {each["Id"]: each for each in made}
    assert made == make_contacts(count=2000, queues=["q"], agents=["ada", "bob"], **DAY)
    assert len(known) == 2000
    ended = [each for each in made if "DisconnectTimestamp" in each]
    assert 0 < len(made) - len(ended) < 200
    assert all(NOON <= each["DisconnectTimestamp"] < NOON + 86400 for each in ended)
    assert all(
        each["InitiationTimestamp"] < each["DisconnectTimestamp"] <= each["LastUpdateTimestamp"] for each in ended
    )
    followers = [each for each in made if "PreviousContactId" in each]
    assert len(followers) > 100
    assert all(each["PreviousContactId"] in known and each["InitialContactId"] in known for each in followers)


def test_some_are_updated_later_and_newer_then() -> None:
    made = make_contacts(count=200, agents=["ada"], **DAY)

    later = list(updated_later(made, 0.5, 600))

    before = {each["Id"]: each for each in made}
    assert 50 < len(later) < 150
    assert all(each["LastUpdateTimestamp"] == before[each["Id"]]["LastUpdateTimestamp"] + 600 for each in later)


def test_what_can_not_be_made_is_refused(sandbox: Control) -> None:
    for wrong in ({"count": 1}, {"count": -1, **DAY}, {"count": 1, "nope": 1, **DAY}):
        with pytest.raises(WrongSetting):
            sandbox.seed("Contacts", wrong)
