"""Quick connects: where they lead."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .administrative import (
    HERE,
    PHONE,
    QUEUE,
    QUICK_CONNECT,
    add_phone,
    add_queue,
    flow,
    quick_connects_of,
    to_queue,
)
from .calls import INVALID, refused


def test_a_quick_connects_description_can_be_blanked_a_queues_cannot(connect: Any) -> None:
    """Service model: the shapes differ."""
    queue, quick = add_queue(connect), QUICK_CONNECT.make(connect, "K")

    QUICK_CONNECT.change(connect, quick, QUICK_CONNECT.rename, Description="")

    assert "Description" not in QUICK_CONNECT.described(connect, quick)
    assert refused(lambda: QUEUE.change(connect, queue, QUEUE.rename, Description="")) == INVALID


def test_a_deleted_quick_connect_leaves_its_queues(connect: Any) -> None:
    """Inferred."""
    quick = add_phone(connect)
    queue = add_queue(connect, QuickConnectIds=[quick])

    QUICK_CONNECT.delete(connect, quick)

    assert quick_connects_of(connect, queue) == []


@pytest.mark.parametrize(
    "config",
    [
        {"QuickConnectType": "PHONE_NUMBER"},
        {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "5550100"}},
        {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "+0155"}},
        {"QuickConnectType": "QUEUE", "PhoneConfig": {"PhoneNumber": "+15550100"}},
        {**PHONE, "FlowConfig": {"ContactFlowId": "x"}},
    ],
)
def test_a_configuration_must_fit_its_type(connect: Any, config: dict[str, Any]) -> None:
    quick = QUICK_CONNECT.make(connect, "K")

    for call in (
        lambda: connect.create_quick_connect(**HERE, Name="Other", QuickConnectConfig=config),
        lambda: connect.update_quick_connect_config(**HERE, QuickConnectId=quick, QuickConnectConfig=config),
    ):
        assert refused(call) == INVALID


def test_quick_connects_lead_to_users_and_flows_too(sandbox: Control, connect: Any) -> None:
    user = sandbox.seed("User", {"Username": "ada"})
    transfer = flow(connect, "AGENT_TRANSFER")
    arn = connect.list_contact_flows(**HERE, ContactFlowTypes=["AGENT_TRANSFER"])["ContactFlowSummaryList"][0]["Arn"]

    to_user = {"QuickConnectType": "USER", "UserConfig": {"UserId": user, "ContactFlowId": arn}}
    to_flow = {"QuickConnectType": "FLOW", "FlowConfig": {"ContactFlowId": transfer}}
    for config in (to_user, to_flow):
        connect.create_quick_connect(**HERE, Name=config["QuickConnectType"], QuickConnectConfig=config)

    (found,) = QUICK_CONNECT.listed(connect, QuickConnectTypes=["USER"])
    shown = QUICK_CONNECT.described(connect, found["Id"])["QuickConnectConfig"]
    assert shown["UserConfig"] == {"UserId": user, "ContactFlowId": transfer}
    assert {row["QuickConnectType"] for row in QUICK_CONNECT.listed(connect)} == {"USER", "FLOW"}


@pytest.mark.parametrize("text", ["x", "x" * 26])
def test_contains_takes_2_to_25_characters(sandbox: Control, connect: Any, text: str) -> None:
    """Service model: others "throw invalid results", which may mean an error or nothing at all: a switch."""
    criteria = {"StringCondition": {"FieldName": "name", "Value": text, "ComparisonType": "CONTAINS"}}
    add_queue(connect, "x" * 30)

    assert refused(lambda: QUEUE.searched(connect, SearchCriteria=criteria)) == INVALID
    sandbox.set_faults({"switches": {"containsLength": "finds_nothing"}})
    assert QUEUE.searched(connect, SearchCriteria=criteria) == []
    QUICK_CONNECT.make(connect, "x" * 30)
    assert QUICK_CONNECT.searched(connect, SearchCriteria=criteria)


def test_a_retry_of_a_lost_creation_meets_its_own_first_attempt(sandbox: Control, connect: Any) -> None:
    """No client token there [service model]."""
    members = to_queue(connect)
    sandbox.set_faults({"lostReply": {"every": 1, "operations": ["CreateQuickConnect"]}})

    with pytest.raises(Exception, match="closed"):
        connect.create_quick_connect(**HERE, Name="K", **members)

    assert [row["Name"] for row in QUICK_CONNECT.listed(connect)] == ["K"]
