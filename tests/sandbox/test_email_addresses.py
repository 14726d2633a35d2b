"""E-mail addresses: created, described, searched, forwarded, answered by a flow, and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN, Control

from .administrative import HERE, basic_hours, flow
from .calls import DUPLICATE, INVALID, MISSING, refused

CONFLICT = ("ResourceConflictException", 409)
INBOUND = {"ResourceType": "INBOUND_EMAIL"}


def make(client: Any, name: str = "care", **more: Any) -> str:
    return str(client.create_email_address(**HERE, EmailAddress=f"{name}@example.com", **more)["EmailAddressId"])


def described(client: Any, id: str) -> dict[str, Any]:
    answer = client.describe_email_address(**HERE, EmailAddressId=id)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def found(client: Any, **criteria: Any) -> list[str]:
    return [row["EmailAddress"] for row in client.search_email_addresses(**HERE, **criteria)["EmailAddresses"]]


def forward(client: Any, address: str, alias: str) -> Any:
    configuration = {"EmailAddressId": alias}
    return client.associate_email_address_alias(**HERE, EmailAddressId=address, AliasConfiguration=configuration)


def queue_of(client: Any, address: str) -> str:
    config = {"OutboundEmailConfig": {"OutboundEmailAddressId": address}}
    return str(client.create_queue(**HERE, Name="Mail", HoursOfOperationId=basic_hours(client), **config)["QueueId"])


def test_a_description_is_the_whole_answer_and_alone_shows_tags(connect: Any) -> None:
    id = make(connect, Description="Orders", DisplayName="Acme", Tags={"Team": "Care"})

    (row,) = connect.search_email_addresses(**HERE)["EmailAddresses"]

    shown = {"EmailAddressId": id, "EmailAddressArn": f"{INSTANCE_ARN}/email-address/{id}"}
    shown |= {"EmailAddress": "care@example.com", "Description": "Orders", "DisplayName": "Acme"}
    assert described(connect, id) == {**shown, "Tags": {"Team": "Care"}}
    assert row == shown


def test_an_update_changes_the_texts_and_answers_with_the_id(connect: Any) -> None:
    id = make(connect, Description="Orders", DisplayName="Acme")

    answer = connect.update_email_address_metadata(
        **HERE, EmailAddressId=id, Description="", DisplayName="Acme Support"
    )

    assert answer["EmailAddressId"] == id
    assert "Description" not in described(connect, id)
    assert described(connect, id)["DisplayName"] == "Acme Support"


def test_a_search_selects_by_tags_that_it_does_not_show(connect: Any) -> None:
    make(connect, "care", Tags={"Team": "Care"})
    make(connect, "sales")
    tagged = {"TagFilter": {"TagCondition": {"TagKey": "Team", "TagValue": "Care"}}}

    assert found(connect) == ["care@example.com", "sales@example.com"]
    assert found(connect, SearchFilter=tagged) == ["care@example.com"]


def test_an_address_exists_once_and_has_the_form_of_one(sandbox: Control, connect: Any) -> None:
    make(connect)
    sandbox.set_faults({"quotas": {"emailAddresses": 1}})

    assert refused(lambda: make(connect)) == DUPLICATE
    assert refused(lambda: make(connect, "sales")) == ("ServiceQuotaExceededException", 402)
    assert refused(lambda: connect.create_email_address(**HERE, EmailAddress="care@example")) == INVALID


@pytest.mark.parametrize("domain", ["sandbox.email.connect.aws", "example.com"])
def test_a_switch_refuses_domains_that_the_instance_does_not_have(sandbox: Control, connect: Any, domain: str) -> None:
    alias = connect.describe_instance(**HERE)["Instance"]["InstanceAlias"]
    sandbox.set_faults({"switches": {"unknownEmailDomain": "InvalidParameterException"}})
    address = f"care@{domain.replace('sandbox', alias)}"
    create = lambda: connect.create_email_address(**HERE, EmailAddress=address)  # noqa: E731

    if domain == "example.com":
        assert refused(create) == INVALID
        identity = f"arn:aws:ses:us-east-1:111122223333:identity/{domain}"
        sandbox.seed("IntegrationAssociation", {"IntegrationType": "SES_IDENTITY", "IntegrationArn": identity})

    assert create()["EmailAddressId"]


def test_an_alias_is_shown_until_it_is_removed_or_deleted(connect: Any) -> None:
    care, help, info = (make(connect, name) for name in ("care", "help", "info"))

    forward(connect, care, help)
    shown = described(connect, care)["AliasConfigurations"]
    where = {"EmailAddressId": care, "AliasConfiguration": {"EmailAddressId": help}}
    connect.disassociate_email_address_alias(**HERE, **where)
    left = described(connect, care)
    forward(connect, care, info)
    connect.delete_email_address(**HERE, EmailAddressId=info)

    assert shown == [{"EmailAddressId": help}]
    assert "AliasConfigurations" not in left
    assert "AliasConfigurations" not in described(connect, care)
    assert refused(lambda: connect.disassociate_email_address_alias(**HERE, **where)) == MISSING


def test_an_address_has_one_alias_and_aliases_form_no_chain(connect: Any) -> None:
    care, help, info = (make(connect, name) for name in ("care", "help", "info"))
    forward(connect, care, help)

    assert refused(lambda: forward(connect, care, info)) == CONFLICT
    assert refused(lambda: forward(connect, help, info)) == CONFLICT
    assert refused(lambda: forward(connect, info, help)) == CONFLICT
    assert refused(lambda: forward(connect, info, care)) == CONFLICT
    assert refused(lambda: forward(connect, info, info)) == INVALID
    assert refused(lambda: forward(connect, info, "nowhere")) == MISSING


def test_e_mails_begin_a_flow_that_other_reads_show_by_arns(connect: Any) -> None:
    id, main = make(connect), flow(connect)
    arn = described(connect, id)["EmailAddressArn"]
    leading = connect.describe_contact_flow(**HERE, ContactFlowId=main)["ContactFlow"]["Arn"]

    connect.associate_flow(**HERE, ResourceId=arn, FlowId=leading, **INBOUND)

    row = {"ResourceId": arn, "FlowId": leading, **INBOUND}
    one = connect.get_flow_association(**HERE, ResourceId=arn, **INBOUND)
    assert {name: one[name] for name in row} == row
    assert connect.batch_get_flow_association(**HERE, ResourceIds=[arn], **INBOUND)["FlowAssociationSummaryList"] == [
        row
    ]
    assert connect.list_flow_associations(**HERE)["FlowAssociationSummaryList"] == [row]
    voice = {"ResourceType": "VOICE_PHONE_NUMBER"}
    assert connect.list_flow_associations(**HERE, **voice)["FlowAssociationSummaryList"] == []


def test_a_flow_of_an_address_is_not_deleted_before_it_is_removed(connect: Any) -> None:
    id, main = make(connect), flow(connect)
    arn = described(connect, id)["EmailAddressArn"]
    connect.associate_flow(**HERE, ResourceId=arn, FlowId=main, **INBOUND)

    assert refused(lambda: connect.delete_contact_flow(**HERE, ContactFlowId=main))[0] == "InvalidRequestException"
    connect.disassociate_flow(**HERE, ResourceId=arn, **INBOUND)

    connect.delete_contact_flow(**HERE, ContactFlowId=main)
    assert refused(lambda: connect.get_flow_association(**HERE, ResourceId=arn, **INBOUND)) == MISSING
    assert refused(lambda: connect.disassociate_flow(**HERE, ResourceId=arn, **INBOUND)) == MISSING


def test_flows_of_other_resources_are_not_simulated(connect: Any) -> None:
    arn = described(connect, make(connect))["EmailAddressArn"]

    associate = lambda: connect.associate_flow(  # noqa: E731
        **HERE, ResourceId=arn, FlowId=flow(connect), ResourceType="OUTBOUND_EMAIL"
    )

    assert refused(associate) == INVALID


def test_the_address_of_a_queue_is_deleted_by_a_switch_alone(sandbox: Control, connect: Any) -> None:
    id = make(connect)
    queue = queue_of(connect, id)

    assert refused(lambda: connect.delete_email_address(**HERE, EmailAddressId=id)) == CONFLICT
    sandbox.set_faults({"switches": {"emailAddressInUse": "deleted"}})
    connect.delete_email_address(**HERE, EmailAddressId=id)

    assert found(connect) == []
    assert connect.list_queue_email_addresses(**HERE, QueueId=queue)["EmailAddressMetadataList"] == []
