"""The view of a flow by block. It has readable paths, such as `blocks.Welcome["on error NoMatchingError"]`.

    {"start": "Welcome", "blocks": {
        "Welcome": {"type": "MessageParticipant", "Text": "Hello", "then": "Queue"}}}

Targets are names of blocks. A target without a block is `{"no block": Identifier}`. The view has all of a flow but
Metadata, Identifiers and the order of actions and errors. The order of conditions is in it if it can matter.

Parameters stand beside `type`. They are below `parameters` if one has a key that the view uses. Transitions of
another shape are below `transitions`, with the names of targets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.flows.block_names import block_names
from reconciler.flows.normal import normal_condition
from reconciler.flows.parsing import (
    ACTION_KEYS,
    IF,
    ON_ERROR,
    THEN,
    Flow,
    FlowAction,
    condition_words,
    parse_flow,
    with_changed_targets,
)
from reconciler.flows.respelling import respelled_flow
from reconciler.model.names import Linked

View = dict[str, Any]
NO_BLOCK, IN_ORDER, CONTENT = "no block", "conditions in order", "content"
TYPE, PARAMETERS, TRANSITIONS, OTHER = "type", "parameters", "transitions", "other"
_OWN = frozenset({TYPE, PARAMETERS, TRANSITIONS, OTHER, THEN, IN_ORDER})
_TOP = {"Version": "version", "StartAction": "start", "Actions": "blocks", "Metadata": ""}


def view(value: Any) -> View:
    """Returns the view of one content. A content that is not a graph is below `content`."""
    flow = parse_flow(value)
    return view_of(flow, block_names(flow))


def views(before: Any, after: Any) -> tuple[View, View]:
    """Returns the views of two contents, in which paired blocks have one name: that of `view(before)`."""
    old, new = parse_flow(before), parse_flow(respelled_flow(after, before))
    names = block_names(old)
    return view_of(old, names), view_of(new, block_names(new, names))


def view_of(flow: Flow, names: Mapping[str, str]) -> View:
    """Returns the view of a flow under these names of its blocks."""
    if not flow.is_graph:
        is_object = isinstance(flow.value, dict)
        rest = {key: flow.value[key] for key in flow.value if key != "Metadata"} if is_object else flow.value
        return {CONTENT: rest}
    by_block: View = {}
    if "Version" in flow.value:
        by_block["version"] = flow.value["Version"]
    if "StartAction" in flow.value:
        by_block["start"] = _target(flow.value["StartAction"], names)
    by_block["blocks"] = {names[action.identifier]: _block(action, names) for action in flow.actions}
    other = {key: item for key, item in flow.value.items() if key not in _TOP}
    return {**by_block, OTHER: other} if other else by_block


def parameters_of(block: Mapping[str, Any]) -> Any:
    """Returns the parameters of a block in a view."""
    if PARAMETERS in block:
        return block[PARAMETERS]
    return {key: item for key, item in block.items() if not _is_own(key)}


def _target(target: Any, names: Mapping[str, str]) -> Any:
    return names[target] if isinstance(target, str) and target in names else {NO_BLOCK: target}


def _block(action: FlowAction, names: Mapping[str, str]) -> dict[str, Any]:
    block: dict[str, Any] = {TYPE: action.raw["Type"]} if "Type" in action.raw else {}
    parameters = action.parameters
    if isinstance(parameters, dict) and not any(map(_is_own, parameters)):
        block |= parameters
    else:
        block[PARAMETERS] = parameters
    other = {key: item for key, item in action.raw.items() if key not in ACTION_KEYS}
    if other:
        block[OTHER] = other
    arrows = _arrows(action, names)
    if arrows is not None:
        return block | arrows
    return {**block, TRANSITIONS: _with_named_targets(action, names)}


def _is_own(key: str) -> bool:
    """Returns whether the view uses a key of a block itself."""
    return isinstance(key, Linked) or key in _OWN or key.startswith((f"{IF} ", f"{ON_ERROR} "))


def _arrows(action: FlowAction, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Returns the targets by branch, or `None` if the transitions have another shape or two branches of one label."""
    transitions = action.raw.get("Transitions", {})
    if not isinstance(transitions, dict) or not transitions.keys() <= {"NextAction", "Errors", "Conditions"}:
        return None
    conditions, errors = transitions.get("Conditions", []), transitions.get("Errors", [])
    if not isinstance(conditions, list) or not isinstance(errors, list):
        return None
    labels = [_condition_label(action.type, item) for item in conditions]
    words = [_error_label(item) for item in errors]
    has_next = "NextAction" in transitions
    if None in (*labels, *words) or len({*labels, *words}) < len(labels) + len(words):
        return None
    if has_next and not isinstance(transitions["NextAction"], str):
        return None
    arrows: dict[str, Any] = {THEN: _target(transitions["NextAction"], names)} if has_next else {}
    for label, item in zip([*labels, *words], [*conditions, *errors], strict=True):
        arrows[str(label)] = _target(item["NextAction"], names)
    return arrows | ({IN_ORDER: [str(label)[3:] for label in labels]} if action.conditions_have_order else {})


def _condition_label(type: Any, item: Any) -> str | None:
    """Returns `if Equals 1`, or `None` for a condition of another shape, which a label cannot hold."""
    if not isinstance(item, dict) or item.keys() != {"NextAction", "Condition"}:
        return None
    condition = normal_condition(type, item["Condition"])
    if not isinstance(condition, dict) or condition.keys() != {"Operator", "Operands"}:
        return None
    operator, operands = condition["Operator"], condition["Operands"]
    is_one = isinstance(operands, list) and len(operands) == 1
    if not is_one or not all(_is_plain(text) for text in (operator, operands[0], item["NextAction"])):
        return None
    return f"{IF} {condition_words(condition)}" if operator and " " not in operator else None


def _error_label(item: Any) -> str | None:
    if not isinstance(item, dict) or item.keys() != {"NextAction", "ErrorType"}:
        return None
    is_plain = _is_plain(item["ErrorType"]) and _is_plain(item["NextAction"])
    return f"{ON_ERROR} {item['ErrorType']}" if is_plain else None


def _is_plain(text: Any) -> bool:
    return isinstance(text, str) and not isinstance(text, Linked)


def _with_named_targets(action: FlowAction, names: Mapping[str, str]) -> Any:
    """Returns transitions of another shape, in which each target is shown as in the rest of the view."""
    return with_changed_targets(action.raw.get("Transitions"), lambda target: _target(target, names))
