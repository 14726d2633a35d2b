"""The spec of a routing profile."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.connect.words import LASTING, Channel, Lasting, Name, QueueName, Tagged
from reconciler.model import Each, Spec, Unordered


class CrossChannelBehavior(Spec):
    """What may come while an agent has a contact of this channel."""

    behavior_type: Literal["ROUTE_CURRENT_CHANNEL_ONLY", "ROUTE_ANY_CHANNEL"] = Field(
        description="Contacts of the same channel alone, or of any."
    )


class CrossChannelWorkloadBehavior(Spec):
    """What may come while an agent has a contact of this type of work."""

    channel_workload_behavior_type: Literal[
        "ROUTE_CURRENT_CHANNEL_CURRENT_WORKLOADTYPE_ONLY",
        "ROUTE_CURRENT_CHANNEL_ANY_WORKLOADTYPE_ONLY",
        "ROUTE_ANY_CHANNEL_ANY_WORKLOAD_TYPE",
    ] = Field(description="How far it keeps others away.")


class WorkloadTypeConcurrency(Spec):
    """How many contacts of one type of work an agent may have at once."""

    workload_type: str = Field(description="The type of work.")
    concurrency: int = Field(ge=1, le=10, description="How many at once.")
    cross_channel_workload_behavior: CrossChannelWorkloadBehavior | None = None


class MediaConcurrency(Spec):
    """How many contacts of a channel an agent may have at once."""

    channel: Channel
    concurrency: int = Field(ge=0, le=10, description="How many at once; VOICE is one at a time.")
    cross_channel_behavior: CrossChannelBehavior | None = None
    workload_type_concurrencies: Annotated[Unordered[WorkloadTypeConcurrency], Each("workload_type")] = Field(
        (), max_length=5, description="How many of each type of work."
    )


class QueueReference(Spec):
    """A queue in one of its channels."""

    queue: QueueName = Field(description="The queue, by its name.")
    channel: Channel


class QueueConfig(Spec):
    """A queue that the profile's agents serve, in one channel."""

    queue_reference: QueueReference
    priority: int = Field(ge=1, le=99, description="1 is served first.")
    delay: int = Field(ge=0, le=9999, description="Seconds that a contact must have waited.")


class ManualAssignmentQueueConfig(Spec):
    """A queue whose contacts an agent may pick, in one channel."""

    queue_reference: QueueReference


QueueConfigs = Annotated[Unordered[QueueConfig], Each("queue_reference")]
ManualConfigs = Annotated[Unordered[ManualAssignmentQueueConfig], Each("queue_reference")]


class RoutingProfile(Tagged):
    """Which contacts an agent may take."""

    name: Name
    description: Lasting = Field(description=LASTING)
    default_outbound_queue: QueueName = Field(description="The queue of outbound calls.")
    media_concurrencies: Annotated[Unordered[MediaConcurrency], Each("channel")] = Field(
        description="The channels, and how many contacts of each at once."
    )
    queue_configs: QueueConfigs = Field((), description="The queues that are served, channel by channel.")
    manual_assignment_queue_configs: ManualConfigs = Field(
        (), description="The queues whose contacts an agent may pick."
    )
    agent_availability_timer: Literal["TIME_SINCE_LAST_ACTIVITY", "TIME_SINCE_LAST_INBOUND"] = Field(
        "TIME_SINCE_LAST_ACTIVITY", description="What decides who has been idle longest."
    )
