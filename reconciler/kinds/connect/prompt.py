"""The Prompt kind: a sound that flows play."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.words import LASTING_PURPOSE, Lasting, Name
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import Call, Ref, Resource, TextInTag
from reconciler.model.spec import expecting

# The letters and the length of a tag's value: a tag keeps the address, because AWS never returns it.
ADDRESS = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9_ .:/=+@-]+$"
S3_URI = (
    "The sound file, s3://BUCKET/KEY, in up to 256 characters. A create needs it. A new address replaces the sound. "
    "Another file at the same address is not noticed, so write a version into the key. Apply's role needs s3:GetObject "
    "on the file."
)


class Prompt(Tagged):
    """A sound that flows play. AWS copies the file, and never returns where it came from."""

    name: Name = Field(description="The name of the prompt.", examples=["Greeting"])
    description: Lasting = Field("", description=LASTING_PURPOSE, examples=["Greets callers of the main line"])
    s3_uri: Annotated[
        str | None,
        TextInTag("reconciler:s3-uri"),
        Field(max_length=256, pattern=ADDRESS, json_schema_extra=expecting("an address such as s3://BUCKET/KEY.wav")),
    ] = Field(None, description=S3_URI, examples=["s3://example-prompts/greeting-2026-11.wav"])


class PromptKind(Kind[Prompt]):
    spec = Prompt
    service = CONNECT
    identity = Identity("PromptId")
    reading = Reading(
        search=Listing("SearchPrompts", "Prompts", {"MaxResults": 100}),
        lookup=Listing("ListPrompts", "PromptSummaryList", {"MaxResults": 1000}),
        describe=("DescribePrompt", "Prompt"),
    )
    writing = Writing(
        create="CreatePrompt",
        delete="DeletePrompt",
        updates=(
            # Without an address the sound stays, so a change of the texts does not need the file any more.
            Update("UpdatePrompt", ("name", "description")),
            Update("UpdatePrompt", ("s3_uri",)),
        ),
    )
    deletion = Deletion(irreversible="the sound; flows that play it take the error branch")

    def replace_call(self, ref: Ref, update: Update, spec: Prompt) -> Call:
        """Returns the update. One of the sound has the texts too: whether AWS keeps what is left out is unknown."""
        call = super().replace_call(ref, update, spec)
        return self.call(call.operation, {**call.params, **self.to_aws(spec, ("name", "description"))})

    def refuses(self, ref: Ref, before: Prompt | None, after: Prompt | None, there: Mapping[Ref, Resource]) -> str:
        if before or after is None or after.s3_uri:
            return ""
        return "AWS creates a prompt from a file; write its s3Uri"
