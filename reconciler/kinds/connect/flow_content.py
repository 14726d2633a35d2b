"""Documents and texts that flows and modules share, and the content of one that waits for other resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from reconciler.flows.problems import with_blocks
from reconciler.model import Call, JsonDocument
from reconciler.model.content import TextFile
from reconciler.model.document import Document, parsed
from reconciler.model.spec import expecting

MODULE = "ContactFlowModule"
SAVED = ":$SAVED"  # behind the id of a flow or a module: its draft
MODULE_ID, VERSION = "ContactFlowModuleId", "ContactFlowModuleVersion"  # parameters of versions and aliases
PURPOSE = "The purpose, in up to 500 characters. An empty text removes it."
Purpose = Annotated[str, Field(max_length=500, examples=["Entry of the main line"])]
LASTING_PURPOSE = "The purpose, in 1 to 500 characters. AWS can change it but not remove it."
# The service model refuses an empty description of a module, and a blank one.
LastingPurpose = Annotated[
    str,
    Field(
        min_length=1,
        max_length=500,
        pattern=r"\S",
        examples=["Says hello"],
        json_schema_extra=expecting("a description: write a character that is not a space"),
    ),
]

_END = '{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}'
# The content between the create and the first real content: it ends the contact.
STUB = f'{{"Version":"2019-10-30","StartAction":"end","Metadata":{{}},"Actions":[{_END}]}}'
_RESULTS = ",".join(f'{{"DisplayName":"{it}","ReferenceName":"{it}","Description":""}}' for it in ("Success", "Error"))
_CONTRACT = f'{{"InputParameters":[],"OutputParameters":[],"Transitions":[{_RESULTS}]}}'
MODULE_STUB = f'{STUB[:-1]},"Settings":{_CONTRACT}}}'
NO_CONTRACT = "{}"


class ModuleSettings(JsonDocument):
    """The contract of a module."""

    has_file = True
    title = "Module settings"


def explained(call: Call, message: str, files: Mapping[str, TextFile]) -> str:
    """Returns AWS's problems with a content, with the name and the place of each block."""
    content = call.params.get("Content")
    if not isinstance(content, str) or Document.fault(content):
        return message
    return with_blocks(message, parsed(content), files.get("content"))
