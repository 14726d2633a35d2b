"""The structures of a user: identity, proficiencies, and settings of the phone and of each channel."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import ConfigDict, Field, model_validator

from reconciler.kinds.connect.words import Channel, PhoneNumber
from reconciler.model import Clearable, RefTo, Spec
from reconciler.model.spec import meanings

S = TypeVar("S", bound=Spec)

LONGEST_WORK = 2_000_000  # seconds, 24 days; source: service model, AfterContactWorkTimeLimit

Voice = Annotated[Literal["VOICE"], Field(description="The channel, which is always VOICE.")]
PhoneType = Annotated[
    Literal["SOFT_PHONE", "DESK_PHONE"],
    Field(
        description="The phone that the agent talks with.",
        json_schema_extra=meanings(
            SOFT_PHONE="The softphone in the agent's browser.",
            DESK_PHONE="A phone on the agent's desk.",
        ),
    ),
]
DeskNumber = Annotated[
    PhoneNumber | None,
    Field(description="The number of the desk phone, in E.164 format. Only DESK_PHONE has one."),
]


class IdentityInfo(Spec):
    """The person. Fields that a manifest leaves out stay as they are."""

    first_name: str | None = Field(
        None,
        max_length=255,
        description="The first name. A new user needs one unless a directory has it.",
        examples=["Ann"],
    )
    last_name: str | None = Field(
        None,
        max_length=300,
        description="The last name. A new user needs one unless a directory has it.",
        examples=["Lovelace"],
    )
    email: Annotated[str | None, Clearable()] = Field(
        None,
        description="The e-mail address, to which AWS sends links that reset the password. Users who sign in with SAML "
        "have none. Null removes it.",
        examples=["agent-001@example.com"],
    )
    secondary_email: Annotated[str | None, Clearable()] = Field(
        None,
        description="The address that gets notifications instead of the first one. Null removes it.",
        examples=["ann@example.com"],
    )
    mobile: Annotated[PhoneNumber | None, Clearable()] = Field(
        None, description="The mobile number in E.164 format. Null removes it.", examples=["+15550100123"]
    )


class Password(Spec):
    """The first password of a user who signs in with one. Only a create sends it."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    generate: Literal[True] | None = Field(
        None, description="True: apply makes the password and keeps it in Secrets Manager.", examples=[True]
    )
    secret: Annotated[str | None, RefTo("Secret", by="Name", undeclared=True)] = Field(
        None,
        description="The name of the secret with the first password: its text, or the key password of a JSON object.",
        examples=["contact-centre/first-password"],
    )


class UserPhoneConfig(Spec):
    """The settings of the phone, for all channels. Fields that a manifest leaves out stay as they are."""

    phone_type: PhoneType | None = None
    auto_accept: bool | None = Field(None, description="Connects contacts to the agent without a click.")
    after_contact_work_time_limit: int | None = Field(
        None,
        ge=0,
        le=LONGEST_WORK,
        description="The seconds of work after a contact, up to 2,000,000. 0 means until the agent closes it.",
        examples=[30],
    )
    desk_phone_number: DeskNumber = None
    persistent_connection: bool | None = Field(
        None, description="Keeps the connection to the agent open after a call, so that the next one begins sooner."
    )

    @model_validator(mode="after")
    def _without_number(self) -> UserPhoneConfig:
        return _softphone(self, "desk_phone_number")


class AutoAcceptConfig(Spec):
    """How contacts of one channel reach the agent."""

    channel: Channel
    auto_accept: bool = Field(description="Connects contacts of the channel to the agent without a click.")
    agent_first_callback_auto_accept: bool | None = Field(
        None, description="Does so for callbacks that reach the agent before the customer. Only VOICE has it."
    )


class AfterContactWorkConfig(Spec):
    """The limit of the work after a contact."""

    after_contact_work_time_limit: int | None = Field(
        None,
        ge=0,
        le=LONGEST_WORK,
        description="The seconds, up to 2,000,000; a chat ends it after 5,400. 0 means until the agent closes it.",
        examples=[30],
    )


class AfterContactWorkConfigPerChannel(Spec):
    """The work after a contact of one channel."""

    channel: Channel
    after_contact_work_config: AfterContactWorkConfig
    agent_first_callback_after_contact_work_config: AfterContactWorkConfig | None = None


class PhoneNumberConfig(Spec):
    """The phone for calls."""

    channel: Voice
    phone_type: PhoneType
    phone_number: DeskNumber = None

    @model_validator(mode="after")
    def _without_number(self) -> PhoneNumberConfig:
        return _softphone(self, "phone_number")


class PersistentConnectionConfig(Spec):
    """The connection between calls."""

    channel: Voice
    persistent_connection: bool = Field(
        description="Keeps the connection to the agent open after a call, so that the next one begins sooner."
    )


class VoiceEnhancementConfig(Spec):
    """How AWS improves the agent's voice."""

    channel: Voice
    voice_enhancement_mode: Literal["VOICE_ISOLATION", "NOISE_SUPPRESSION", "NONE"] = Field(
        description="The improvement of the agent's voice.",
        json_schema_extra=meanings(
            VOICE_ISOLATION="Only the agent's voice is heard.",
            NOISE_SUPPRESSION="Noise is removed.",
            NONE="The sound stays as it is.",
        ),
    )


class Skill(Spec):
    """The key of a proficiency: an attribute and one of its values."""

    attribute_name: str
    attribute_value: str


class Proficiency(Spec):
    """How well the agent masters one value of a predefined attribute."""

    attribute_name: str = Field(
        min_length=1,
        max_length=100,
        description="The name of the predefined attribute, in 1 to 100 characters.",
        examples=["Language"],
    )
    attribute_value: str = Field(
        min_length=1,
        max_length=100,
        description="One of the attribute's values, in 1 to 100 characters.",
        examples=["Spanish"],
    )
    level: int = Field(ge=1, le=5, description="The level, from 1 to 5, the best.", examples=[4])

    @property
    def skill(self) -> Skill:
        return Skill(attribute_name=self.attribute_name, attribute_value=self.attribute_value)


def _softphone(phone: S, number: str) -> S:
    """Declares that a softphone has no number, so that the number of the desk phone before it is removed."""
    settings: Any = phone
    if settings.phone_type == "SOFT_PHONE":
        phone.model_fields_set.add(number)
    return phone
