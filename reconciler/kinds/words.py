"""Fields that kinds of several services share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.time_zones import read_zones
from reconciler.model import REFERENCE, Resource
from reconciler.model.spec import completing

TAGS = "All tags of the resource, without those of AWS and of this tool. Other live tags are removed."


def _complete_zones(schema: dict[str, Any]) -> None:
    # A function, so that importing a kind does not read the zones. Any other text is left to the kinds' rules.
    schema.update(completing(tuple(sorted(read_zones().current))))


TimeZone = Annotated[str, Field(examples=["America/Toronto"], json_schema_extra=_complete_zones)]


def function_name(function: str) -> str:
    """Returns the name of a Lambda function with its alias. It is in an ARN, in a reference, or the text itself."""
    if match := REFERENCE.match(function):
        return match["name"].replace("/", ":") + function[match.end() :]
    return function.rpartition(":function:")[2]


class Tagged(Resource):
    """A resource that has tags."""

    tags: dict[str, str] = Field({}, description=TAGS, examples=[{"Team": "contact-centre"}])
