"""The Queue kind: a queue in which contacts wait for an agent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.words import LASTING_PURPOSE, Flow, Lasting, Name
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Detail, Listing, Set, Update
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Clearable, Each, Problem, RefTo, Spec, Unordered, WrittenRecords
from reconciler.model.environment import Quota, Quotas
from reconciler.model.spec import meanings

QuickConnects = Annotated[Unordered[Annotated[str, RefTo("QuickConnect")]], AwsName("QuickConnectIds"), Each()]
EmailAddresses = Annotated[
    Unordered[Annotated[str, RefTo("EmailAddress", undeclared=True)]], AwsName("EmailAddressesConfig"), Each()
]


class OutboundCallerConfig(Spec):
    """The caller's name, number and flow for outbound calls."""

    outbound_caller_id_name: str | None = Field(
        None,
        min_length=1,
        max_length=255,
        description="The name that the called party sees, in 1 to 255 characters.",
        examples=["Acme Support"],
    )
    outbound_caller_id_number: Annotated[str | None, RefTo("PhoneNumber", undeclared=True)] = Field(
        None,
        description="The number that the called party sees: the name of a PhoneNumber, or a number in E.164 format.",
        examples=["main-line", "+15550100123"],
    )
    outbound_flow: Flow | None = Field(
        None, description="The name of the whisper flow for outbound calls.", examples=["Outbound whisper"]
    )


class OutboundEmailConfig(Spec):
    """The sender of outbound e-mail."""

    outbound_email_address: Annotated[str | None, RefTo("EmailAddress", undeclared=True)] = Field(
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


class QueueKind(Kind[Queue]):
    spec = Queue
    service = CONNECT
    identity = Identity("QueueId")
    reading = Reading(
        search=Listing("SearchQueues", "Queues", {"MaxResults": 500}),
        # Agent queues belong to users; only standard queues are declared.
        lookup=Listing("ListQueues", "QueueSummaryList", {"QueueTypes": ["STANDARD"], "MaxResults": 1000}),
        describe=("DescribeQueue", "Queue"),
        details=(
            Detail(
                ("quick_connects",), Listing("ListQueueQuickConnects", "QuickConnectSummaryList", {"MaxResults": 100})
            ),
            Detail(
                ("email_addresses",),
                Listing("ListQueueEmailAddresses", "EmailAddressMetadataList", {"MaxResults": 100}),
            ),
        ),
    )
    writing = Writing(
        create="CreateQueue",
        delete="DeleteQueue",
        updates=(
            Update("UpdateQueueName", ("name", "description")),
            Update("UpdateQueueHoursOfOperation", ("hours_of_operation",)),
            Update("UpdateQueueMaxContacts", ("max_contacts",)),
            Update("UpdateQueueStatus", ("status",)),
            Update("UpdateQueueOutboundCallerConfig", ("outbound_caller_config",)),
            Update("UpdateQueueOutboundEmailConfig", ("outbound_email_config",)),
        ),
        sets=(
            Set(
                "quick_connects",
                add="AssociateQueueQuickConnects",
                remove="DisassociateQueueQuickConnects",
                batch=50,
                born=50,
            ),
            Set(
                "email_addresses",
                add="AssociateQueueEmailAddresses",
                remove="DisassociateQueueEmailAddresses",
                removed="EmailAddressesId",
                batch=50,
                born=50,
            ),
        ),
        set_after_create=frozenset({"status"}),
        deferred=frozenset({"quick_connects"}),
    )
    ordering = Ordering(keeps_alive=frozenset({"hours_of_operation", "outbound_email_config", "email_addresses"}))
    deletion = Deletion(irreversible="past contact records will refer to a deleted queue")
    quotas = (Quota("queue", "instance", service="connect", code="L-19A87C94"),)

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        """Checks that the outbound address is listed. AWS lists it too (API reference, ListQueueEmailAddresses)."""
        outbound, listed = declared.get("outboundEmailConfig"), declared.get("emailAddresses")
        address = outbound.get("outboundEmailAddress") if isinstance(outbound, Mapping) else None
        if isinstance(address, str) and isinstance(listed, list) and address not in listed:
            message = f"the outbound address must also be in emailAddresses; add {address} there"
            yield Problem("error", ("outboundEmailConfig", "outboundEmailAddress"), message)

    def write_field(self, field: str, value: Any) -> Any:
        return [{"EmailAddressId": id} for id in value] if field == "email_addresses" else value
