"""The Queue kind: a queue in which contacts wait for an agent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.environment import Quotas
from reconciler.kinds.base import Kind
from reconciler.kinds.connect.queue_spec import Queue
from reconciler.kinds.verbs import Gap, Listing, Members, Update
from reconciler.model import Problem, WrittenRecords


class QueueKind(Kind[Queue]):
    spec = Queue
    id_param = "QueueId"
    search = Listing("SearchQueues", "Queues", {"MaxResults": 500})
    # Agent queues belong to users; only standard queues are declared.
    lookup = Listing("ListQueues", "QueueSummaryList", {"QueueTypes": ["STANDARD"], "MaxResults": 1000})
    describe = ("DescribeQueue", "Queue")
    create = "CreateQueue"
    delete = "DeleteQueue"
    irreversible = "past contact records will refer to a deleted queue"
    holds = frozenset({"hours_of_operation"})
    after = frozenset({"status"})
    late = frozenset({"quick_connects"})  # a quick connect may transfer back to its queue
    updates = (
        Update("UpdateQueueName", ("name", "description")),
        Update("UpdateQueueHoursOfOperation", ("hours_of_operation",)),
        Update("UpdateQueueMaxContacts", ("max_contacts",)),
        Update("UpdateQueueStatus", ("status",)),
        Update("UpdateQueueOutboundCallerConfig", ("outbound_caller_config",)),
        Update("UpdateQueueOutboundEmailConfig", ("outbound_email_config",)),
    )
    members = (
        Members(
            "quick_connects",
            add="AssociateQueueQuickConnects",
            remove="DisassociateQueueQuickConnects",
            batch=50,
            born=50,
        ),
        Members(
            "email_addresses",
            add="AssociateQueueEmailAddresses",
            remove="DisassociateQueueEmailAddresses",
            removed="EmailAddressesId",
            batch=50,
            born=50,
        ),
    )
    gaps = (
        Gap(("quick_connects",), Listing("ListQueueQuickConnects", "QuickConnectSummaryList", {"MaxResults": 100})),
        Gap(("email_addresses",), Listing("ListQueueEmailAddresses", "EmailAddressMetadataList", {"MaxResults": 100})),
    )

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        """Checks that the outbound address is listed. AWS lists it too (API reference, ListQueueEmailAddresses)."""
        outbound, listed = declared.get("outboundEmailConfig"), declared.get("emailAddresses")
        address = outbound.get("outboundEmailAddress") if isinstance(outbound, Mapping) else None
        if isinstance(address, str) and isinstance(listed, list) and address not in listed:
            message = f"the outbound address must also be in emailAddresses; add {address} there"
            yield Problem("error", ("outboundEmailConfig", "outboundEmailAddress"), message)

    def write_field(self, field: str, value: Any) -> Any:
        return [{"EmailAddressId": id} for id in value] if field == "email_addresses" else value
