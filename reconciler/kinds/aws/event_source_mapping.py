"""Mappings of event sources: AWS Lambda reads a queue or a stream, and calls a function with batches of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from reconciler.kinds.aws.event_source_spec import EventSourceMapping, mapping_problems, source_of
from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.service import Tagging
from reconciler.kinds.services import LAMBDA
from reconciler.kinds.verbs import Listing, Update, Wait
from reconciler.kinds.words import function_name
from reconciler.model import Call, Does, Problem, Ref, WrittenRecords
from reconciler.model.environment import Quotas

_KAFKA = "brokers of Kafka are declared with other tools"
_BROKERS = "brokers of messages are declared with other tools"
_DATABASES = "changes of Amazon DocumentDB are declared with other tools"
UNMANAGED = MappingProxyType(
    {
        "AmazonManagedKafkaEventSourceConfig": _KAFKA,
        "SelfManagedEventSource": _KAFKA,
        "SelfManagedKafkaEventSourceConfig": _KAFKA,
        "Topics": _KAFKA,
        "LoggingConfig": _KAFKA,
        "Queues": _BROKERS,
        "SourceAccessConfigurations": _BROKERS,
        "DocumentDBEventSourceConfig": _DATABASES,
        "DestinationConfig.OnSuccess.Destination": "AWS sends no record of a batch that succeeded",
        "StartingPositionTimestamp": "a recreated mapping would read the same records once more",
    }
)
# The value with which an update clears what it would otherwise keep. An empty destination is a valid one (service
# model, pattern of DestinationArn); "to remove it, pass an empty ScalingConfig" is in the developer guide of queues.
CLEARED: Mapping[str, tuple[str, Any]] = MappingProxyType(
    {
        "filter_criteria": ("FilterCriteria", {"Filters": []}),
        "destination_config": ("DestinationConfig", {"OnFailure": {"Destination": ""}}),
        "scaling_config": ("ScalingConfig", {}),
        "metrics_config": ("MetricsConfig", {"Metrics": []}),
        "provisioned_poller_config": ("ProvisionedPollerConfig", {}),
        "kms_key_arn": ("KMSKeyArn", ""),
    }
)
_FIXED = frozenset({"name", "event_source_arn", "starting_position", "tags"})


class EventSourceMappingKind(Kind[EventSourceMapping]):
    spec = EventSourceMapping
    service = LAMBDA
    identity = Identity("UUID", key="event_source_arn", is_named_by_key=True)
    reading = Reading(
        search=Listing("ListEventSourceMappings", "EventSourceMappings", {"MaxItems": 100}),
        describe=("GetEventSourceMapping", ""),
        describes_each=True,
        index="lambda:event-source-mapping",
    )
    writing = Writing(
        create="CreateEventSourceMapping",
        delete="DeleteEventSourceMapping",
        # Such as 10 records of a queue, and 100 of a stream.
        filled=frozenset(name for name, it in EventSourceMapping.model_fields.items() if it.default is None),
        updates=(
            Update("UpdateEventSourceMapping", tuple(f for f in EventSourceMapping.model_fields if f not in _FIXED)),
        ),
        wait=Wait(
            *("State", "Enabled"),
            reason=("StateTransitionReason",),
            after=frozenset({Does.CREATE, Does.UPDATE, Does.DELETE}),
            also_done=("Disabled",),
        ),
    )
    deletion = Deletion(breaks="records wait, and a new mapping of a stream begins at its starting position")
    unmanaged = UNMANAGED

    @property
    def tagging(self) -> Tagging:
        """How AWS tags a mapping: no other answer has its tags."""
        return replace(super().tagging, read="ListTags", answered="Tags")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        id = members.get("UUID") or members.get("Id") or ""
        return str(id), str(members.get("EventSourceMappingArn") or members.get("Arn") or "")

    def id_within(self, arn: str) -> str:
        return arn.rpartition(":event-source-mapping:")[2] if ":event-source-mapping:" in arn else ""

    def key_of(self, spec: EventSourceMapping) -> str:
        """Returns the key: AWS refuses a second mapping of a function and a source."""
        return f"{function_name(spec.function_name)} {source_of(spec.event_source_arn)}"

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        function, source = (str(members.get(name, "")) for name in ("FunctionArn", "EventSourceArn"))
        return (f"{function_name(function)} {source_of(source)}",)

    def called(self, members: Mapping[str, Any]) -> str:
        return self.keys_of(members)[0].replace(" ", ":")

    def read_field(self, field: str, value: Any) -> Any:
        match field:
            case "enabled":
                return value not in ("Disabled", "Disabling")
            case "starting_position":
                return None if value == "AT_TIMESTAMP" else value
            case "destination_config":
                return value if value.get("OnFailure", {}).get("Destination") else None
            case "filter_criteria":
                return value if value.get("Filters") else None
            case "metrics_config":
                return value if value.get("Metrics") else None
            case "scaling_config" | "provisioned_poller_config":
                return value or None
        return value

    def replace_call(self, ref: Ref, update: Update, spec: EventSourceMapping) -> Call:
        """Returns the update, which clears fields that the manifest clears. AWS refuses others for some sources."""
        call = super().replace_call(ref, update, spec)
        cleared = [CLEARED[f] for f in CLEARED if f in spec.model_fields_set and getattr(spec, f) is None]
        return self.call(call.operation, {**dict(cleared), **call.params})

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return mapping_problems(declared)
