"""The canonical form of a flow: equal for two flows exactly if every caller gets the same from both.

Metadata, Identifiers, and the order of actions, keys and errors are dropped. Actions are numbered breadth first from
the start. All ways out of one action have different labels, so the numbering is unique and needs no search.

Actions that nothing reaches are compared by their content and by what surrounds them, round by round. So two
unreachable circles of two equal actions equal one circle of four, and no caller notices.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from hashlib import sha256
from typing import Any

from reconciler.flows.normal import key_text
from reconciler.flows.parsing import Flow, FlowAction, parse_flow


def meaning_of(value: Any) -> Hashable:
    """Returns the meaning of a content. A content that is not a graph means itself, without Metadata."""
    flow = parse_flow(value)
    if not flow.is_graph:
        return "not a flow", key_text(_without(value, ("Metadata",)))
    numbers = {action.identifier: number for number, action in enumerate(flow.reachable)}
    reached = [[action.content, _targets(action, numbers)] for action in flow.reachable]
    # With a start, the number 0 is where it is; without one, what stands in its place is compared.
    not_compared = ("Metadata", "Actions", "StartAction") if reached else ("Metadata", "Actions")
    loose = sorted(loose_classes(flow).values())
    return "flow", key_text([_without(value, not_compared), reached, loose])


def canonical_order(flow: Flow) -> tuple[FlowAction, ...]:
    """Returns all actions: those that are reached breadth first, then the others by content and Identifier."""
    classes = loose_classes(flow)
    loose = sorted(flow.unreachable, key=lambda action: (classes[action.identifier], action.identifier))
    return (*flow.reachable, *loose)


def loose_classes(flow: Flow) -> dict[str, str]:
    """Returns the class of each action that nothing reaches. Actions of one class have equal surroundings."""
    loose = flow.unreachable
    numbers: dict[str, Any] = {action.identifier: number for number, action in enumerate(flow.reachable)}
    outside = numbers | {action.identifier: ["unreachable"] for action in loose}
    classes = {action.identifier: _hash([action.content, _targets(action, outside)]) for action in loose}
    count = 0
    while len(set(classes.values())) > count:
        count = len(set(classes.values()))
        classes = _refined(loose, classes)
    return classes


def _refined(loose: tuple[FlowAction, ...], classes: Mapping[str, str]) -> dict[str, str]:
    """Returns finer classes, by the classes of the neighbours on both sides."""
    arrivals: dict[str, list[str]] = {identifier: [] for identifier in classes}
    for action in loose:
        for at, branch in enumerate(action.branches):
            if branch.target in arrivals:
                arrivals[branch.target].append(f"{at} {classes[action.identifier]}")
    refined = {}
    for action in loose:
        leaves = [classes.get(branch.target) for branch in action.branches]
        name = action.identifier
        refined[name] = _hash([classes[name], leaves, sorted(arrivals[name])])
    return refined


def _targets(action: FlowAction, numbers: Mapping[str, Any]) -> list[Any]:
    """Returns the number of each target, or its Identifier if no action has it."""
    return [numbers.get(branch.target, branch.target) for branch in action.branches]


def _hash(value: Any) -> str:
    return sha256(key_text(value).encode()).hexdigest()


def _without(value: Any, keys: tuple[str, ...]) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: item for key, item in value.items() if key not in keys}
