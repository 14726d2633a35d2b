"""The IntegrationAssociation kind: a resource of another AWS service that the instance uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.service import Tagging
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing
from reconciler.kinds.words import Tagged
from reconciler.model import Linked, LocalOnly, Problem, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

TYPE, ARN = "integrationType", "integrationArn"
OF_EVENTS = ("sourceApplicationName", "sourceApplicationUrl", "sourceType")


class IntegrationAssociation(Tagged):
    """A resource of another service that the instance uses, such as an assistant or a domain of cases or e-mail."""

    name: Annotated[str, LocalOnly()] = Field(
        description="A name of your choice. AWS has no names of associations; a tag of the association keeps it.",
        examples=["assistant"],
    )
    integration_type: Literal[
        "EVENT",
        "VOICE_ID",
        "PINPOINT_APP",
        "WISDOM_ASSISTANT",
        "WISDOM_KNOWLEDGE_BASE",
        "WISDOM_QUICK_RESPONSES",
        "Q_MESSAGE_TEMPLATES",
        "CASES_DOMAIN",
        "APPLICATION",
        "FILE_SCANNER",
        "SES_IDENTITY",
        "ANALYTICS_CONNECTOR",
        "CALL_TRANSFER_CONNECTOR",
        "COGNITO_USER_POOL",
        "MESSAGE_PROCESSOR",
    ] = Field(
        description="The type of the integration.",
        json_schema_extra=meanings(
            EVENT="An event integration, whose events create tasks.",
            VOICE_ID="A domain of Voice ID.",
            PINPOINT_APP="An application of AWS End User Messaging, for text messages.",
            WISDOM_ASSISTANT="An assistant of Q in Connect.",
            WISDOM_KNOWLEDGE_BASE="A knowledge base of Q in Connect.",
            WISDOM_QUICK_RESPONSES="A knowledge base with the quick responses of agents.",
            Q_MESSAGE_TEMPLATES="A knowledge base with templates of messages.",
            CASES_DOMAIN="A domain of Amazon Connect Cases.",
            APPLICATION="An application of the agent workspace.",
            FILE_SCANNER="A function that scans attached files.",
            SES_IDENTITY="A domain of Amazon SES, for e-mail addresses.",
            ANALYTICS_CONNECTOR="A connector for the analytics of calls elsewhere.",
            CALL_TRANSFER_CONNECTOR="A connector for transfers to other voice systems.",
            COGNITO_USER_POOL="A pool of users of Amazon Cognito, for customers who sign in.",
            MESSAGE_PROCESSOR="A function that processes messages of chats.",
        ),
    )
    integration_arn: str = Field(
        min_length=1,
        pattern=r"^(.*\$\{.+\}.*|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:\S+)$",
        json_schema_extra=expecting("the ARN of the other resource, such as arn:aws:SERVICE:REGION:ACCOUNT:TYPE/ID"),
        description="The ARN of the other resource, or a reference such as ${QAssistant/NAME.arn}. To adopt an "
        "association, write the ARN itself.",
        examples=[
            "${QAssistant/contact-centre-prod.arn}",
            "arn:aws:wisdom:ca-central-1:111122223333:assistant/00000000-0000-4000-8000-000000000000",
        ],
    )
    source_application_url: str | None = Field(
        None,
        min_length=1,
        max_length=2000,
        description="The address of the application that sends events, in up to 2000 characters. EVENT needs it.",
        examples=["https://crm.example.com"],
    )
    source_application_name: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        pattern=r"^[a-zA-Z0-9_ -]+$",
        description="The name of the application that sends events, in up to 100 characters. EVENT needs it.",
        examples=["CRM"],
        json_schema_extra=expecting("a name of letters, digits, spaces, _ and -"),
    )
    source_type: Literal["SALESFORCE", "ZENDESK", "CASES"] | None = Field(
        None,
        description="The type of the application that sends events. EVENT needs it.",
        json_schema_extra=meanings(SALESFORCE="Salesforce.", ZENDESK="Zendesk.", CASES="Amazon Connect Cases."),
    )


class IntegrationAssociationKind(Kind[IntegrationAssociation]):
    spec = IntegrationAssociation
    service = CONNECT
    identity = Identity("IntegrationAssociationId", key="integration_arn", is_named_by_key=True)
    reading = Reading(
        search=Listing("ListIntegrationAssociations", "IntegrationAssociationSummaryList", {"MaxResults": 100}),
        describes_each=True,
    )
    writing = Writing(create="CreateIntegrationAssociation", delete="DeleteIntegrationAssociation")
    deletion = Deletion(
        breaks="until it is created again, flows and agents lose what it connects: Q in Connect, cases, events, file "
        "scans, voice connectors or an e-mail domain"
    )

    @property
    def tagging(self) -> Tagging:
        """How AWS tags an association: the list has no tags, and there is no description."""
        return replace(super().tagging, read="ListTagsForResource", answered="tags")

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        """Yields the fields that events need (service model, CreateIntegrationAssociation)."""
        if declared.get(TYPE) == "EVENT":
            for field in OF_EVENTS:
                if declared.get(field) is None:
                    yield Problem("error", (), f"an EVENT needs {field}; add it")

    def key_of(self, spec: IntegrationAssociation) -> str:
        key = f"{spec.integration_type} {spec.integration_arn}"
        return Linked(key) if isinstance(spec.integration_arn, Linked) else key

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (f"{members.get('IntegrationType', '')} {members.get('IntegrationArn', '')}",)

    def called(self, members: Mapping[str, Any]) -> str:
        """Returns the type, and what the ARN calls the other resource: WISDOM_ASSISTANT:ID."""
        resource = str(members.get("IntegrationArn", "")).split(":", 5)[-1]
        return f"{members.get('IntegrationType', '')}:{re.split('[:/]', resource, maxsplit=1)[-1]}"
