"""The spec of an instance."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.connect.words import Tagged
from reconciler.kinds.draft7 import expecting
from reconciler.model import AwsName, LocalOnly

ALIAS = r"^(?!d-)([0-9a-zA-Z]+)([-]*[0-9a-zA-Z])*$"
_ALIAS = expecting("an alias: letters, digits and - between them, and no d- at its start")


class ConnectInstance(Tagged):
    """An instance: who may sign in to it, and what is switched on."""

    name: Annotated[
        str, Field(min_length=1, max_length=45, pattern=ALIAS, json_schema_extra=_ALIAS), AwsName("InstanceAlias")
    ]
    arn: Annotated[str | None, LocalOnly()] = Field(
        None, description="The live one that this is; unsaid: by its alias."
    )
    identity_management_type: Literal["SAML", "CONNECT_MANAGED", "EXISTING_DIRECTORY"] = Field(
        description="Who knows its users; it cannot change."
    )
    directory_id: str | None = Field(
        None,
        pattern=r"^d-[0-9a-f]{10}$",
        description="Of EXISTING_DIRECTORY; it cannot change.",
        json_schema_extra=expecting("a directory's id such as d-0123456789"),
    )
    inbound_calls_enabled: bool = Field(description="Whether calls come in.")
    outbound_calls_enabled: bool = Field(description="Whether agents may call out.")
    contactflow_logs: Annotated[bool | None, AwsName("CONTACTFLOW_LOGS")] = Field(
        None, description="Whether flows write logs."
    )
    contact_lens: Annotated[bool | None, AwsName("CONTACT_LENS")] = Field(
        None, description="Whether contacts may be analysed."
    )
    auto_resolve_best_voices: Annotated[bool | None, AwsName("AUTO_RESOLVE_BEST_VOICES")] = Field(
        None, description="Whether the best voice there is speaks."
    )
    use_custom_tts_voices: Annotated[bool | None, AwsName("USE_CUSTOM_TTS_VOICES")] = Field(
        None, description="Whether own voices speak; only accounts that AWS has let in."
    )
    early_media: Annotated[bool | None, AwsName("EARLY_MEDIA")] = Field(
        None, description="Whether an agent hears what comes before an outbound call is answered."
    )
    multi_party_conference: Annotated[bool | None, AwsName("MULTI_PARTY_CONFERENCE")] = Field(
        None, description="Whether a call may have up to six parties."
    )
    auto_mute_agent_on_hold: Annotated[bool | None, AwsName("AUTO_MUTE_AGENT_ON_HOLD")] = Field(
        None, description="Whether an agent is muted while the customer is on hold."
    )
    high_volume_outbound: Annotated[bool | None, AwsName("HIGH_VOLUME_OUTBOUND")] = Field(
        None, description="Whether campaigns may call out."
    )
    enhanced_contact_monitoring: Annotated[bool | None, AwsName("ENHANCED_CONTACT_MONITORING")] = Field(
        None, description="Whether supervisors may monitor and barge in."
    )
    enhanced_chat_monitoring: Annotated[bool | None, AwsName("ENHANCED_CHAT_MONITORING")] = Field(
        None, description="The same of chats."
    )
    multi_party_chat_conference: Annotated[bool | None, AwsName("MULTI_PARTY_CHAT_CONFERENCE")] = Field(
        None, description="Whether a chat may have up to six parties."
    )
    message_streaming: Annotated[bool | None, AwsName("MESSAGE_STREAMING")] = Field(
        None, description="Whether answers of a bot are shown as they are written."
    )
