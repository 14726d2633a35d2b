"""Phone numbers that move to another instance, and the questions that the documentation leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN, Control

from .administrative import HERE, add_instance, flow
from .calls import IN_USE, INVALID, MISSING, refused

NUMBER = "+442079460000"


def described(client: Any, id: str) -> dict[str, Any]:
    return dict(client.describe_phone_number(PhoneNumberId=id)["ClaimedPhoneNumberSummary"])


def status(client: Any, id: str) -> str:
    return str(described(client, id)["PhoneNumberStatus"]["Status"])


def settled(client: Any, **params: Any) -> str:
    """Claims a number, waits for it, and returns its id."""
    id = client.claim_phone_number(**HERE, PhoneNumber=NUMBER, **params)["PhoneNumberId"]
    while status(client, id) == "IN_PROGRESS":
        pass
    return str(id)


def listed(client: Any, **params: Any) -> list[str]:
    found = client.list_phone_numbers_v2(**{**HERE, **params})["ListPhoneNumbersSummaryList"]
    return [row["PhoneNumber"] for row in found]


def second(client: Any) -> str:
    """Creates another instance, and returns its ARN."""
    id = add_instance(client)
    while client.describe_instance(InstanceId=id)["Instance"]["InstanceStatus"] != "ACTIVE":
        pass
    return str(client.describe_instance(InstanceId=id)["Instance"]["Arn"])


def test_a_moved_number_keeps_its_tags_and_loses_its_flow(connect: Any) -> None:
    """Service model, UpdatePhoneNumber; the tags: [seen: terraform-provider-aws, phone_number_test.go]."""
    id = settled(connect, Tags={"Team": "Care"})
    connect.associate_phone_number_contact_flow(**HERE, PhoneNumberId=id, ContactFlowId=flow(connect))
    other = second(connect).rpartition("/")[2]

    connect.update_phone_number(PhoneNumberId=id, InstanceId=other)

    found = described(connect, id)
    assert (found["InstanceId"], found["Tags"]) == (other, {"Team": "Care"})
    assert connect.list_flow_associations(**HERE)["FlowAssociationSummaryList"] == []
    assert [listed(connect), listed(connect, InstanceId=other)] == [[], [NUMBER]]
    here = {**HERE, "PhoneNumberId": id, "ContactFlowId": flow(connect)}
    assert refused(lambda: connect.associate_phone_number_contact_flow(**here)) == INVALID
    arn = found["PhoneNumberArn"]
    connect.tag_resource(resourceArn=arn, tags={"Cost": "1"})
    assert connect.list_tags_for_resource(resourceArn=arn)["tags"] == {"Team": "Care", "Cost": "1"}


def test_a_move_is_in_progress_and_then_claimed(sandbox: Control, connect: Any) -> None:
    id, other = settled(connect, PhoneNumberDescription="Main"), second(connect)
    sandbox.set_faults({"claim": {"calls": 3}})

    connect.update_phone_number(PhoneNumberId=id, TargetArn=other)

    assert refused(lambda: connect.update_phone_number(PhoneNumberId=id, TargetArn=other)) == IN_USE
    assert [status(connect, id) for _ in range(3)] == ["IN_PROGRESS", "IN_PROGRESS", "CLAIMED"]
    assert (described(connect, id)["TargetArn"], described(connect, id)["PhoneNumberDescription"]) == (other, "Main")


def test_a_moved_number_may_show_its_old_instance_until_it_is_claimed(sandbox: Control, connect: Any) -> None:
    id, other = settled(connect), second(connect)
    sandbox.set_faults({"claim": {"calls": 2}, "switches": {"movingNumbers": "source"}})

    connect.update_phone_number(PhoneNumberId=id, TargetArn=other)

    assert [described(connect, id)["TargetArn"] for _ in range(3)] == [INSTANCE_ARN, INSTANCE_ARN, other]


@pytest.mark.parametrize("outcome", ["keeps_flow", "loses_flow"])
def test_a_move_into_a_full_instance_fails_later_with_its_reason(sandbox: Control, connect: Any, outcome: str) -> None:
    """Service model, PhoneNumberStatus; knowledge centre, "connect-migrate-phone-number": the quota of the target."""
    id, other = settled(connect), second(connect)
    connect.associate_phone_number_contact_flow(**HERE, PhoneNumberId=id, ContactFlowId=flow(connect))
    sandbox.seed("PhoneNumber", {"PhoneNumber": "+15555550100"}, other.rpartition("/")[2])
    sandbox.set_faults({"quotas": {"phoneNumbers": 1}, "switches": {"failedMove": outcome}})

    connect.update_phone_number(PhoneNumberId=id, TargetArn=other)
    flows = connect.list_flow_associations(**HERE)["FlowAssociationSummaryList"]

    found = described(connect, id)
    assert (found["TargetArn"], found["PhoneNumberStatus"]["Status"]) == (INSTANCE_ARN, "FAILED")
    assert "limit of Phone Numbers" in found["PhoneNumberStatus"]["Message"]
    assert len(flows) == (outcome == "keeps_flow")


def test_a_move_needs_one_target_that_there_is(connect: Any) -> None:
    id = settled(connect)
    nowhere = INSTANCE_ARN[:-12] + "00000000ffff"
    move = connect.update_phone_number

    assert refused(lambda: move(PhoneNumberId=id, TargetArn=nowhere)) == MISSING
    assert refused(lambda: move(PhoneNumberId=id)) == INVALID
    assert refused(lambda: move(PhoneNumberId="no-number", TargetArn=INSTANCE_ARN)) == MISSING


@pytest.mark.parametrize("choice", ["accepted", "refused"])
def test_a_move_to_its_own_instance_is_a_switch(sandbox: Control, connect: Any, choice: str) -> None:
    id = settled(connect)
    connect.associate_phone_number_contact_flow(**HERE, PhoneNumberId=id, ContactFlowId=flow(connect))
    sandbox.set_faults({"switches": {"sameInstance": choice}})

    if choice == "refused":
        assert refused(lambda: connect.update_phone_number(PhoneNumberId=id, TargetArn=INSTANCE_ARN)) == INVALID
    else:
        connect.update_phone_number(PhoneNumberId=id, TargetArn=INSTANCE_ARN)

    assert len(connect.list_flow_associations(**HERE)["FlowAssociationSummaryList"]) == 1


@pytest.mark.parametrize("choice", ["left_out", "listed"])
def test_a_number_of_a_traffic_distribution_group_is_in_no_instance(
    sandbox: Control, connect: Any, choice: str
) -> None:
    group = INSTANCE_ARN.replace(":instance/", ":traffic-distribution-group/")
    id = sandbox.seed("PhoneNumber", {"PhoneNumber": NUMBER, "TargetArn": group})
    sandbox.set_faults({"switches": {"groupNumbers": choice}})

    every = connect.list_phone_numbers_v2()["ListPhoneNumbersSummaryList"]

    assert listed(connect) == []
    assert [row["TargetArn"] for row in every] == ([group] if choice == "listed" else [])
    assert described(connect, id)["TargetArn"] == group
    connect.update_phone_number(PhoneNumberId=id, TargetArn=INSTANCE_ARN)
    assert listed(connect) == [NUMBER]
