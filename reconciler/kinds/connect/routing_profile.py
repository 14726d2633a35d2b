"""Routing profile: which contacts an agent may take, how many at once, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.environment import Quotas
from reconciler.kinds.base import Kind
from reconciler.kinds.connect.words import LASTING, Channel, Lasting, Name, Tagged
from reconciler.kinds.tables import Gap, Listing, Members, Update
from reconciler.model import Each, Problem, RefTo, Spec, Unordered, WrittenRecords

PAGE = {"MaxResults": 100}


class CrossChannelBehavior(Spec):
    behavior_type: Literal["ROUTE_CURRENT_CHANNEL_ONLY", "ROUTE_ANY_CHANNEL"]


class CrossChannelWorkloadBehavior(Spec):
    channel_workload_behavior_type: Literal[
        "ROUTE_CURRENT_CHANNEL_CURRENT_WORKLOADTYPE_ONLY",
        "ROUTE_CURRENT_CHANNEL_ANY_WORKLOADTYPE_ONLY",
        "ROUTE_ANY_CHANNEL_ANY_WORKLOAD_TYPE",
    ]


class WorkloadTypeConcurrency(Spec):
    workload_type: str
    concurrency: int = Field(ge=1, le=10)
    cross_channel_workload_behavior: CrossChannelWorkloadBehavior | None = None


class MediaConcurrency(Spec):
    """How many contacts of a channel an agent may have at once."""

    channel: Channel
    concurrency: int = Field(ge=0, le=10, description="VOICE is one at a time.")
    cross_channel_behavior: CrossChannelBehavior | None = None
    workload_type_concurrencies: Annotated[Unordered[WorkloadTypeConcurrency], Each("workload_type")] = Field(
        (), max_length=5
    )


class QueueReference(Spec):
    queue: Annotated[str, RefTo("Queue")]
    channel: Channel


class QueueConfig(Spec):
    queue_reference: QueueReference
    priority: int = Field(ge=1, le=99, description="1 is served first.")
    delay: int = Field(ge=0, le=9999, description="Seconds that a contact must have waited.")


class ManualAssignmentQueueConfig(Spec):
    queue_reference: QueueReference


class RoutingProfile(Tagged):
    """Which contacts an agent may take."""

    name: Name
    description: Lasting = Field(description=LASTING)
    default_outbound_queue: Annotated[str, RefTo("Queue")]
    media_concurrencies: Annotated[Unordered[MediaConcurrency], Each("channel")]
    queue_configs: Annotated[Unordered[QueueConfig], Each("queue_reference")] = Field(
        (), max_length=50, description="The queues it is served from, channel by channel."
    )
    manual_assignment_queue_configs: Annotated[Unordered[ManualAssignmentQueueConfig], Each("queue_reference")] = Field(
        (), description="The queues whose contacts an agent may pick."
    )
    agent_availability_timer: Literal["TIME_SINCE_LAST_ACTIVITY", "TIME_SINCE_LAST_INBOUND"] = Field(
        "TIME_SINCE_LAST_ACTIVITY", description="What decides who has been idle longest."
    )


class RoutingProfileKind(Kind[RoutingProfile]):
    spec = RoutingProfile
    id_param = "RoutingProfileId"
    search = Listing("SearchRoutingProfiles", "RoutingProfiles", {"MaxResults": 500})
    lookup = Listing("ListRoutingProfiles", "RoutingProfileSummaryList", {"MaxResults": 1000})
    describe = ("DescribeRoutingProfile", "RoutingProfile")
    create = "CreateRoutingProfile"
    delete = "DeleteRoutingProfile"
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
        ),
    )
    gaps = (
        # What SearchRoutingProfiles does not fill, by its own documentation; of workload types it says nothing.
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

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return _channels(declared)


def _channels(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """One voice contact at a time, and none assigned by hand (API reference, CreateRoutingProfile)."""
    for at, media in enumerate(_mappings(declared.get("mediaConcurrencies"))):
        if media.get("channel") == "VOICE" and media.get("concurrency") not in (None, 1):
            yield Problem("error", ("mediaConcurrencies", at, "concurrency"), "an agent has one VOICE contact; write 1")
    for at, config in enumerate(_mappings(declared.get("manualAssignmentQueueConfigs"))):
        reference = config.get("queueReference")
        if isinstance(reference, Mapping) and reference.get("channel") == "VOICE":
            path = ("manualAssignmentQueueConfigs", at, "queueReference", "channel")
            yield Problem("error", path, "a VOICE contact can not be assigned by hand")


def _mappings(items: Any) -> list[Mapping[str, Any]]:
    return [item if isinstance(item, Mapping) else {} for item in items] if isinstance(items, list) else []
