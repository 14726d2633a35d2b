"""Agent statuses, predefined attributes, what AWS puts into an instance, and what tests may put there."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control
from reconciler.sandbox.errors import WrongSetting

from .administrative import ATTRIBUTE, HERE, HOURS, MAKERS, QUEUE, ROUTING_PROFILE, SECURITY_PROFILE, STATUS
from .calls import INVALID, refused


def test_a_status_loses_its_order_when_it_is_reset(connect: Any) -> None:
    """Inferred."""
    status = STATUS.make(connect, "Lunch")

    STATUS.change(connect, status, "update_agent_status", ResetOrderNumber=True)

    found = STATUS.described(connect, status)
    assert ("DisplayOrder" in found, found["Type"], found["State"]) == (False, "CUSTOM", "ENABLED")


def test_a_statuses_update_keeps_or_loses_what_it_leaves_out(sandbox: Control, connect: Any) -> None:
    status = STATUS.make(connect, "Lunch")
    sandbox.set_faults({"switches": {"leftOutMembers": "reset"}})

    STATUS.change(connect, status, "update_agent_status", Name="Break")

    found = STATUS.described(connect, status)
    assert (found["Name"], found["State"], found["Type"]) == ("Break", "ENABLED", "CUSTOM")
    assert not {"Description", "DisplayOrder"} & set(found)


def test_statuses_are_listed_by_type(connect: Any) -> None:
    STATUS.make(connect, "Lunch")

    assert [row["Name"] for row in STATUS.listed(connect, AgentStatusTypes=["ROUTABLE", "CUSTOM"])] == [
        "Available",
        "Lunch",
    ]


def test_predefined_attributes_have_neither_id_nor_arn_nor_tags(connect: Any) -> None:
    ATTRIBUTE.make(connect, "Language", AttributeConfiguration={"EnableValueValidationOnAssociation": True})

    found = ATTRIBUTE.described(connect, "Language")

    assert set(found) == {
        *("Name", "Values", "Purposes", "AttributeConfiguration"),
        *("LastModifiedTime", "LastModifiedRegion"),
    }


def test_predefined_attributes_lose_what_is_left_out_where_switched(sandbox: Control, connect: Any) -> None:
    ATTRIBUTE.make(connect, "Language")
    sandbox.set_faults({"switches": {"leftOutMembers": "reset"}})

    ATTRIBUTE.change(connect, "Language", "update_predefined_attribute", Purposes=["p"])

    assert "Values" not in ATTRIBUTE.described(connect, "Language")


def test_a_new_instance_has_what_aws_puts_there(connect: Any) -> None:
    """Admin guide."""
    names = {
        maker.name: [row["Name"] for row in maker.listed(connect)]
        for maker in (HOURS, QUEUE, ROUTING_PROFILE, SECURITY_PROFILE, STATUS)
    }
    flows = connect.list_contact_flows(**HERE)["ContactFlowSummaryList"]

    assert names == {
        "hours_of_operation": ["Basic Hours"],
        "queue": ["BasicQueue"],
        "routing_profile": ["Basic Routing Profile"],
        "security_profile": ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"],
        "agent_status": ["Available", "Offline"],
    }
    assert "Default customer queue" in [row["Name"] for row in flows]


def test_an_instance_may_be_empty(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"switches": {"builtIns": False}})

    assert [maker.listed(connect) for maker in MAKERS if not maker.within] == [[]] * (len(MAKERS) - 1)
    assert connect.list_contact_flows(**HERE)["ContactFlowSummaryList"] == []


def test_what_has_no_creation_here_can_be_seeded(sandbox: Control, connect: Any) -> None:
    flow = sandbox.seed("ContactFlow", {"Name": "Main", "ContactFlowType": "CONTACT_FLOW"})
    sandbox.seed("User", {"Username": "ada"})
    numbers = {"+15550100": "DID", "+15550101": "TOLL_FREE"}
    for number, type in numbers.items():
        sandbox.seed("PhoneNumber", {"PhoneNumber": number, "PhoneNumberType": type, "PhoneNumberCountryCode": "US"})

    listed = connect.list_contact_flows(**HERE, ContactFlowTypes=["CONTACT_FLOW"])["ContactFlowSummaryList"]
    found = connect.list_phone_numbers_v2(TargetArn=sandbox.instance, PhoneNumberTypes=["DID"])
    prefixed = connect.list_phone_numbers_v2(**HERE, PhoneNumberPrefix="+15550101", PhoneNumberCountryCodes=["US"])

    assert [(row["Id"], row["ContactFlowState"]) for row in listed] == [(flow, "ACTIVE")]
    assert [row["Username"] for row in connect.list_users(**HERE)["UserSummaryList"]] == ["ada"]
    assert [row["PhoneNumber"] for row in found["ListPhoneNumbersSummaryList"]] == ["+15550100"]
    assert [row["PhoneNumberType"] for row in prefixed["ListPhoneNumbersSummaryList"]] == ["TOLL_FREE"]
    both = {"TargetArn": sandbox.instance, **HERE}
    assert refused(lambda: connect.list_phone_numbers_v2(**both)) == INVALID


def test_flow_modules_are_listed_by_their_state(sandbox: Control, connect: Any) -> None:
    old, new = (
        sandbox.seed("ContactFlowModule", {"Name": name, **more})
        for name, more in (("old", {"State": "ARCHIVED"}), ("new", {}))
    )

    def ids(**asked: str) -> list[str]:
        found = connect.list_contact_flow_modules(**HERE, **asked)["ContactFlowModulesSummaryList"]
        return [row["Id"] for row in found]

    assert (ids(), ids(ContactFlowModuleState="ACTIVE")) == ([new, old], [new])
    (row,) = connect.list_contact_flow_modules(**HERE, ContactFlowModuleState="ARCHIVED")[
        "ContactFlowModulesSummaryList"
    ]
    assert row == {"Id": old, "Arn": f"{sandbox.instance}/flow-module/{old}", "Name": "old", "State": "ARCHIVED"}


def test_integrations_are_listed_by_their_type_and_arn(sandbox: Control, connect: Any) -> None:
    assistant = "arn:aws:wisdom:us-east-1:111122223333:assistant/00000000-0000-4000-8000-000000000001"
    cases = "arn:aws:cases:us-east-1:111122223333:domain/00000000-0000-4000-8000-000000000002"
    id = sandbox.seed("IntegrationAssociation", {"IntegrationType": "WISDOM_ASSISTANT", "IntegrationArn": assistant})
    sandbox.seed("IntegrationAssociation", {"IntegrationType": "CASES_DOMAIN", "IntegrationArn": cases})

    def arns(**asked: str) -> list[str]:
        found = connect.list_integration_associations(**HERE, **asked)["IntegrationAssociationSummaryList"]
        return [row["IntegrationArn"] for row in found]

    assert arns() == [cases, assistant]
    assert arns(IntegrationType="WISDOM_ASSISTANT") == arns(IntegrationArn=assistant) == [assistant]
    assert arns(IntegrationType="VOICE_ID") == []
    (row,) = connect.list_integration_associations(**HERE, IntegrationType="WISDOM_ASSISTANT")[
        "IntegrationAssociationSummaryList"
    ]
    assert row["IntegrationAssociationArn"] == f"{sandbox.instance}/integration-association/{id}"


@pytest.mark.parametrize(("type", "members"), [("Queue", {"Name": "Q"}), ("User", {}), ("Nonsense", {})])
def test_only_that_can_be_seeded_and_with_a_name(sandbox: Control, type: str, members: dict[str, str]) -> None:
    with pytest.raises(WrongSetting, match="seed"):
        sandbox.seed(type, members)
