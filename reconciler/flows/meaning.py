"""The meaning of a flow's content, as documents are compared by it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from reconciler.flows.canonical_form import meaning_of
from reconciler.flows.respelling import respelled_flow
from reconciler.model.meaning import DocumentMeaning


class FlowMeaning:
    """The rules by which Amazon Connect reads a flow: see `reconciler.flows.canonical_form`."""

    def of(self, value: Any) -> Hashable:
        return meaning_of(value)

    def respelled(self, value: Any, known: Any) -> Any:
        return respelled_flow(value, known)


FLOW: DocumentMeaning = FlowMeaning()
