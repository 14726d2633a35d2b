"""The spec of a queue."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.connect.words import LASTING_PURPOSE, Flow, Lasting, Name, Tagged
from reconciler.kinds.draft7 import meanings
from reconciler.model import AwsName, Clearable, Each, RefTo, Spec, Unordered

QuickConnects = Annotated[Unordered[Annotated[str, RefTo("QuickConnect")]], AwsName("QuickConnectIds"), Each()]
EmailAddresses = Annotated[Unordered[Annotated[str, RefTo("EmailAddress")]], AwsName("EmailAddressesConfig"), Each()]


class OutboundCallerConfig(Spec):
    """The caller's name, number and flow for outbound calls."""

    outbound_caller_id_name: str | None = Field(
        None,
        min_length=1,
        max_length=255,
        description="The name that the called party sees, in 1 to 255 characters.",
        examples=["Acme Support"],
    )
    outbound_caller_id_number: Annotated[str | None, RefTo("PhoneNumber")] = Field(
        None,
        description="The number that the called party sees, in E.164 format. The account must have claimed it.",
        examples=["+15550100123"],
    )
    outbound_flow: Flow | None = Field(
        None, description="The name of the whisper flow for outbound calls.", examples=["Outbound whisper"]
    )


class OutboundEmailConfig(Spec):
    """The sender of outbound e-mail."""

    outbound_email_address: Annotated[str | None, RefTo("EmailAddress")] = Field(
        None,
        description="The address that agents of this queue send from. It must also be in emailAddresses.",
        examples=["support@example.com"],
    )


class Queue(Tagged):
    """A queue in which contacts wait for an agent, open during its hours of operation."""

    name: Name = Field(description="The name of the queue.", examples=["Support"])
    description: Lasting = Field("", description=LASTING_PURPOSE)
    hours_of_operation: Annotated[str, RefTo("HoursOfOperation")] = Field(
        description="The name of the hours of operation in which the queue is open.", examples=["Weekdays"]
    )
    max_contacts: Annotated[int | None, Clearable()] = Field(
        None,
        ge=0,
        description="The most contacts that may wait before the queue is full. Null means the limit of the instance.",
        examples=[50],
    )
    status: Literal["ENABLED", "DISABLED"] = Field(
        "ENABLED",
        description="The state of the queue.",
        json_schema_extra=meanings(
            ENABLED="The queue accepts contacts.",
            DISABLED="The queue accepts no new contacts.",
        ),
    )
    outbound_caller_config: OutboundCallerConfig = OutboundCallerConfig()
    outbound_email_config: OutboundEmailConfig = OutboundEmailConfig()
    quick_connects: QuickConnects = Field(
        (), description="Names of the quick connects that agents of this queue see.", examples=[["Back office"]]
    )
    email_addresses: EmailAddresses = Field(
        (), description="The e-mail addresses whose mail comes to this queue.", examples=[["support@example.com"]]
    )
