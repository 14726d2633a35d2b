"""Audits of the values in blocks: empty texts, ids from elsewhere, conditions that never hold, lengths and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reconciler.flows.audit_notes import Audited, FlowNote, Severity, texts_in
from reconciler.flows.block_names import places_at
from reconciler.flows.catalogue import action_type, rules_of
from reconciler.flows.normal import key_text, normal_condition
from reconciler.flows.parsing import FlowAction, Steps
from reconciler.model.names import Linked

MOST_BILLED, MOST_CHARACTERS = 3_000, 6_000
LONGEST_LAMBDA, LONGEST_ASYNCHRONOUS = 8, 60  # seconds

_ARN = re.compile(r"arn:aws[\w-]*:(?P<service>[^:]*):(?P<region>[^:]*):(?P<account>[^:]*):(?P<rest>.+)")
_INSTANCE = re.compile(r"instance/(?P<instance>[^/]+)")
_PLACEHOLDER = re.compile(r"\{\{.*\}\}|\$\{.*\}|%.+%|<.+>")


def empty_values(audited: Audited) -> Iterator[FlowNote]:
    for action in audited.flow.actions:
        for steps, text in audited.texts(action):
            if not text:
                # Exports of views have empty texts, and an unknown type may take them.
                is_sure = "ViewData" not in steps and action_type(action.type) is not None
                severity: Severity = "error" if is_sure else "warning"
                yield audited.note(severity, "empty", action, "AWS refuses an empty text here", at=steps)


def wrong_types(audited: Audited) -> Iterator[FlowNote]:
    for action in audited.flow.actions:
        for rule in rules_of(action.type, action.parameters):
            is_text = rule.is_number or rule.is_boolean or rule.is_prose
            for steps, value in places_at(action.parameters, rule.path) if is_text or rule.is_static else ():
                if is_text and not isinstance(value, str | int):
                    yield audited.note("warning", "parameter", action, "must be a text", at=("Parameters", *steps))
                elif rule.is_static and isinstance(value, str) and value.startswith("$."):
                    message = "takes no JSONPath, only a fixed value"
                    yield audited.note("warning", "parameter", action, message, at=("Parameters", *steps))


def foreign_ids(audited: Audited) -> Iterator[FlowNote]:
    for action in audited.flow.actions:
        for rule in rules_of(action.type, action.parameters):
            for steps, value in places_at(action.parameters, rule.path) if rule.refers else ():
                if isinstance(value, str) and not isinstance(value, Linked) and _PLACEHOLDER.fullmatch(value):
                    message = f'"{value}" is a placeholder and not the id of a {rule.refers}'
                    yield audited.note("error", "foreign-id", action, message, at=("Parameters", *steps))
        for steps, text in texts_in(action.parameters, ("Parameters",)):
            if message := _elsewhere(audited, text):
                is_connect = text.split(":")[2] == "connect"
                yield audited.note("error" if is_connect else "warning", "foreign-id", action, message, at=steps)


def conditions(audited: Audited) -> Iterator[FlowNote]:
    """Yields conditions that never hold, because an earlier one holds whenever they do."""
    for action in audited.flow.actions:
        listed = list(_tests(action))
        for at, (steps, operator, operand) in enumerate(listed):
            covering = next((test for test in listed[:at] if _covers(test[1:], (operator, operand))), None)
            if covering:
                message = f"never holds: {covering[1]} {covering[2]} before it holds whenever it does"
                yield audited.note("warning", "condition", action, message, at=steps)
            elif action.type == "DistributeByPercentage" and (_number(operand) or 0) > 101:
                yield audited.note("warning", "condition", action, "is more than 100 percent", at=steps)


def prose(audited: Audited) -> Iterator[FlowNote]:
    for action in audited.flow.actions:
        for rule in rules_of(action.type, action.parameters):
            for steps, text in places_at(action.parameters, rule.path) if rule.is_prose else ():
                at: Steps = ("Parameters", *steps)
                if isinstance(text, str) and (message := _too_long(text)):
                    yield audited.note("warning", "text", action, message, at=at)
                if isinstance(text, str) and rule.path[-1] == "Text" and "<speak>" in text:
                    yield audited.note("info", "text", action, "is SSML; the parameter SSML says so", at=at)


def lambda_limits(audited: Audited) -> Iterator[FlowNote]:
    for action in audited.flow.actions:
        seconds = lambda_seconds(action)
        is_asynchronous = seconds and action.parameters.get("InvocationType") == "ASYNCHRONOUS"
        most = LONGEST_ASYNCHRONOUS if is_asynchronous else LONGEST_LAMBDA
        if seconds > most:
            message = f"a Lambda function has at most {most} s here, and this one gets {seconds:g} s"
            steps: Steps = ("Parameters", "InvocationTimeLimitSeconds")
            yield audited.note("warning", "lambda-limit", action, message, at=steps)


VALUE_RULES = (empty_values, wrong_types, foreign_ids, conditions, prose, lambda_limits)


def lambda_seconds(action: FlowAction) -> float:
    """Returns how many seconds a block waits for a Lambda function at most; 0 for other blocks."""
    if action.type != "InvokeLambdaFunction" or not isinstance(action.parameters, dict):
        return 0
    return _number(action.parameters.get("InvocationTimeLimitSeconds")) or 0


def _elsewhere(audited: Audited, text: str) -> str:
    """Returns why an ARN is not of the flow's own instance, account or Region; empty if it may be."""
    match, address = _ARN.fullmatch(text), audited.address
    if not match or not address or isinstance(text, Linked):
        return ""
    instance = _INSTANCE.match(match["rest"]) if match["service"] == "connect" else None
    if match["account"] not in ("", "aws", address.account):
        return f"names the account {match['account']}, and the flow is for {address.account}"
    if match["region"] not in ("", address.region):
        return f"names the Region {match['region']}, and the flow is for {address.region}"
    if instance and instance["instance"] != address.instance:
        return f"names the instance {instance['instance']}, and the flow is for {address.instance}"
    return ""


def _tests(action: FlowAction) -> Iterator[tuple[Steps, str, Any]]:
    transitions = action.raw.get("Transitions")
    listed = transitions.get("Conditions") if isinstance(transitions, dict) else None
    for at, item in enumerate(listed if isinstance(listed, list) else []):
        condition = normal_condition(action.type, item.get("Condition")) if isinstance(item, dict) else None
        match condition:
            case {"Operator": str() as operator, "Operands": [operand]}:
                yield ("Transitions", "Conditions", at), operator, operand


def _covers(earlier: tuple[str, Any], later: tuple[str, Any]) -> bool:
    """Returns whether the earlier condition holds whenever the later one does."""
    if key_text(earlier) == key_text(later):
        return True
    (operator, operand), (other, other_operand) = earlier, later
    numbers = _number(operand), _number(other_operand)
    if operator == other and None not in numbers:
        rises = operator in ("NumberLessThan", "NumberLessOrEqualTo")
        falls = operator in ("NumberGreaterThan", "NumberGreaterOrEqualTo")
        return (rises and numbers[1] <= numbers[0]) or (falls and numbers[1] >= numbers[0])  # type: ignore[operator]
    if other != "Equals" or not isinstance(operand, str) or not isinstance(other_operand, str):
        return False
    if operand.startswith("$") or other_operand.startswith("$"):
        return False
    match operator:
        case "TextStartsWith":
            return other_operand.startswith(operand)
        case "TextEndsWith":
            return other_operand.endswith(operand)
        case "TextContains":
            return operand in other_operand
    return False


def _number(value: Any) -> float | None:
    try:
        return float(value) if isinstance(value, str | int | float) else None
    except ValueError:
        return None


def _too_long(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        return f"has {len(text):,} characters; AWS speaks at most {MOST_CHARACTERS:,}"
    return f"has {len(text):,} characters; AWS bills at most {MOST_BILLED:,}" if len(text) > MOST_BILLED else ""
