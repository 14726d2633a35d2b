"""Audits of single blocks against the catalogue: types, branches and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from reconciler.flows.action_types import ActionType
from reconciler.flows.audit_notes import MODULE, Audited, FlowNote
from reconciler.flows.catalogue import ACTION_TYPES, REFUSED_TYPES, action_type
from reconciler.flows.parsing import IF, ON_ERROR, THEN, FlowAction

_WHERE = ("Transitions",)


def types(audited: Audited) -> Iterator[FlowNote]:
    """Yields types that the catalogue does not have. AWS adds types, so this is a warning."""
    for action in audited.flow.actions:
        name = action.type
        if not isinstance(name, str) or name in ACTION_TYPES:
            continue
        near = get_close_matches(name, ACTION_TYPES, 1)
        hint = f' Did you mean "{near[0]}"?' if near else ""
        reason = "AWS refuses" if name in REFUSED_TYPES else "the catalogue does not have"
        yield audited.note("warning", "type", action, f'{reason} the type "{name}".{hint}', at=("Type",))


def branches(audited: Audited) -> Iterator[FlowNote]:
    for action, known in _known_actions(audited):
        present = {branch.word for branch in action.branches if branch.kind == ON_ERROR}
        for error in known.required_errors:
            if error not in present:
                message = f"AWS refuses this block without a branch for the error {error}"
                yield audited.note("error", "branch", action, message, at=_WHERE)
        for branch in action.branches:
            if branch.kind == ON_ERROR and branch.word not in known.errors:
                message = f"this block has no error {branch.word}; AWS refuses the branch"
                yield audited.note("warning", "branch", action, message, at=branch.steps[2:])
        has_next = any(branch.kind == THEN for branch in action.branches)
        if known.needs_next and not has_next:
            yield audited.note("warning", "branch", action, "this block needs a NextAction", at=_WHERE)
        if known.is_end and action.branches:
            yield audited.note("warning", "branch", action, "nothing follows this block", at=_WHERE)
        elif message := _wrong_conditions(action, known):
            yield audited.note("warning", "branch", action, message, at=(*_WHERE, "Conditions"))


def parameters(audited: Audited) -> Iterator[FlowNote]:
    for action, known in _known_actions(audited):
        given = action.parameters
        if not isinstance(given, dict):
            yield audited.note("warning", "parameter", action, "Parameters must be an object", at=("Parameters",))
            continue
        names = {rule.path[0] for rule in known.parameters}
        required = sorted({rule.path[0] for rule in known.parameters if rule.is_required and len(rule.path) == 1})
        for name in required:
            if name not in given:
                yield audited.note("warning", "parameter", action, f"{name} is missing", at=("Parameters",))
        for name in given:
            if name not in names and not known.takes_other_parameters:
                near = get_close_matches(name, names, 1)
                hint = f" Did you mean {near[0]}?" if near else ""
                message = f'this block has no parameter "{name}".{hint}'
                yield audited.note("warning", "parameter", action, message, at=("Parameters", name))


def flow_types(audited: Audited) -> Iterator[FlowNote]:
    """Yields blocks that the reference does not allow in this type of flow. Modules are judged by their callers."""
    if audited.flow_type in (None, MODULE):
        return
    for action, known in _known_actions(audited):
        if audited.flow_type not in known.flow_types:
            message = f'"{known.title}" is not for flows of the type {audited.flow_type}; it may take its error branch'
            yield audited.note("warning", "flow-type", action, message, at=("Type",))


BLOCK_RULES = (types, branches, parameters, flow_types)


def _known_actions(audited: Audited) -> Iterator[tuple[FlowAction, ActionType]]:
    for action in audited.flow.actions:
        if known := action_type(action.type, action.parameters):
            yield action, known


def _wrong_conditions(action: FlowAction, known: ActionType) -> str:
    """Returns why AWS refuses the conditions as a whole; empty if it takes them."""
    operands = [_operand(action, branch.steps) for branch in action.branches if branch.kind == IF]
    if not known.has_conditions:
        return "this block takes no conditions" if operands else ""
    if known.operands and not any(set(operands) == wanted for wanted in known.operands):
        sets = " or ".join(", ".join(sorted(wanted)) for wanted in known.operands)
        return f"this block needs exactly the conditions {sets}"
    strange = sorted(set(operands) - known.known_operands) if known.known_operands else []
    return f"this block never returns {', '.join(strange)}" if strange else ""


def _operand(action: FlowAction, steps: tuple[str | int, ...]) -> str:
    value: Any = action.raw
    for step in steps[2:-1]:
        value = value[step]
    match value:
        case {"Condition": {"Operands": [operand]}}:
            return str(operand)
    return ""
