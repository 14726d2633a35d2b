"""Checks a content in two passes: all problems of actions first, and the rules of blocks only without any of them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.connect.flow_language.actions import ACTIONS, ONLY_IN, UNLISTED, form_of
from reconciler.sandbox.connect.flow_language.blocks import block_problems
from reconciler.sandbox.connect.flow_language.document import MALFORMED, Action, Flow, Unreadable, read_flow
from reconciler.sandbox.connect.flow_language.parameters import VALUE, parameter_problems, wrong_type
from reconciler.sandbox.connect.flow_language.references import reference_problems
from reconciler.sandbox.connect.flow_language.special import special_problems
from reconciler.sandbox.connect.flow_language.surroundings import MODULE, Surroundings
from reconciler.sandbox.connect.flow_language.transitions import transition_problems

MOST_PROBLEMS, LONGEST_PROBLEM = 50, 256  # [service model]
LONGEST_IDENTIFIER = 50
FORBIDDEN = frozenset("%:(\\/)=$,;[]{}")
RESERVED = frozenset(
    {
        *("__proto__", "constructor", "__defineGetter__", "__defineSetter__", "toString", "hasOwnProperty"),
        *("isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "valueOf"),
    }
)
# AWS's words, although the member is `Settings` [seen].
NO_SETTINGS = "JSON field is missing or null for field name: settings"


def problems_of(content: str, around: Surroundings) -> list[str]:
    """Returns the problems of a content in the order of its actions; AWS promises none."""
    try:
        flow = read_flow(content)
    except Unreadable as unreadable:
        return [str(unreadable)]
    problems = list(_structural_problems(flow, around)) or list(block_problems(flow))
    return [problem[:LONGEST_PROBLEM] for problem in problems[:MOST_PROBLEMS]]


def _structural_problems(flow: Flow, around: Surroundings) -> Iterator[str]:
    if (around.flow_type == MODULE) != flow.has_settings:
        yield NO_SETTINGS if around.flow_type == MODULE else MALFORMED
    if flow.start not in flow.identifiers():
        yield f"{VALUE}StartAction"
    names: set[str] = set()
    for action in flow.actions:
        if not _is_valid_identifier(action.identifier) or action.identifier in names:
            yield f"{VALUE}{action.path}.Identifier"
        names.add(action.identifier)
        yield from _action_problems(action, flow, around)
    if around.reaches_all:
        yield from _unreachable_problems(flow)


def _action_problems(action: Action, flow: Flow, around: Surroundings) -> Iterator[str]:
    if action.type in UNLISTED and action.parameters:
        return
    form = form_of(action.type, action.parameters)
    if form is None or _is_barred(action, around):
        yield from (wrong_type(action), wrong_type(action))  # It comes twice [seen].
        return
    yield from parameter_problems(action, form)
    yield from reference_problems(action, around)
    yield from special_problems(action, around)
    yield from transition_problems(action, form, flow)


def _is_barred(action: Action, around: Surroundings) -> bool:
    """Returns whether the flow's type bars an action. A module has what its callers have; the message is inferred."""
    types = ONLY_IN.get(action.type)
    if types is None or action.type not in ACTIONS:
        return False
    return around.flow_type not in types and (around.flow_type != MODULE or types == (MODULE,))


def _unreachable_problems(flow: Flow) -> Iterator[str]:
    by_name = {action.identifier: action for action in flow.actions}
    reached, waiting = set(), [flow.start]
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in reached:
            reached.add(name)
            waiting.extend(target.to for target in by_name[name].targets())
    for action in flow.actions:
        if action.identifier not in reached:
            yield f"{VALUE}{action.path}"


def _is_valid_identifier(name: str) -> bool:
    has_length = 1 <= len(name) <= LONGEST_IDENTIFIER
    return has_length and name not in RESERVED and not FORBIDDEN & set(name)
