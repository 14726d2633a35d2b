"""What flows and modules share: their documents, and the content of one that waits for other resources."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.model import JsonDocument

PURPOSE = "The purpose, in up to 500 characters. An empty text removes it."
Purpose = Annotated[str, Field(max_length=500, examples=["Entry of the main line"])]

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
