"""Documents of flows and modules, as fields of a kind have them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from reconciler.flows.envelope import FlowFormatError, content_of
from reconciler.flows.file_form import with_texts_everywhere
from reconciler.flows.meaning import FLOW
from reconciler.model.document import Document, NotJsonError, parsed


class FlowDocument(Document):
    """The content of a flow. Two are equal if every caller gets the same from both.

    `of` takes the content out of an answer of AWS. It writes numbers and booleans as the texts that AWS wants.
    """

    meaning = FLOW
    title: ClassVar[str] = "Flow content"
    example: ClassVar[dict[str, Any]] = {
        "Version": "2019-10-30",
        "StartAction": "End",
        "Actions": [{"Identifier": "End", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}],
    }

    @classmethod
    def of(cls, value: Any) -> Self:
        plain = super().of(_without_mark(value))
        if cls.fault(plain.text):
            return plain
        content = with_texts_everywhere(content_of(plain.value))
        return super().of(content) if isinstance(content, dict) else plain

    @staticmethod
    def fault(value: str | dict[str, Any]) -> str:
        """Returns why this is not the content of a flow: invalid JSON, or the console's old format."""
        value = _without_mark(value)
        if fault := Document.fault(value):
            return fault
        try:
            content_of(parsed(value) if isinstance(value, str) else value)
        except FlowFormatError as error:
            return str(error)
        except NotJsonError as error:
            return str(error)
        return ""


class ModuleDocument(FlowDocument):
    """The content of a flow module. It has `Settings` at its top, which a flow must not have."""

    title: ClassVar[str] = "Flow module content"
    example: ClassVar[dict[str, Any]] = {
        "Version": "2019-10-30",
        "StartAction": "Return",
        "Settings": {"InputParameters": [], "OutputParameters": [], "Transitions": []},
        "Actions": [{"Identifier": "Return", "Type": "EndFlowModuleExecution", "Parameters": {}, "Transitions": {}}],
    }


def _without_mark(value: Any) -> Any:
    """Returns a text without the byte order mark that some editors write."""
    return value.removeprefix("\ufeff") if type(value) is str else value
