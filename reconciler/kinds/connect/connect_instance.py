"""The ConnectInstance kind: the features of an instance. Creating or deleting one needs more than a manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Detail, Listing, Update, Wait
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Call, LocalOnly, Problem, Read, Ref, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

ALIAS = r"^(?!d-)([0-9a-zA-Z]+)([-]*[0-9a-zA-Z])*$"
_ALIAS = expecting("an alias: letters, digits and - between them, and no d- at its start")


class ConnectInstance(Tagged):
    """A Connect instance: how its users sign in, and which features it has."""

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=45,
            pattern=ALIAS,
            description="The alias of the instance, which is part of its web address. AWS cannot change it.",
            examples=["acme-prod"],
            json_schema_extra=_ALIAS,
        ),
        AwsName("InstanceAlias"),
    ]
    arn: Annotated[str | None, LocalOnly()] = Field(
        None,
        description="The ARN of the live instance to manage. By default the alias identifies it.",
        examples=["arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000"],
    )
    identity_management_type: Literal["SAML", "CONNECT_MANAGED", "EXISTING_DIRECTORY"] = Field(
        description="The place where users are managed. AWS cannot change it after creation.",
        json_schema_extra=meanings(
            SAML="Users sign in through an identity provider.",
            CONNECT_MANAGED="Amazon Connect keeps users and passwords.",
            EXISTING_DIRECTORY="Users come from an AWS directory.",
        ),
    )
    directory_id: str | None = Field(
        None,
        pattern=r"^d-[0-9a-f]{10}$",
        description="The directory of an EXISTING_DIRECTORY instance. AWS cannot change it after creation.",
        examples=["d-0123456789"],
        json_schema_extra=expecting("a directory's id such as d-0123456789"),
    )
    inbound_calls_enabled: bool = Field(description="Allows inbound calls.")
    outbound_calls_enabled: bool = Field(description="Allows agents to place outbound calls.")
    contactflow_logs: Annotated[bool | None, AwsName("CONTACTFLOW_LOGS")] = Field(
        None, description="Writes the logs of flows to CloudWatch."
    )
    contact_lens: Annotated[bool | None, AwsName("CONTACT_LENS")] = Field(
        None, description="Allows Contact Lens to analyse contacts."
    )
    auto_resolve_best_voices: Annotated[bool | None, AwsName("AUTO_RESOLVE_BEST_VOICES")] = Field(
        None, description="Uses the best available text-to-speech voice."
    )
    use_custom_tts_voices: Annotated[bool | None, AwsName("USE_CUSTOM_TTS_VOICES")] = Field(
        None, description="Uses custom text-to-speech voices. AWS must allow it for the account."
    )
    early_media: Annotated[bool | None, AwsName("EARLY_MEDIA")] = Field(
        None, description="Lets agents hear audio before an outbound call is answered, such as a busy tone."
    )
    multi_party_conference: Annotated[bool | None, AwsName("MULTI_PARTY_CONFERENCE")] = Field(
        None, description="Allows up to 6 parties in a call."
    )
    auto_mute_agent_on_hold: Annotated[bool | None, AwsName("AUTO_MUTE_AGENT_ON_HOLD")] = Field(
        None, description="Mutes the agent while the customer is on hold."
    )
    high_volume_outbound: Annotated[bool | None, AwsName("HIGH_VOLUME_OUTBOUND")] = Field(
        None, description="Allows outbound campaigns."
    )
    enhanced_contact_monitoring: Annotated[bool | None, AwsName("ENHANCED_CONTACT_MONITORING")] = Field(
        None, description="Allows supervisors to monitor calls and to barge in."
    )
    enhanced_chat_monitoring: Annotated[bool | None, AwsName("ENHANCED_CHAT_MONITORING")] = Field(
        None, description="Allows supervisors to monitor chats and to barge in."
    )
    multi_party_chat_conference: Annotated[bool | None, AwsName("MULTI_PARTY_CHAT_CONFERENCE")] = Field(
        None, description="Allows up to 6 parties in a chat."
    )
    message_streaming: Annotated[bool | None, AwsName("MESSAGE_STREAMING")] = Field(
        None, description="Shows the answers of a bot while it writes them. The bot's alias must allow it."
    )


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
CREATED_WITH = ("inbound_calls_enabled", "outbound_calls_enabled")
SET_AFTER_CREATE = frozenset(ATTRIBUTES.keys() - set(CREATED_WITH))


class ConnectInstanceKind(Kind[ConnectInstance]):
    spec = ConnectInstance
    service = CONNECT
    identity = Identity("InstanceId")
    reading = Reading(
        search=Listing("ListInstances", "InstanceSummaryList", {"MaxResults": 10}),
        describe=("DescribeInstance", "Instance"),
        details=(
            Detail(tuple(sorted(SET_AFTER_CREATE)), Listing("ListInstanceAttributes", "Attributes", {"MaxResults": 7})),
        ),
        describes_each=True,
        write_only=frozenset({"directory_id"}),
        own=Listing("DescribeInstance", "Instance"),
    )
    writing = Writing(
        create="CreateInstance",
        delete="DeleteInstance",
        updates=tuple(Update("UpdateInstanceAttribute", (field,)) for field in ATTRIBUTES),
        set_after_create=SET_AFTER_CREATE,
        wait=Wait("InstanceStatus", "ACTIVE", ("CREATION_FAILED",), ("StatusReason", "Message")),
    )
    deletion = Deletion(
        irreversible="its phone numbers are released, and its data is lost",
        needs_tombstone="AWS counts created and deleted instances: too many in 30 days lock the account for 30 days",
    )

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
        return self.call(update.operation, {**self.own(ref, spec), **attribute})

    def key_of(self, spec: ConnectInstance) -> str:
        return spec.arn or spec.name

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return str(members.get("InstanceAlias") or members["Id"]), str(members["Arn"])

    def detail_members(self, read: Read, items: list[Any]) -> Mapping[str, Any]:
        return {item["AttributeType"]: item["Value"] for item in items}

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> ConnectInstance:
        """Returns the spec. An instance with a directory may have no alias; it is called by its id."""
        return super().from_aws({"InstanceAlias": answer.get("Id"), **answer}, names, name)

    def read_field(self, field: str, value: Any) -> Any:
        return value == "true" if field in self.writing.set_after_create else value
