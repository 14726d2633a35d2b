"""Queues and quick connects: what hangs on what."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.sandbox import Control
from tests.sandbox.administrative import quick_connects_of

from .administrative import (
    HERE,
    QUEUE,
    QUICK_CONNECT,
    add_phone,
    add_profile,
    add_queue,
    flow,
    pair,
)
from .calls import IN_USE, INVALID, INVALID_REQUEST, MISSING, refused


def emails(client: Any, queue: str) -> list[tuple[str, bool]]:
    found = client.list_queue_email_addresses(**HERE, QueueId=queue)["EmailAddressMetadataList"]
    return [(row["Id"], row["IsDefaultOutboundEmail"]) for row in found]


def test_a_queue_is_born_enabled_and_standard(connect: Any) -> None:
    """Inferred: the creation has no Status."""
    queue = add_queue(connect)

    assert QUEUE.described(connect, queue)["Status"] == "ENABLED"
    assert {row["QueueType"] for row in QUEUE.listed(connect)} == {"STANDARD"}
    assert QUEUE.listed(connect, QueueTypes=["AGENT"]) == []


def test_lists_show_the_queues_of_agents_unless_filtered(sandbox: Control, connect: Any) -> None:
    """Service model; without a name in the command line reference. Search knows standard queues alone."""
    agent = sandbox.seed("User", {"Username": "ada"})

    (own,) = [row for row in QUEUE.listed(connect) if row["QueueType"] == "AGENT"]

    assert own["Arn"].endswith(f"/queue/agent/{agent}")
    assert (own["Id"], "Name" in own) == (agent, False)
    assert [row["Name"] for row in QUEUE.listed(connect, QueueTypes=["STANDARD"])] == ["BasicQueue"]
    standard = {"QueueTypeCondition": "STANDARD"}
    assert [row["Name"] for row in QUEUE.searched(connect, SearchCriteria=standard)] == ["BasicQueue"]


def test_members_that_are_null_say_nothing(connect: Any) -> None:
    """Inferred."""
    queue = add_queue(
        connect, MaxContacts=None, OutboundCallerConfig={"OutboundCallerIdName": "Us", "OutboundFlowId": None}
    )

    found = QUEUE.described(connect, queue)
    assert (found["OutboundCallerConfig"], "MaxContacts" in found) == ({"OutboundCallerIdName": "Us"}, False)


@pytest.mark.parametrize("maker", [QUEUE, QUICK_CONNECT], ids=lambda maker: maker.name)
def test_a_name_update_needs_a_name_or_a_description(connect: Any, maker: Any) -> None:
    """Service model, in words; the error is inferred."""
    id = maker.make(connect, "First")

    assert refused(lambda: maker.change(connect, id, maker.rename)) == INVALID_REQUEST
    maker.change(connect, id, maker.rename, Description="new")
    assert (maker.described(connect, id)["Name"], maker.described(connect, id)["Description"]) == ("First", "new")


def test_max_contacts_left_out_means_no_limit(connect: Any) -> None:
    """Inferred."""
    queue = add_queue(connect)

    connect.update_queue_max_contacts(**HERE, QueueId=queue, MaxContacts=0)
    none = QUEUE.described(connect, queue)["MaxContacts"]
    connect.update_queue_max_contacts(**HERE, QueueId=queue)

    assert none == 0
    assert "MaxContacts" not in QUEUE.described(connect, queue)


def test_max_contacts_stay_below_the_concurrent_contacts_of_the_instance(sandbox: Control, connect: Any) -> None:
    """Admin guide, of the console; the error is inferred."""
    assert refused(lambda: add_queue(connect, MaxContacts=4010)) == INVALID
    queue = add_queue(connect, MaxContacts=4009)
    sandbox.set_faults({"quotas": {"concurrentContacts": 10}})
    assert refused(lambda: connect.update_queue_max_contacts(**HERE, QueueId=queue, MaxContacts=10)) == INVALID


def test_the_outbound_caller_is_replaced_whole(sandbox: Control, connect: Any) -> None:
    """Inferred: the request carries it whole. A number may be named by its ARN [service model]; answers give ids."""
    number = sandbox.seed("PhoneNumber", {"PhoneNumber": "+15550100"})
    arn = connect.list_phone_numbers_v2()["ListPhoneNumbersSummaryList"][0]["PhoneNumberArn"]
    queue = add_queue(connect, OutboundCallerConfig={"OutboundCallerIdName": "Us", "OutboundCallerIdNumberId": arn})
    assert QUEUE.described(connect, queue)["OutboundCallerConfig"]["OutboundCallerIdNumberId"] == number

    whisper = {"OutboundFlowId": flow(connect, "OUTBOUND_WHISPER")}
    connect.update_queue_outbound_caller_config(**HERE, QueueId=queue, OutboundCallerConfig=whisper)

    assert QUEUE.described(connect, queue)["OutboundCallerConfig"] == whisper


@pytest.mark.parametrize(
    "wrong",
    [
        {"HoursOfOperationId": "nowhere"},
        {"OutboundCallerConfig": {"OutboundCallerIdNumberId": "nowhere"}},
        {"OutboundCallerConfig": {"OutboundFlowId": "nowhere"}},
        {"OutboundEmailConfig": {"OutboundEmailAddressId": "nowhere"}},
        {"QuickConnectIds": ["nowhere"]},
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(sandbox: Control, connect: Any, wrong: dict[str, Any]) -> None:
    """Which of the two errors says so is not stated: a switch."""
    assert refused(lambda: add_queue(connect, **wrong)) == MISSING
    sandbox.set_faults({"switches": {"missingReference": "InvalidParameterException"}})
    assert refused(lambda: add_queue(connect, **wrong)) == INVALID
    assert len(QUEUE.listed(connect)) == 1


def test_quick_connects_are_set_at_creation_attached_and_detached(connect: Any) -> None:
    ids = [add_phone(connect, f"K{number}") for number in range(3)]
    queue = add_queue(connect, QuickConnectIds=ids[:1])

    connect.associate_queue_quick_connects(**HERE, QueueId=queue, QuickConnectIds=ids[1:])
    connect.disassociate_queue_quick_connects(**HERE, QueueId=queue, QuickConnectIds=ids[:2])

    assert quick_connects_of(connect, queue) == ["K2"]


def test_attaching_twice_and_detaching_what_is_not_there_are_refused_unless_switched(
    sandbox: Control, connect: Any
) -> None:
    """Neither is stated: switches."""
    there, not_there = add_phone(connect, "There"), add_phone(connect, "Not there")
    queue = add_queue(connect, QuickConnectIds=[there])

    def attach() -> Any:
        return connect.associate_queue_quick_connects(**HERE, QueueId=queue, QuickConnectIds=[not_there, there])

    def detach() -> Any:
        return connect.disassociate_queue_quick_connects(**HERE, QueueId=queue, QuickConnectIds=[there, not_there])

    assert refused(attach) == INVALID_REQUEST
    assert refused(detach) == MISSING
    assert quick_connects_of(connect, queue) == ["There"]
    sandbox.set_faults({"switches": {"existingLink": "accepted", "missingLink": "accepted"}})
    attach()
    assert quick_connects_of(connect, queue) == ["Not there", "There"]
    detach()
    detach()
    assert quick_connects_of(connect, queue) == []
    sandbox.set_faults({"switches": {"missingLink": "InvalidRequestException"}})
    assert refused(detach) == INVALID_REQUEST


def test_fifty_quick_connects_a_call_and_pages_of_them(connect: Any) -> None:
    ids = [add_phone(connect, f"K{number:02}") for number in range(51)]
    queue = add_queue(connect)
    call = {"QueueId": queue, "QuickConnectIds": ids}

    assert refused(lambda: connect.associate_queue_quick_connects(**HERE, **call)) == INVALID
    connect.associate_queue_quick_connects(**HERE, QueueId=queue, QuickConnectIds=ids[:50])
    first = connect.list_queue_quick_connects(**HERE, QueueId=queue, MaxResults=49)
    second = connect.list_queue_quick_connects(**HERE, QueueId=queue, MaxResults=49, NextToken=first["NextToken"])

    assert [len(page["QuickConnectSummaryList"]) for page in (first, second)] == [49, 1]


def test_email_addresses_are_listed_with_the_default_one(sandbox: Control, connect: Any) -> None:
    """Service model: the list includes both."""
    one, default = (sandbox.seed("EmailAddress", {"EmailAddress": f"{name}@example.com"}) for name in "ab")
    queue = add_queue(
        connect,
        EmailAddressesConfig=[{"EmailAddressId": one}],
        OutboundEmailConfig={"OutboundEmailAddressId": default},
    )

    assert emails(connect, queue) == [(one, False), (default, True)]
    connect.disassociate_queue_email_addresses(**HERE, QueueId=queue, EmailAddressesId=[one])
    assert emails(connect, queue) == [(default, True)]
    connect.associate_queue_email_addresses(**HERE, QueueId=queue, EmailAddressesConfig=[{"EmailAddressId": default}])
    assert emails(connect, queue) == [(default, True)]
    found = connect.search_email_addresses(**HERE)["EmailAddresses"]
    assert [row["EmailAddress"] for row in found] == ["a@example.com", "b@example.com"]


def test_a_queue_has_49_email_addresses_beside_the_default(sandbox: Control, connect: Any) -> None:
    """Service model."""
    ids = [sandbox.seed("EmailAddress", {"EmailAddress": f"{number}@example.com"}) for number in range(50)]
    queue = add_queue(connect)
    attach = lambda some: connect.associate_queue_email_addresses(  # noqa: E731
        **HERE, QueueId=queue, EmailAddressesConfig=[{"EmailAddressId": id} for id in some]
    )

    attach(ids[:49])

    assert refused(lambda: attach(ids[49:])) == ("LimitExceededException", 429)


def test_a_queue_of_a_routing_profile_stays(connect: Any) -> None:
    """Admin guide. The error carries what cannot go; which of the two it carries is inferred."""
    queue = add_queue(connect)
    profile = add_profile(connect, DefaultOutboundQueueId=queue)

    with pytest.raises(ClientError) as caught:
        QUEUE.delete(connect, queue)

    assert caught.value.response["ResourceId"].endswith(f"/queue/{queue}")
    assert refused(lambda: QUEUE.delete(connect, queue)) == IN_USE
    connect.delete_routing_profile(**HERE, RoutingProfileId=profile)
    QUEUE.delete(connect, queue)


def test_a_queue_that_a_profile_takes_contacts_from_stays(connect: Any) -> None:
    queue = add_queue(connect)
    profile = add_profile(connect, QueueConfigs=[pair(queue)])

    assert refused(lambda: QUEUE.delete(connect, queue)) == IN_USE
    connect.disassociate_routing_profile_queues(
        **HERE, RoutingProfileId=profile, QueueReferences=[{"QueueId": queue, "Channel": "VOICE"}]
    )
    QUEUE.delete(connect, queue)


def test_whether_quick_connects_hold_a_queue_is_a_switch(sandbox: Control, connect: Any) -> None:
    """Not documented."""
    queue = add_queue(connect)
    config = {"QuickConnectType": "QUEUE", "QueueConfig": {"QueueId": queue, "ContactFlowId": flow(connect)}}
    quick = connect.create_quick_connect(**HERE, Name="K", QuickConnectConfig=config)["QuickConnectId"]

    sandbox.set_faults({"switches": {"quickConnectsHoldQueues": True}})
    assert refused(lambda: QUEUE.delete(connect, queue)) == IN_USE
    sandbox.set_faults({})
    QUEUE.delete(connect, queue)
    assert QUICK_CONNECT.described(connect, quick)["QuickConnectConfig"] == config


def test_associations_are_writes_to_lost_replies(sandbox: Control, connect: Any) -> None:
    queue, quick = add_queue(connect), add_phone(connect)
    sandbox.set_faults({"lostReply": {"every": 1}})

    with pytest.raises(Exception, match="closed"):
        connect.associate_queue_quick_connects(**HERE, QueueId=queue, QuickConnectIds=[quick])

    assert quick_connects_of(connect, queue) == ["K"]
