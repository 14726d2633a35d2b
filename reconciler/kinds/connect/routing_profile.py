"""The RoutingProfile kind: which contacts agents get, how many at once, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.environment import Quotas
from reconciler.kinds.base import Kind
from reconciler.kinds.connect import routing_profile_rules
from reconciler.kinds.connect.routing_profile_spec import RoutingProfile
from reconciler.kinds.verbs import Gap, Listing, Members, Update
from reconciler.model import Problem, WrittenRecords

PAGE = {"MaxResults": 100}


class RoutingProfileKind(Kind[RoutingProfile]):
    spec = RoutingProfile
    id_param = "RoutingProfileId"
    search = Listing("SearchRoutingProfiles", "RoutingProfiles", {"MaxResults": 500})
    lookup = Listing("ListRoutingProfiles", "RoutingProfileSummaryList", {"MaxResults": 1000})
    describe = ("DescribeRoutingProfile", "RoutingProfile")
    create = "CreateRoutingProfile"
    delete = "DeleteRoutingProfile"
    holds = frozenset({"default_outbound_queue", "queue_configs", "manual_assignment_queue_configs"})
    updates = (
        Update("UpdateRoutingProfileName", ("name", "description")),
        Update("UpdateRoutingProfileDefaultOutboundQueue", ("default_outbound_queue",)),
        Update("UpdateRoutingProfileConcurrency", ("media_concurrencies",)),
        Update("UpdateRoutingProfileAgentAvailabilityTimer", ("agent_availability_timer",)),
    )
    members = (
        Members(
            "queue_configs",
            add="AssociateRoutingProfileQueues",
            change="UpdateRoutingProfileQueues",
            remove="DisassociateRoutingProfileQueues",
            removed="QueueReferences",
            batch=10,
            born=10,
            most=50,
        ),
        Members(
            "manual_assignment_queue_configs",
            add="AssociateRoutingProfileQueues",
            remove="DisassociateRoutingProfileQueues",
            removed="ManualAssignmentQueueReferences",
            batch=10,
            born=10,
            most=50,
        ),
    )
    gaps = (
        # SearchRoutingProfiles leaves these out. Its documentation says so, but not for workload types.
        Gap(
            (
                "agent_availability_timer",
                "media_concurrencies.cross_channel_behavior",
                "media_concurrencies.workload_type_concurrencies",
            )
        ),
        Gap(("queue_configs",), Listing("ListRoutingProfileQueues", "RoutingProfileQueueConfigSummaryList", PAGE)),
        Gap(
            ("manual_assignment_queue_configs",),
            Listing(
                "ListRoutingProfileManualAssignmentQueues", "RoutingProfileManualAssignmentQueueConfigSummaryList", PAGE
            ),
        ),
    )

    def read_field(self, field: str, value: Any) -> Any:
        if field not in ("queue_configs", "manual_assignment_queue_configs"):
            return value
        return [{**pair, "QueueReference": {key: pair[key] for key in ("QueueId", "Channel")}} for pair in value]

    def lasting(self, members: Mapping[str, Any]) -> str:
        return "it is the default of the instance, which AWS keeps" if members.get("IsDefault") else ""

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return routing_profile_rules.problems(declared)
