"""The first pass, of transitions: errors, conditions and targets."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.connect.flow_language.document import Action, Flow
from reconciler.sandbox.connect.flow_language.grammar import Conditions, Variant
from reconciler.sandbox.connect.flow_language.parameters import VALUE


def transition_problems(action: Action, form: Variant, flow: Flow) -> Iterator[str]:
    if form.is_end:
        if action.targets():
            yield f"Action does not support transitions. Path: {action.path}"
        return
    if form.needs_next and action.next is None:
        yield f"Action is missing required property. Path: {action.path}.Transitions.NextAction"
    known = flow.identifiers()
    for target in action.targets():
        if target.to not in known:
            yield f"{VALUE}{action.path}.{target.path}"
    yield from _error_problems(action, form)
    yield from _condition_problems(action, form.conditions)


def _error_problems(action: Action, form: Variant) -> Iterator[str]:
    given = {error.kind for error in action.errors}
    for name, is_required in form.errors.items():
        if is_required and name not in given:
            yield f"Action is missing required error. Error: {name}, Path: {action.path}"
    for error in action.errors:
        if error.kind not in form.errors:
            yield f"Invalid Action error. Error: {error.kind}, Path: {action.path}"


def _condition_problems(action: Action, rule: Conditions) -> Iterator[str]:
    given = [condition.kind for condition in action.conditions]
    if given and not rule.operators:
        yield "Action does not support conditions"
        return
    has_operators = all(condition.operator in rule.operators for condition in action.conditions)
    has_operands = not rule.operands or all(operand in rule.operands for operand in given if operand)
    is_whole = not rule.is_whole or sorted(given) == sorted(rule.operands)
    if not (has_operators and has_operands and is_whole and len(given) >= rule.least):
        yield f"{VALUE}{action.path}.Transitions.Conditions"
