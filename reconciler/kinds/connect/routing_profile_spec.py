"""The spec of a routing profile."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.connect.words import LASTING_PURPOSE, Channel, Lasting, Name, QueueName, Tagged
from reconciler.kinds.draft7 import meanings
from reconciler.model import Each, Spec, Unordered


class CrossChannelBehavior(Spec):
    """The contacts that AWS offers to an agent who already has a contact of this channel."""

    behavior_type: Literal["ROUTE_CURRENT_CHANNEL_ONLY", "ROUTE_ANY_CHANNEL"] = Field(
        description="The channels of further contacts.",
        json_schema_extra=meanings(
            ROUTE_CURRENT_CHANNEL_ONLY="Only contacts of the same channel.",
            ROUTE_ANY_CHANNEL="Contacts of any channel.",
        ),
    )


class CrossChannelWorkloadBehavior(Spec):
    """The contacts that AWS offers to an agent who already has a contact of this workload type."""

    channel_workload_behavior_type: Literal[
        "ROUTE_CURRENT_CHANNEL_CURRENT_WORKLOADTYPE_ONLY",
        "ROUTE_CURRENT_CHANNEL_ANY_WORKLOADTYPE_ONLY",
        "ROUTE_ANY_CHANNEL_ANY_WORKLOAD_TYPE",
    ] = Field(
        description="The channels and workload types of further contacts.",
        json_schema_extra=meanings(
            ROUTE_CURRENT_CHANNEL_CURRENT_WORKLOADTYPE_ONLY="Only the same channel and workload type.",
            ROUTE_CURRENT_CHANNEL_ANY_WORKLOADTYPE_ONLY="Only the same channel, any workload type.",
            ROUTE_ANY_CHANNEL_ANY_WORKLOAD_TYPE="Any channel and any workload type.",
        ),
    )


class WorkloadTypeConcurrency(Spec):
    """The number of contacts of one workload type that an agent can have at once."""

    workload_type: str = Field(description="The workload type.", examples=["Billing"])
    concurrency: int = Field(
        ge=1,
        le=10,
        description="The most contacts of this type at once, from 1 to 10. VOICE allows only 1.",
        examples=[2],
    )
    cross_channel_workload_behavior: CrossChannelWorkloadBehavior | None = None


class MediaConcurrency(Spec):
    """The number of contacts of one channel that an agent can have at once."""

    channel: Channel
    concurrency: int = Field(
        ge=0,
        le=10,
        description="The most contacts of this channel at once, from 1 to 10. VOICE allows only 1. 0 is for channels "
        "with workloadTypeConcurrencies.",
        examples=[1],
    )
    cross_channel_behavior: CrossChannelBehavior | None = None
    workload_type_concurrencies: Annotated[Unordered[WorkloadTypeConcurrency], Each("workload_type")] = Field(
        (), max_length=5, description="The most contacts by workload type, for up to 5 types."
    )


class QueueReference(Spec):
    """A queue and one of its channels."""

    queue: QueueName
    channel: Channel


class RoutedQueue(Spec):
    """A queue that agents of the profile serve, in one channel."""

    queue_reference: QueueReference
    priority: int = Field(
        ge=1,
        le=99,
        description="The order in which AWS serves the queues, from 1 to 99. Queues with 1 come first.",
        examples=[1],
    )
    delay: int = Field(
        ge=0,
        le=9999,
        description="The seconds that a contact must wait before it is offered, from 0 to 9999.",
        examples=[0],
    )


class ManualAssignmentQueueConfig(Spec):
    """A queue whose contacts agents can pick themselves, in one channel."""

    queue_reference: QueueReference


QueueConfigs = Annotated[Unordered[RoutedQueue], Each("queue_reference")]
ManualConfigs = Annotated[Unordered[ManualAssignmentQueueConfig], Each("queue_reference")]


class RoutingProfile(Tagged):
    """The queues and channels that an agent serves."""

    name: Name = Field(description="The name of the routing profile.", examples=["Support agents"])
    description: Lasting = Field(description=LASTING_PURPOSE)
    default_outbound_queue: QueueName = Field(
        description="The name of the queue that outbound calls are placed from.", examples=["Support"]
    )
    media_concurrencies: Annotated[Unordered[MediaConcurrency], Each("channel")] = Field(
        description="The channels that agents serve. A channel that is left out is closed to them."
    )
    queue_configs: QueueConfigs = Field(
        (),
        description="The queues that agents serve, up to 50 pairs of queue and channel. Without one, agents can only "
        "place calls.",
    )
    manual_assignment_queue_configs: ManualConfigs = Field(
        (), description="The queues whose contacts agents can pick themselves, up to 50 pairs of queue and channel."
    )
    agent_availability_timer: Literal["TIME_SINCE_LAST_ACTIVITY", "TIME_SINCE_LAST_INBOUND"] = Field(
        "TIME_SINCE_LAST_ACTIVITY",
        description="The time that decides which idle agent gets the next contact.",
        json_schema_extra=meanings(
            TIME_SINCE_LAST_ACTIVITY="Time since the agent's last activity of any kind.",
            TIME_SINCE_LAST_INBOUND="Time since the agent's last inbound contact.",
        ),
    )
