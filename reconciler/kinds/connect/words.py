"""Fields that several kinds of Amazon Connect share, with the limits of the service model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.model import RefTo
from reconciler.model.spec import expecting, meanings

PURPOSE = "The purpose of the resource, in up to 250 characters. An empty text removes it."
LASTING_PURPOSE = "The purpose of the resource, in 1 to 250 characters. AWS can change it but not remove it."

Name = Annotated[str, Field(min_length=1, max_length=127)]
# `Blankable` can be removed again. `Lasting` can only be changed, because its operation refuses an empty text.
Blankable = Annotated[str, Field(max_length=250, examples=["Second-line support"])]
Lasting = Annotated[str, Field(min_length=1, max_length=250, examples=["Second-line support"])]
Channel = Annotated[
    Literal["VOICE", "CHAT", "TASK", "EMAIL"],
    Field(
        description="The channel of the contact.",
        json_schema_extra=meanings(
            VOICE="Phone calls.",
            CHAT="Chats and text messages.",
            TASK="Tasks, which people or systems create.",
            EMAIL="E-mails.",
        ),
    ),
]
_CLOCK = expecting("a time such as 09:30")
_DATE = expecting("a date such as 2026-12-25")
_PHONE = expecting("a phone number such as +15550100123: + and the country code, then digits without spaces")
Clock = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="The time of day in the time zone of the hours, HH:MM from 00:00 to 23:59.",
        examples=["09:30"],
        json_schema_extra=_CLOCK,
    ),
]
Day = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
Date = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-12-25"], json_schema_extra=_DATE)]
PhoneNumber = Annotated[
    str,
    Field(
        pattern=r"^\+[1-9][0-9]{1,14}$",
        description="The phone number in E.164 format.",
        examples=["+15550100123"],
        json_schema_extra=_PHONE,
    ),
]
Flow = Annotated[
    str,
    RefTo("ContactFlow", undeclared=True),
    Field(description="The name of the flow.", examples=["Transfer to desk"]),
]
QueueName = Annotated[str, RefTo("Queue"), Field(description="The name of the queue.", examples=["Support"])]
