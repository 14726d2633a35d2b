"""What flows and modules share: their documents, and the content of one that waits for other resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.flows.document import FlowDocument
from reconciler.flows.places import place_of
from reconciler.flows.problems import with_blocks
from reconciler.flows.structure import faults
from reconciler.model import Call, JsonDocument, Problem
from reconciler.model.content import TextFile
from reconciler.model.document import Document, parsed

MODULE = "ContactFlowModule"
MODULE_ID, VERSION = "ContactFlowModuleId", "ContactFlowModuleVersion"  # parameters of versions and aliases
PURPOSE = "The purpose, in up to 500 characters. An empty text removes it."
Purpose = Annotated[str, Field(max_length=500, examples=["Entry of the main line"])]
LASTING = "The purpose, in 1 to 500 characters. AWS can change it but not remove it."
# Modules, unlike flows, need a letter in every description: the service model has a pattern.
LastingPurpose = Annotated[str, Field(min_length=1, max_length=500, examples=["Says hello"])]

_END = '{"Identifier":"end","Type":"DisconnectParticipant","Parameters":{},"Transitions":{}}'
# The content between the create and the first real content: it ends the contact.
STUB = f'{{"Version":"2019-10-30","StartAction":"end","Metadata":{{}},"Actions":[{_END}]}}'
_RESULTS = ",".join(f'{{"DisplayName":"{it}","ReferenceName":"{it}","Description":""}}' for it in ("Success", "Error"))
_CONTRACT = f'{{"InputParameters":[],"OutputParameters":[],"Transitions":[{_RESULTS}]}}'
MODULE_STUB = f'{STUB[:-1]},"Settings":{_CONTRACT}}}'


class ModuleSettings(JsonDocument):
    """The contract of a module."""

    has_file = True
    title = "Module settings"


CONTENT = "content"


def content_problems(declared: Mapping[str, Any], document: type[FlowDocument]) -> Iterator[Problem]:
    """Yields the structural faults of a declared content. Skips what is not JSON, which is another mistake."""
    written = declared.get(CONTENT)
    if not isinstance(written, str | dict) or document.fault(written):
        return
    value = document.of(written).value
    for steps, block, message in faults(value):
        named = f'block "{block}": {message}' if block else message
        if isinstance(written, dict):
            yield Problem("error", (CONTENT, *steps), named)
        else:
            yield Problem("error", (CONTENT,), named, inside=place_of(written, steps))


def explained(call: Call, message: str, files: Mapping[str, TextFile]) -> str:
    """Returns AWS's problems with a content, with the name and the place of each block."""
    content = call.params.get("Content")
    if not isinstance(content, str) or Document.fault(content):
        return message
    return with_blocks(message, parsed(content), files.get(CONTENT))
