"""Fields that several kinds of an instance share, with the limits of the service model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from reconciler.model import RefTo, Resource

Name = Annotated[str, Field(min_length=1, max_length=127)]
# A description that can be taken away again, and one that can only be changed: the operation takes no empty text.
Blankable = Annotated[str, Field(max_length=250)]
Lasting = Annotated[str, Field(min_length=1, max_length=250)]
Channel = Literal["VOICE", "CHAT", "TASK", "EMAIL"]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{1,14}$")]
AwsQueue = Annotated[str, RefTo("Queue")]

FOR_WHAT = "What it is for."
LASTING = "What it is for; it can be changed, and not taken away again."


class Tagged(Resource):
    """A resource that bears tags."""

    tags: dict[str, str] = Field({}, description="All tags but those of AWS and of this tool.")
