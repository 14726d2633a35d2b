"""Documents of flows and modules, as fields of a kind have them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from reconciler.flows.envelope import FlowFormatError, content_of
from reconciler.flows.file_form import file_form, with_texts_everywhere
from reconciler.flows.meaning import FLOW
from reconciler.flows.view import views
from reconciler.model.document import Document, NotJsonError, parsed


class FlowDocument(Document):
    """The content of a flow. Two are equal if every caller gets the same from both.

    `of` takes the content out of an answer of AWS. It writes numbers and booleans as the texts that AWS wants.
    """

    has_file = True
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
        content = content_of(plain.value)
        return super().of(with_texts_everywhere(content)) if isinstance(content, dict) else plain

    @classmethod
    def sides(cls, before: Document, after: Document) -> tuple[Any, Any]:
        """Returns the views by block; the texts if one of them is not JSON."""
        if Document.fault(before.text) or Document.fault(after.text):
            return before.written, after.written
        return views(before.value, after.value)

    @classmethod
    def laid_out(cls, value: dict[str, Any]) -> str:
        """Returns the text of a file with actions and keys in one order, so that two exports differ only in content."""
        return super().laid_out(file_form(value))

    @staticmethod
    def fault(value: str | dict[str, Any]) -> str:
        """Returns why this is not the content of a flow: invalid JSON, no object, or the console's old format."""
        value = _without_mark(value)
        if fault := Document.fault(value):
            return fault
        try:
            content = content_of(parsed(value) if isinstance(value, str) else value)
        except (FlowFormatError, NotJsonError) as error:
            return str(error)
        return "" if isinstance(content, dict) else "is not an object with Version, StartAction and Actions"


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
