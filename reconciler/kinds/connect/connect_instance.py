"""The ConnectInstance kind: the features of an instance. Creating or deleting one needs more than a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.environment import Quotas
from reconciler.kinds.base import Kind
from reconciler.kinds.connect.connect_instance_spec import ConnectInstance
from reconciler.kinds.verbs import Gap, Listing, Settle, Update
from reconciler.model import Call, Problem, Ref, WrittenRecords

# Fields, with the type of attribute that UpdateInstanceAttribute sets. One call sets one attribute.
ATTRIBUTES = {
    "inbound_calls_enabled": "INBOUND_CALLS",
    "outbound_calls_enabled": "OUTBOUND_CALLS",
    "contactflow_logs": "CONTACTFLOW_LOGS",
    "contact_lens": "CONTACT_LENS",
    "auto_resolve_best_voices": "AUTO_RESOLVE_BEST_VOICES",
    "use_custom_tts_voices": "USE_CUSTOM_TTS_VOICES",
    "early_media": "EARLY_MEDIA",
    "multi_party_conference": "MULTI_PARTY_CONFERENCE",
    "auto_mute_agent_on_hold": "AUTO_MUTE_AGENT_ON_HOLD",
    "high_volume_outbound": "HIGH_VOLUME_OUTBOUND",
    "enhanced_contact_monitoring": "ENHANCED_CONTACT_MONITORING",
    "enhanced_chat_monitoring": "ENHANCED_CHAT_MONITORING",
    "multi_party_chat_conference": "MULTI_PARTY_CHAT_CONFERENCE",
    "message_streaming": "MESSAGE_STREAMING",
}
BORN = ("inbound_calls_enabled", "outbound_calls_enabled")


class ConnectInstanceKind(Kind[ConnectInstance]):
    spec = ConnectInstance
    id_param = "InstanceId"
    search = Listing("ListInstances", "InstanceSummaryList", {"MaxResults": 10})
    bare_search = True
    describe = ("DescribeInstance", "Instance")
    create = "CreateInstance"
    delete = "DeleteInstance"
    irreversible = "its phone numbers are released, and its data is lost"
    grave = "AWS counts created and deleted instances: too many in 30 days lock the account for 30 days"
    unanswered = frozenset({"directory_id"})
    after = frozenset(ATTRIBUTES.keys() - set(BORN))
    updates = tuple(Update("UpdateInstanceAttribute", (field,)) for field in ATTRIBUTES)
    gaps = (Gap(tuple(sorted(after)), Listing("ListInstanceAttributes", "Attributes", {"MaxResults": 7})),)
    settle = Settle("InstanceStatus", "ACTIVE", ("CREATION_FAILED",), ("StatusReason", "Message"))

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        with_directory = declared.get("identityManagementType") == "EXISTING_DIRECTORY"
        # Only create needs the directory, and no answer of AWS has it.
        if with_directory and declared.get("directoryId") is None and declared.get("arn") is None:
            yield Problem("error", ("identityManagementType",), "EXISTING_DIRECTORY needs a directoryId; add it")
        if not with_directory and declared.get("directoryId") is not None:
            yield Problem("error", ("directoryId",), "only EXISTING_DIRECTORY has a directory; delete it")

    def replace_call(self, ref: Ref, update: Update, spec: ConnectInstance) -> Call:
        (field,) = update.fields
        attribute = {"AttributeType": ATTRIBUTES[field], "Value": str(bool(getattr(spec, field))).lower()}
        return Call(self.service, update.operation, {**self.own(ref, spec), **attribute})

    def key_of(self, spec: ConnectInstance) -> str:
        return spec.arn or spec.name

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return str(members.get("InstanceAlias") or members["Id"]), str(members["Arn"])

    def detail_members(self, gap: Gap, items: list[Any]) -> Mapping[str, Any]:
        return {item["AttributeType"]: item["Value"] for item in items}

    def read_field(self, field: str, value: Any) -> Any:
        return value == "true" if field in self.after else value
