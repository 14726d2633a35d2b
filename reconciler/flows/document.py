"""Documents of flows and modules, as fields of a kind have them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from reconciler.flows.envelope import FlowFormatError, content_of
from reconciler.flows.file_form import file_form, with_texts_everywhere
from reconciler.flows.meaning import FLOW
from reconciler.flows.view import views
from reconciler.model.document import Document, NotJsonError


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
    def from_aws(cls, answer: Any) -> Self:
        """Returns the document of an answer. Most equal the declared one as a text, so it is not parsed yet."""
        return cls(answer)

    @classmethod
    def of(cls, value: Any) -> Self:
        return super().of(_without_mark(value))

    @classmethod
    def read(cls, value: Any) -> Any:
        """Returns the content of a file or an answer, with texts where AWS wants texts."""
        try:
            content = with_texts_everywhere(content_of(value))
        except FlowFormatError as error:
            raise NotJsonError(str(error)) from error
        return content if isinstance(content, dict) else value

    @classmethod
    def sides(cls, before: Document, after: Document) -> tuple[Any, Any]:
        """Returns the views by block; the texts if one of them is not JSON."""
        if not (isinstance(before.value, dict) and isinstance(after.value, dict)):
            return before.written, after.written
        return views(before.value, after.value)

    @classmethod
    def laid_out(cls, value: dict[str, Any]) -> str:
        """Returns the text of a file, with actions and keys in one order: exports differ only in content."""
        return super().laid_out(file_form(value))

    @classmethod
    def fault(cls, value: str | dict[str, Any]) -> str:
        """Returns why this is not the content of a flow: invalid JSON, or the console's old format."""
        return super().fault(_without_mark(value))


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
