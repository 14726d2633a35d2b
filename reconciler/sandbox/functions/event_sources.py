"""Mappings of event sources: states, refusals and defaults that moto lacks."""

from __future__ import annotations

from moto.awslambda.models import EventSourceMapping as MotoMapping
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult

from reconciler.sandbox import paging
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.functions.room import Answer, FunctionRoom, Params, Proceed, conflict, invalid
from reconciler.sandbox.functions.store import MappingFacts

PAGE = 100  # mappings [API reference: ListEventSourceMappings]
# What AWS answers of a stream that says nothing else [API reference: "default"; seen: terraform-provider-aws].
OF_STREAMS = {
    "MaximumBatchingWindowInSeconds": 0,
    "ParallelizationFactor": 1,
    "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": False,
    "MaximumRetryAttempts": -1,
    "TumblingWindowInSeconds": 0,
    "DestinationConfig": {"OnFailure": {}},
}
OF_QUEUES = {"MaximumBatchingWindowInSeconds": 0}
STREAMS_ONLY = {*OF_STREAMS, "StartingPosition"} - {"MaximumBatchingWindowInSeconds"}
QUEUES_ONLY = {"ScalingConfig", "ProvisionedPollerConfig"}
KEPT = ("ScalingConfig", "ProvisionedPollerConfig", "FilterCriteria", "MetricsConfig", "KMSKeyArn", "DestinationConfig")


class EventSources(FunctionRoom):
    def create_event_source_mapping(self, params: Params, proceed: Proceed) -> ActionResult:
        """Creates a mapping. AWS refuses a second one of a source and a function [seen: serverless, issue 1320]."""
        function = self.function(params["FunctionName"])
        source, arn = params.get("EventSourceArn", ""), function.function_arn
        for mapping in self._mappings():
            if (mapping.event_source_arn, mapping.function_arn) == (source, arn):
                raise conflict(
                    f'An event source mapping with {_service(source)} arn (" {source} ") and function (" '
                    f'{function.function_name} ") already exists. Please update or delete the existing mapping with '
                    f"UUID {mapping.uuid}"
                )
        self._check_members(params, source)
        if _is_stream(source) and not params.get("StartingPosition"):
            raise invalid("1 validation error detected: StartingPosition is required for streams.")  # [words inferred]
        mapping = self._made(params, arn)
        facts = self.store.mappings[mapping.uuid] = MappingFacts(until=self.settles_at())
        self._keep_members(mapping, facts, params)
        return ActionResult(self._mapping_answer(mapping))

    def update_event_source_mapping(self, params: Params, proceed: Proceed) -> ActionResult:
        mapping = self._mapping(params["UUID"])
        facts = self._facts(mapping)
        if self.world.accepted <= facts.until:
            message = f"Cannot update the event source mapping because it is in use: {facts.state}."
            raise Refused("ResourceInUseException", message)
        self._check_members(params, mapping.event_source_arn)
        self.backend.update_event_source_mapping(mapping.uuid, dict(params))
        self._keep_members(mapping, facts, params)
        facts.until, facts.state = self.settles_at(), "Updating"
        return ActionResult(self._mapping_answer(mapping))

    def delete_event_source_mapping(self, params: Params, proceed: Proceed) -> ActionResult:
        """Begins a deletion: the mapping is Deleting for a while [API reference]."""
        mapping = self._mapping(params["UUID"])
        facts = self._facts(mapping)
        if self.world.accepted <= facts.until:
            message = f"Cannot delete the event source mapping because it is in use: {facts.state}."
            raise Refused("ResourceInUseException", message)
        facts.until, facts.state = self.settles_at(), "Deleting"
        return ActionResult(self._mapping_answer(mapping))

    def get_event_source_mapping(self, params: Params, proceed: Proceed) -> ActionResult:
        return ActionResult(self._mapping_answer(self._mapping(params["UUID"])))

    def list_event_source_mappings(self, params: Params, proceed: Proceed) -> ActionResult:
        wanted = params.get("FunctionName")
        name = self.function(wanted).function_arn if wanted else None
        source = params.get("EventSourceArn")
        rows = [
            (mapping.uuid, self._mapping_answer(mapping))
            for mapping in self._mappings()
            if name in (None, mapping.function_arn) and source in (None, mapping.event_source_arn)
        ]
        fixed = {"FunctionName": wanted, "EventSourceArn": source}
        size = min(params.get("MaxItems") or PAGE, PAGE)
        token = {"NextToken": params.get("Marker")}
        listing = paging.open_listing("lambda:ListEventSourceMappings", token, fixed=fixed, size=size)
        page, rest = paging.cut(self.world, listing, rows)
        marker = {"NextMarker": rest["NextToken"]} if rest else {}
        return ActionResult({"EventSourceMappings": page, **marker})

    def _mappings(self) -> list[MotoMapping]:
        """Returns the mappings that are there, without those whose deletion is over."""
        known: dict[str, MotoMapping] = self.backend._event_source_mappings
        for uuid, facts in list(self.store.mappings.items()):
            if facts.state == "Deleting" and self.world.accepted > facts.until:
                self.store.mappings.pop(uuid)
                known.pop(uuid, None)
        return list(known.values())

    def _mapping(self, uuid: str) -> MotoMapping:
        mapping = next((mapping for mapping in self._mappings() if mapping.uuid == uuid), None)
        if mapping is None:
            raise Refused("ResourceNotFoundException", "The resource you requested does not exist.")
        return mapping

    def _facts(self, mapping: MotoMapping) -> MappingFacts:
        return self.store.mappings.setdefault(mapping.uuid, MappingFacts())

    def _made(self, params: Params, function: str) -> MotoMapping:
        try:
            return self.backend.create_event_source_mapping(dict(params))
        except JsonRESTError as refused:
            if "Invalid EventSourceArn" not in refused.message:
                raise
            if self.world.switches.missing_event_source == "refused":
                raise invalid(f"Error occurred while reading the event source {params['EventSourceArn']}.") from refused
        place = {"RegionName": self.backend.region_name, "AccountId": self.backend.account_id}
        mapping = MotoMapping({**params, **place, "FunctionArn": function})  # type: ignore[abstract]  # as moto does
        self.backend._event_source_mappings[mapping.uuid] = mapping
        return mapping

    def _check_members(self, params: Params, source: str) -> None:
        wrong = QUEUES_ONLY if _is_stream(source) else STREAMS_ONLY
        sent = sorted(name for name in wrong & params.keys() if params[name])
        if sent:
            raise invalid(f"Unsupported parameter for the event source: {', '.join(sent)}.")  # [words inferred]

    def _keep_members(self, mapping: MotoMapping, facts: MappingFacts, params: Params) -> None:
        for name in KEPT:
            if name in params:
                facts.members[name] = params[name]

    def _mapping_answer(self, mapping: MotoMapping) -> Answer:
        """Returns a mapping as AWS answers it: without tags, with defaults, with its state."""
        facts = self._facts(mapping)
        answer = {name: value for name, value in mapping.get_configuration().items() if name != "Tags"}
        answer |= {name: value for name, value in facts.members.items() if value not in ("", {}, {"Filters": []})}
        cleared = [name for name, value in facts.members.items() if value in ("", {}, {"Filters": []})]
        for name in cleared:
            answer.pop(name, None)
        is_stream = _is_stream(mapping.event_source_arn)
        answer = (OF_STREAMS if is_stream else OF_QUEUES) | answer
        if not is_stream:
            answer.pop("StartingPosition", None)
        if self.world.accepted <= facts.until:
            answer["State"] = facts.state
        return answer


def _service(arn: str) -> str:
    return arn.split(":")[2] if arn.count(":") > 2 else ""


def _is_stream(arn: str) -> bool:
    return _service(arn) in ("dynamodb", "kinesis")
