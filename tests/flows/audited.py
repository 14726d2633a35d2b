"""Flows for the audits, each of one block with a mistake or close to one."""

from __future__ import annotations

from typing import Any

from reconciler.flows.audit_notes import InstanceAddress
from reconciler.flows.audits import audit
from tests.builders.flows import UUIDS, Json, action_of, block, end, flow_of, greeting, opening_hours

HERE = InstanceAddress("111122223333", "eu-central-1", UUIDS[0])
FUNCTION = "arn:aws:lambda:eu-central-1:111122223333:function:lookup"


def notes(flow: Any, rule: str, flow_type: str | None = "CONTACT_FLOW", **more: Any) -> list[tuple[str, str, str]]:
    """Returns severity, block and message of the notes of one rule."""
    found = audit(flow, flow_type, HERE, **more)
    return [(note.severity, note.block, note.message) for note in found if note.rule == rule]


def after_welcome(*blocks: Json) -> Json:
    """Returns a flow that greets, goes through the blocks and disconnects."""
    return flow_of(greeting(then=blocks[0]["Identifier"]), *blocks, end())


def lookup(name: str = "Look up", then: str = "End", error: str = "Sorry", **parameters: Any) -> Json:
    given = {"LambdaFunctionARN": FUNCTION, "InvocationTimeLimitSeconds": "8", **parameters}
    return block(name, "InvokeLambdaFunction", given, then=then, error_NoMatchingError=error)


def sorry() -> Json:
    return greeting("Sorry", "Sorry")


def says(text: str, **parameters: Any) -> Json:
    return after_welcome(block("Say", "MessageParticipant", {"Text": text, **parameters}, then="End"))


def queue(queue_id: Any) -> Json:
    flow = opening_hours()
    action_of(flow, "Queue")["Parameters"]["QueueId"] = queue_id
    return flow


def compares(*conditions: tuple[str, Any], type: str = "Compare") -> Json:
    parameters = {"ComparisonValue": "$.Channel"} if type == "Compare" else {}
    test = block("Test", type, parameters, then="End", error_NoMatchingCondition="End")
    test["Transitions"]["Conditions"] = [
        {"NextAction": "End", "Condition": {"Operator": operator, "Operands": [operand]}}
        for operator, operand in conditions
    ]
    return after_welcome(test)


def reads(path: str, *setters: Json) -> Json:
    return after_welcome(*setters, block("Say", "MessageParticipant", {"Text": f"It is {path}."}, then="End"))


def setter(type: str = "UpdateContactAttributes", **parameters: Any) -> Json:
    return block("Set", type, parameters, then="Say", error_NoMatchingError="Say")


def with_branch(name: str, **branches: str) -> Json:
    flow = opening_hours()
    added = block(name, "x", **branches)["Transitions"]
    transitions = action_of(flow, name)["Transitions"]
    for key, items in added.items():
        transitions[key] = transitions.get(key, []) + items
    return flow


def without_next(name: str) -> Json:
    flow = opening_hours()
    del action_of(flow, name)["Transitions"]["NextAction"]
    return flow
