"""The canonical form of a flow: equal for two flows exactly if every caller gets the same from both.

Metadata, Identifiers, and the order of actions, keys and errors are dropped. Actions are numbered breadth first from
the start. All ways out of one action have different labels, so the numbering is unique and needs no search.

Actions that nothing reaches are compared by their content and by what surrounds them, round by round. So two
unreachable circles of two equal actions equal one circle of four, and no caller notices.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
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
    places: dict[str, Any] = {name: ["unreachable", rank] for name, rank in ranks(flow).items()}
    loose = [
        [places[action.identifier], action.content, _targets(action, places | numbers)] for action in flow.unreachable
    ]
    return "flow", key_text([_without(value, not_compared), reached, sorted(loose, key=key_text)])


def canonical_order(flow: Flow) -> tuple[FlowAction, ...]:
    """Returns all actions: those that are reached breadth first, then the others by content and Identifier."""
    rank = ranks(flow)
    loose = sorted(flow.unreachable, key=lambda action: (rank[action.identifier], action.identifier))
    return (*flow.reachable, *loose)


def ranks(flow: Flow) -> dict[str, int]:
    """Returns the rank of each action that nothing reaches. Actions of one rank have equal surroundings."""
    loose = flow.unreachable
    names = {action.identifier for action in loose}
    numbers: dict[str, Any] = {action.identifier: number for number, action in enumerate(flow.reachable)}
    outside = numbers | {name: ["unreachable"] for name in names}
    rank = _ranked({action.identifier: key_text([action.content, _targets(action, outside)]) for action in loose})
    count = 0
    while len(set(rank.values())) > count:
        count = len(set(rank.values()))
        rank = _ranked(_surroundings(loose, rank))
    return rank


def _ranked(keys: Mapping[str, Any]) -> dict[str, int]:
    """Returns the place of each key among the distinct keys in order."""
    places = {key: place for place, key in enumerate(sorted(set(keys.values())))}
    return {name: places[key] for name, key in keys.items()}


def _surroundings(loose: tuple[FlowAction, ...], rank: Mapping[str, int]) -> dict[str, Any]:
    """Returns the rank of each action, those to which it leads, and those that lead to it."""
    arrivals: dict[str, list[tuple[int, int]]] = {name: [] for name in rank}
    for action in loose:
        for at, branch in enumerate(action.branches):
            if branch.target in arrivals:
                arrivals[branch.target].append((at, rank[action.identifier]))
    surroundings = {}
    for action in loose:
        leaves = tuple(rank.get(branch.target, -1) for branch in action.branches)
        surroundings[action.identifier] = (rank[action.identifier], leaves, tuple(sorted(arrivals[action.identifier])))
    return surroundings


def _targets(action: FlowAction, numbers: Mapping[str, Any]) -> list[Any]:
    """Returns the number of each target, or its Identifier if no action has it."""
    return [numbers.get(branch.target, branch.target) for branch in action.branches]


def _without(value: Any, keys: tuple[str, ...]) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: item for key, item in value.items() if key not in keys}
