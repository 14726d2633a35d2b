"""The notes of an audit, and the flow that is audited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from reconciler.flows.catalogue import action_type
from reconciler.flows.parsing import Flow, FlowAction, Steps

Severity = Literal["error", "warning", "info"]
MODULE = "MODULE"  # in place of a flow type: the content is that of a module


class FlowNote(NamedTuple):
    """One note. `block` is the name of the block or "", and `path` leads to the place in the content."""

    severity: Severity
    rule: str
    block: str
    path: Steps
    message: str


class InstanceAddress(NamedTuple):
    """The instance that a flow is for."""

    account: str
    region: str
    instance: str


@dataclass(frozen=True)
class Audited:
    """A flow, the names of its blocks, and what is known around it. `None` is unknown, and then no rule asks for it."""

    flow: Flow
    names: dict[str, str]
    flow_type: str | None = None
    address: InstanceAddress | None = None
    attributes: frozenset[str] = frozenset()

    def note(self, severity: Severity, rule: str, action: FlowAction, message: str, *, at: Steps = ()) -> FlowNote:
        """Returns a note on an action. `at` are the steps inside it."""
        return FlowNote(severity, rule, self.names[action.identifier], ("Actions", action.position, *at), message)

    def texts(self, action: FlowAction) -> Iterator[tuple[Steps, str]]:
        """Yields every text in the parameters and the conditions of an action, with its steps."""
        yield from texts_in(action.parameters, ("Parameters",))
        transitions = action.raw.get("Transitions")
        if isinstance(transitions, dict):
            yield from texts_in(transitions.get("Conditions"), ("Transitions", "Conditions"), skipped="NextAction")


def texts_in(value: Any, steps: Steps, skipped: str = "") -> Iterator[tuple[Steps, str]]:
    """Yields every text in a value with its steps, without those below the key `skipped`."""
    match value:
        case str():
            yield steps, value
        case dict():
            for key, item in value.items():
                if key != skipped:
                    yield from texts_in(item, (*steps, key), skipped)
        case list():
            for at, item in enumerate(value):
                yield from texts_in(item, (*steps, at), skipped)


def is_silent(action: FlowAction) -> bool:
    """Returns whether nothing in a block makes a contact wait. A block of an unknown type may."""
    known = action_type(action.type, action.parameters)
    return known is not None and known.is_silent
