"""Fields that several kinds of an instance share, with the limits of the service model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.draft7 import expecting
from reconciler.model import RefTo, Resource

FOR_WHAT = "What it is for."
LASTING = "What it is for; it can be changed, and not taken away again."

Name = Annotated[str, Field(min_length=1, max_length=127)]
# A description that can be taken away again, and one that can only be changed: the operation takes no empty text.
Blankable = Annotated[str, Field(max_length=250)]
Lasting = Annotated[str, Field(min_length=1, max_length=250)]
Channel = Annotated[Literal["VOICE", "CHAT", "TASK", "EMAIL"], Field(description="How the contact comes in.")]
_CLOCK = expecting("a time such as 09:30")
_DATE = expecting("a date such as 2026-12-25")
_PHONE = expecting("a phone number such as +15550100123: + and the country code, then digits without spaces")
Clock = Annotated[
    str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:MM.", json_schema_extra=_CLOCK)
]
Day = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
Date = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra=_DATE)]
PhoneNumber = Annotated[
    str, Field(pattern=r"^\+[1-9][0-9]{1,14}$", description="In E.164, +15550100123.", json_schema_extra=_PHONE)
]
Flow = Annotated[str, RefTo("ContactFlow"), Field(description="The flow, by its name.")]
QueueName = Annotated[str, RefTo("Queue")]


class Tagged(Resource):
    """A resource that bears tags."""

    tags: dict[str, str] = Field({}, description="All tags but those of AWS and of this tool.")
