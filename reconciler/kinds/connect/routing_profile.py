"""The RoutingProfile kind: which contacts agents get, how many at once, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.words import LASTING_PURPOSE, Channel, Lasting, Name, QueueName
from reconciler.kinds.groups import Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Detail, Listing, Set, Update
from reconciler.kinds.words import Tagged
from reconciler.model import Each, Problem, Spec, Unordered, WrittenRecords
from reconciler.model.environment import Quota, Quotas
from reconciler.model.spec import meanings


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


CHANNELS = ("VOICE", "CHAT", "TASK", "EMAIL")
PAIRS = ("queueConfigs", "manualAssignmentQueueConfigs")


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    media = _maps(declared.get("mediaConcurrencies"))
    for at, item in media.items():
        yield from _contacts(item, ("mediaConcurrencies", at, "concurrency"))
    opened = [item.get("channel") for item in media.values()]
    if not isinstance(declared.get("mediaConcurrencies"), list) or not all(channel in CHANNELS for channel in opened):
        return  # a misspelt channel may be the one that a queue needs
    for field in PAIRS:
        for at, config in _maps(declared.get(field)).items():
            reference = config.get("queueReference")
            channel = reference.get("channel") if isinstance(reference, Mapping) else None
            if channel in CHANNELS and channel not in opened:
                message = (
                    f"mediaConcurrencies has no {channel}, so no agent could serve it; add it, or remove this queue"
                )
                yield Problem("error", (field, at, "queueReference", "channel"), message)


def _contacts(media: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Problem]:
    """Checks the number of contacts: 1 for VOICE, 1 to 10 for others. Source: API reference, MediaConcurrency."""
    count = media.get("concurrency")
    if media.get("channel") == "VOICE" and count not in (None, 1):
        yield Problem("error", path, "an agent can have only one VOICE contact; write 1")
    elif count == 0 and not media.get("workloadTypeConcurrencies"):
        yield Problem("error", path, "0 opens no channel; write 1 to 10, or leave the channel out")


def _maps(items: Any) -> dict[int, Mapping[str, Any]]:
    """Returns the items that are maps, by their positions."""
    return {at: it for at, it in enumerate(items if isinstance(items, list) else ()) if isinstance(it, Mapping)}


PAGE = {"MaxResults": 100}


class RoutingProfileKind(Kind[RoutingProfile]):
    spec = RoutingProfile
    service = CONNECT
    identity = Identity("RoutingProfileId")
    reading = Reading(
        search=Listing("SearchRoutingProfiles", "RoutingProfiles", {"MaxResults": 500}),
        lookup=Listing("ListRoutingProfiles", "RoutingProfileSummaryList", {"MaxResults": 1000}),
        describe=("DescribeRoutingProfile", "RoutingProfile"),
        details=(
            # SearchRoutingProfiles leaves these out. Its documentation says so, but not for workload types.
            Detail(
                (
                    "agent_availability_timer",
                    "media_concurrencies.cross_channel_behavior",
                    "media_concurrencies.workload_type_concurrencies",
                )
            ),
            Detail(
                ("queue_configs",), Listing("ListRoutingProfileQueues", "RoutingProfileQueueConfigSummaryList", PAGE)
            ),
            Detail(
                ("manual_assignment_queue_configs",),
                Listing(
                    "ListRoutingProfileManualAssignmentQueues",
                    "RoutingProfileManualAssignmentQueueConfigSummaryList",
                    PAGE,
                ),
            ),
        ),
    )
    writing = Writing(
        create="CreateRoutingProfile",
        delete="DeleteRoutingProfile",
        updates=(
            Update("UpdateRoutingProfileName", ("name", "description")),
            Update("UpdateRoutingProfileDefaultOutboundQueue", ("default_outbound_queue",)),
            Update("UpdateRoutingProfileConcurrency", ("media_concurrencies",)),
            Update("UpdateRoutingProfileAgentAvailabilityTimer", ("agent_availability_timer",)),
        ),
        sets=(
            Set(
                "queue_configs",
                add="AssociateRoutingProfileQueues",
                change="UpdateRoutingProfileQueues",
                remove="DisassociateRoutingProfileQueues",
                removed="QueueReferences",
                batch=10,
                born=10,
                most=50,
            ),
            Set(
                "manual_assignment_queue_configs",
                add="AssociateRoutingProfileQueues",
                remove="DisassociateRoutingProfileQueues",
                removed="ManualAssignmentQueueReferences",
                batch=10,
                born=10,
                most=50,
            ),
        ),
    )
    ordering = Ordering(
        keeps_alive=frozenset({"default_outbound_queue", "queue_configs", "manual_assignment_queue_configs"})
    )
    quotas = (Quota("routing profile", "instance", service="connect", code="L-D3E7BE26"),)

    def read_field(self, field: str, value: Any) -> Any:
        if field not in ("queue_configs", "manual_assignment_queue_configs"):
            return value
        return [{**pair, "QueueReference": {key: pair[key] for key in ("QueueId", "Channel")}} for pair in value]

    def lasting(self, members: Mapping[str, Any]) -> str:
        return "it is the default of the instance, which AWS keeps" if members.get("IsDefault") else ""

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return problems(declared)
