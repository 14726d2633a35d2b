"""Reads a content into actions. A content without actions has one problem."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

MALFORMED = "Invalid contact flow format"  # [seen, of empty event hooks]; of other contents inferred
NOT_JSON = "Invalid request"  # [inferred]
VERSION = "2019-10-30"
MOST_ACTIONS = 250  # [admin guide]


class Unreadable(Exception):  # noqa: N818 - an answer to the caller
    """The content has no actions to check. The text is its problem."""


@dataclass(frozen=True)
class Target:
    """The way from an action to another one.

    path         its place in the content, below the action
    kind         an error type, or the operand of a condition
    operator     the operator of a condition
    """

    path: str
    to: str
    kind: str = ""
    operator: str = ""


@dataclass(frozen=True)
class Action:
    """An action at its place in the list of actions. Parts that are left out are empty."""

    place: int
    identifier: str
    type: str
    parameters: dict[str, Any]
    next: str | None
    errors: tuple[Target, ...]
    conditions: tuple[Target, ...]

    @property
    def path(self) -> str:
        return f"Actions[{self.place}]"

    def targets(self) -> tuple[Target, ...]:
        first = (Target("Transitions.NextAction", self.next),) if self.next is not None else ()
        return (*first, *self.errors, *self.conditions)


@dataclass(frozen=True)
class Flow:
    start: str
    actions: tuple[Action, ...]
    has_settings: bool

    def identifiers(self) -> frozenset[str]:
        return frozenset(action.identifier for action in self.actions)


def read_flow(content: str) -> Flow:
    """Returns the flow of a content. Raises `Unreadable`."""
    try:
        document = json.loads(content)
    except ValueError as wrong:
        raise Unreadable(NOT_JSON) from wrong
    if not isinstance(document, dict) or document.get("Version") != VERSION:
        raise Unreadable(MALFORMED)
    actions, start = document.get("Actions"), document.get("StartAction")
    if not isinstance(actions, list) or not isinstance(start, str) or not 0 < len(actions) <= MOST_ACTIONS:
        raise Unreadable(MALFORMED)
    read = tuple(_action(place, action) for place, action in enumerate(actions))
    return Flow(start, read, document.get("Settings") is not None)


def _action(place: int, written: Any) -> Action:
    if not isinstance(written, dict):
        raise Unreadable(MALFORMED)
    parameters, transitions = written.get("Parameters") or {}, written.get("Transitions") or {}
    identifier, type = written.get("Identifier"), written.get("Type")
    texts = (identifier, type)
    if not all(isinstance(text, str) for text in texts) or not _are_objects(parameters, transitions):
        raise Unreadable(MALFORMED)
    errors, conditions = transitions.get("Errors") or [], transitions.get("Conditions") or []
    if not isinstance(errors, list) or not isinstance(conditions, list) or not _are_objects(*errors, *conditions):
        raise Unreadable(MALFORMED)
    return Action(
        place,
        str(identifier),
        str(type),
        parameters,
        _text(transitions["NextAction"]) if "NextAction" in transitions else None,
        tuple(_error(at, error) for at, error in enumerate(errors)),
        tuple(_condition(at, condition) for at, condition in enumerate(conditions)),
    )


def _error(at: int, written: dict[str, Any]) -> Target:
    path = f"Transitions.Errors[{at}].NextAction"
    return Target(path, _text(written.get("NextAction")), _text(written.get("ErrorType")))


def _condition(at: int, written: dict[str, Any]) -> Target:
    """Returns a condition. It has one operand; nested conditions do not exist [seen]."""
    condition = written.get("Condition")
    operands = condition.get("Operands") if isinstance(condition, dict) else None
    if not isinstance(condition, dict) or not isinstance(operands, list) or len(operands) != 1:
        raise Unreadable(MALFORMED)
    path = f"Transitions.Conditions[{at}].NextAction"
    return Target(path, _text(written.get("NextAction")), str(operands[0]), _text(condition.get("Operator")))


def _are_objects(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
