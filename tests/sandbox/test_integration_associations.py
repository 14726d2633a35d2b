"""Integration associations: created with their tags, listed without them, and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN

from .administrative import HERE
from .calls import DUPLICATE, INVALID_REQUEST, MISSING, refused

ARN = "arn:aws:wisdom:us-east-1:111122223333:assistant/00000000-0000-4000-8000-000000000001"
OF_CRM = {
    "IntegrationType": "EVENT",
    "IntegrationArn": "arn:aws:app-integrations:us-east-1:111122223333:event-integration/crm",
    "SourceApplicationUrl": "https://crm.example.com",
    "SourceApplicationName": "CRM",
    "SourceType": "SALESFORCE",
}


def make(client: Any, **members: Any) -> dict[str, Any]:
    given = members or {"IntegrationType": "WISDOM_ASSISTANT", "IntegrationArn": ARN}
    return dict(client.create_integration_association(**HERE, **given))


def listed(client: Any) -> list[dict[str, Any]]:
    return list(client.list_integration_associations(**HERE)["IntegrationAssociationSummaryList"])


def test_an_association_is_listed_with_its_members_and_without_its_tags(connect: Any) -> None:
    made = make(connect, **OF_CRM, Tags={"Team": "Care"})

    (row,) = listed(connect)

    id, arn = made["IntegrationAssociationId"], made["IntegrationAssociationArn"]
    assert arn == f"{INSTANCE_ARN}/integration-association/{id}"
    assert {name: row[name] for name in OF_CRM} == OF_CRM
    assert row["IntegrationAssociationId"] == id
    assert "Tags" not in row
    assert connect.list_tags_for_resource(resourceArn=arn)["tags"] == {"Team": "Care"}


def test_tags_of_an_association_change(connect: Any) -> None:
    arn = make(connect)["IntegrationAssociationArn"]

    connect.tag_resource(resourceArn=arn, tags={"Team": "Care", "Cost": "42"})
    connect.untag_resource(resourceArn=arn, tagKeys=["Team"])

    assert connect.list_tags_for_resource(resourceArn=arn)["tags"] == {"Cost": "42"}


def test_a_resource_has_one_association_of_a_type(connect: Any) -> None:
    make(connect)

    assert refused(lambda: make(connect)) == DUPLICATE
    assert make(connect, IntegrationType="WISDOM_KNOWLEDGE_BASE", IntegrationArn=ARN)


@pytest.mark.parametrize("missing", ["SourceApplicationUrl", "SourceApplicationName", "SourceType"])
def test_an_association_of_events_needs_its_application(connect: Any, missing: str) -> None:
    given = {name: value for name, value in OF_CRM.items() if name != missing}

    assert refused(lambda: make(connect, **given)) == INVALID_REQUEST


def test_an_association_is_of_an_arn(connect: Any) -> None:
    create = lambda: make(connect, IntegrationType="CASES_DOMAIN", IntegrationArn="cases")  # noqa: E731

    assert refused(create) == INVALID_REQUEST


def test_a_deleted_association_is_nowhere(connect: Any) -> None:
    made = make(connect)
    gone = {"IntegrationAssociationId": made["IntegrationAssociationId"]}

    connect.delete_integration_association(**HERE, **gone)

    assert listed(connect) == []
    assert refused(lambda: connect.delete_integration_association(**HERE, **gone)) == MISSING
    tags = lambda: connect.list_tags_for_resource(resourceArn=made["IntegrationAssociationArn"])  # noqa: E731
    assert refused(tags) == MISSING
