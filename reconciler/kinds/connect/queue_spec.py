"""The spec of a queue."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.connect.words import LASTING, Flow, Lasting, Name, Tagged
from reconciler.model import AwsName, Clearable, Each, RefTo, Spec, Unordered

QuickConnects = Annotated[Unordered[Annotated[str, RefTo("QuickConnect")]], AwsName("QuickConnectIds"), Each()]
EmailAddresses = Annotated[Unordered[Annotated[str, RefTo("EmailAddress")]], AwsName("EmailAddressesConfig"), Each()]


class OutboundCallerConfig(Spec):
    """What the other side of an outbound call sees and hears."""

    outbound_caller_id_name: str | None = Field(
        None, min_length=1, max_length=255, description="The name that is shown."
    )
    outbound_caller_id_number: Annotated[str | None, RefTo("PhoneNumber")] = Field(
        None, description="The number that is shown, in E.164; it must be claimed."
    )
    outbound_flow: Flow | None = None


class OutboundEmailConfig(Spec):
    """From where agents of this queue write."""

    outbound_email_address: Annotated[str | None, RefTo("EmailAddress")] = Field(
        None, description="The address; AWS lists it among the queue's own."
    )


class Queue(Tagged):
    """Where contacts wait; open during its hours of operation."""

    name: Name
    description: Lasting = Field("", description=LASTING)
    hours_of_operation: Annotated[str, RefTo("HoursOfOperation")] = Field(description="When it is open.")
    max_contacts: Annotated[int | None, Clearable()] = Field(
        None, ge=0, description="Most contacts that may wait; null: as many as the instance allows."
    )
    status: Literal["ENABLED", "DISABLED"] = Field("ENABLED", description="A disabled one takes no new contacts.")
    outbound_caller_config: OutboundCallerConfig = OutboundCallerConfig()
    outbound_email_config: OutboundEmailConfig = OutboundEmailConfig()
    quick_connects: QuickConnects = Field((), description="What agents of this queue may transfer to.")
    email_addresses: EmailAddresses = Field((), description="The addresses whose mail lands here.")
