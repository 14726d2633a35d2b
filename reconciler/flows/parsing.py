"""Reads a flow's content as frozen values: actions and the branches between them. Nothing in it can make this fail.

A flow that is not a graph has no actions here, such as one with two actions of one Identifier. Its faults say why. It
is compared as plain JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from reconciler.flows.normal import key_text, normal_condition, normal_parameters
from reconciler.model.names import Linked

Steps = tuple[str | int, ...]
VERSION = "2019-10-30"
ACTION_KEYS = ("Identifier", "Type", "Parameters", "Transitions")
THEN, IF, ON_ERROR = "then", "if", "on error"


class Branch(NamedTuple):
    """One way out of an action. `word` is the condition or the error, and `steps` lead to its NextAction."""

    kind: str
    word: str
    target: str
    steps: Steps

    @property
    def label(self) -> str:
        return f"{self.kind} {self.word}" if self.kind != THEN else THEN


@dataclass(frozen=True)
class FlowAction:
    """One action of a flow. `branches` are in the order in which they are numbered, with the errors by type."""

    identifier: str
    position: int
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def type(self) -> Any:
        return self.raw.get("Type")

    @property
    def parameters(self) -> Any:
        return self.raw.get("Parameters", {})

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        return tuple(branch for _, branch in self._read if branch)

    @cached_property
    def content(self) -> str:
        """The meaning of the action without its Identifier and targets, as a text."""
        other = {key: item for key, item in self.raw.items() if key not in ACTION_KEYS}
        transitions = self.raw.get("Transitions", {})
        if isinstance(transitions, dict):
            transitions = {key: item for key, item in transitions.items() if not self._is_read(key, item)}
        parts = [part for part, _ in self._read]
        return key_text([self.type, normal_parameters(self.type, self.parameters), other, transitions, parts])

    @property
    def conditions_have_order(self) -> bool:
        """True if the order of the conditions can decide which branch is taken."""
        return not _are_disjoint(self._listed("Conditions"))

    @cached_property
    def _read(self) -> tuple[tuple[Any, Branch | None], ...]:
        """The parts of the transitions, without targets, and the branches that they are."""
        return (*self._conditions(), *self._next(), *self._errors())

    def _conditions(self) -> list[tuple[Any, Branch | None]]:
        listed = self._listed("Conditions")
        read = []
        for at, item in enumerate(listed):
            if isinstance(item, dict) and "Condition" in item:
                item = {**item, "Condition": normal_condition(self.type, item["Condition"])}
            read.append(self._part("Conditions", at, item))
        return read if self.conditions_have_order else sorted(read, key=_part_key)

    def _next(self) -> list[tuple[Any, Branch | None]]:
        transitions = self.raw.get("Transitions")
        if not isinstance(transitions, dict) or not isinstance(transitions.get("NextAction"), str):
            return []
        steps = ("Actions", self.position, "Transitions", "NextAction")
        return [(THEN, Branch(THEN, "", transitions["NextAction"], steps))]

    def _errors(self) -> list[tuple[Any, Branch | None]]:
        read = [self._part("Errors", at, item) for at, item in enumerate(self._listed("Errors"))]
        return sorted(read, key=_part_key)

    def _part(self, key: str, at: int, item: Any) -> tuple[Any, Branch | None]:
        if not isinstance(item, dict) or not isinstance(item.get("NextAction"), str):
            return [key, item, "without a target"], None
        rest = {name: value for name, value in item.items() if name != "NextAction"}
        steps = ("Actions", self.position, "Transitions", key, at, "NextAction")
        if key == "Errors":
            return [key, rest], Branch(ON_ERROR, str(item.get("ErrorType")), item["NextAction"], steps)
        return [key, rest], Branch(IF, condition_words(item.get("Condition")), item["NextAction"], steps)

    def _listed(self, key: str) -> list[Any]:
        transitions = self.raw.get("Transitions")
        items = transitions.get(key) if isinstance(transitions, dict) else None
        return items if isinstance(items, list) else []

    def _is_read(self, key: str, item: Any) -> bool:
        """Returns whether a part of the transitions is among those that are read, and not of another shape."""
        return (
            isinstance(item, list) if key in ("Errors", "Conditions") else key == "NextAction" and isinstance(item, str)
        )


@dataclass(frozen=True)
class Flow:
    """The content of a flow or a module. Its Metadata has no meaning."""

    value: Any = field(repr=False)
    actions: tuple[FlowAction, ...]

    @property
    def is_graph(self) -> bool:
        return isinstance(self.value, dict) and isinstance(self.value.get("Actions"), list) and self._is_complete

    @property
    def start(self) -> str | None:
        start = self.value.get("StartAction") if isinstance(self.value, dict) else None
        return start if isinstance(start, str) else None

    @cached_property
    def by_identifier(self) -> Mapping[str, FlowAction]:
        return {action.identifier: action for action in self.actions}

    @property
    def metadata(self) -> dict[str, Any]:
        metadata = self.value.get("Metadata") if isinstance(self.value, dict) else None
        return metadata if isinstance(metadata, dict) else {}

    @cached_property
    def reachable(self) -> tuple[FlowAction, ...]:
        """The actions to which a way leads from the start, breadth first. Equal flows have them in the same order."""
        start = self.by_identifier.get(self.start or "")
        order = {start.identifier: start} if start else {}
        queue = list(order.values())
        for action in _growing(queue):
            for branch in action.branches:
                target = self.by_identifier.get(branch.target)
                if target and target.identifier not in order:
                    order[target.identifier] = target
                    queue.append(target)
        return tuple(order.values())

    @property
    def unreachable(self) -> tuple[FlowAction, ...]:
        reached = {action.identifier for action in self.reachable}
        return tuple(action for action in self.actions if action.identifier not in reached)

    @property
    def _is_complete(self) -> bool:
        return len(self.actions) == len(self.value["Actions"])


def parse_flow(value: Any) -> Flow:
    """Returns the flow of a parsed content. `reconciler.flows.envelope` takes a content out of AWS's answers."""
    listed = value.get("Actions") if isinstance(value, dict) else None
    actions = [] if not isinstance(listed, list) else [*_actions(listed)]
    distinct = {action.identifier for action in actions}
    is_graph = isinstance(listed, list) and len(distinct) == len(actions) == len(listed)
    return Flow(value, tuple(actions) if is_graph else ())


def condition_words(condition: Any) -> str:
    """Returns a condition in words, such as `Equals 1`."""
    if not isinstance(condition, dict):
        return str(condition)
    operands = condition.get("Operands")
    listed = operands if isinstance(operands, list) else [operands]
    return " ".join(map(str, [condition.get("Operator"), *listed]))


def with_changed_targets(transitions: Any, change: Callable[[Any], Any]) -> Any:
    """Returns transitions whose targets are changed. Parts of another shape stay as they are."""
    if not isinstance(transitions, dict):
        return transitions
    changed = dict(transitions)
    if "NextAction" in changed:
        changed["NextAction"] = change(changed["NextAction"])
    for key in ("Conditions", "Errors"):
        if isinstance(changed.get(key), list):
            changed[key] = [_with_target(item, change) for item in changed[key]]
    return changed


def _with_target(item: Any, change: Callable[[Any], Any]) -> Any:
    has_target = isinstance(item, dict) and "NextAction" in item
    return {**item, "NextAction": change(item["NextAction"])} if has_target else item


def _actions(listed: list[Any]) -> Iterator[FlowAction]:
    for position, raw in enumerate(listed):
        if isinstance(raw, dict) and isinstance(raw.get("Identifier"), str):
            yield FlowAction(str(raw["Identifier"]), position, raw)


def _growing(queue: list[FlowAction]) -> Iterator[FlowAction]:
    at = 0
    while at < len(queue):
        yield queue[at]
        at += 1


def _part_key(read: tuple[Any, Branch | None]) -> str:
    return key_text(read[0])


def _are_disjoint(conditions: list[Any]) -> bool:
    """Returns whether at most one condition can be true: all are Equals, and their operands are distinct plain texts.

    AWS does not document whether Equals ignores case, and a JSONPath can have any value. So both keep their order.
    """
    operands = [_plain_operand(item) for item in conditions]
    known = {operand.strip().casefold() for operand in operands if operand is not None}
    return len(conditions) < 2 or len(known) == len(conditions)


def _plain_operand(item: Any) -> str | None:
    match item:
        case {"Condition": {"Operator": "Equals", "Operands": [str() as operand], **rest}} if not rest:
            is_plain = not isinstance(operand, Linked) and not operand.startswith("$")
            return operand if is_plain else None
    return None
