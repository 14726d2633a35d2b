"""The ids and ARNs in parameters: whether each may stand there, and whether it leads to a resource.

Queues, flows, hours, prompts and agents are looked for in the instance. Modules, views, data tables and assistants are
not [seen]; a placeholder or an ARN of another instance is refused for all of them but views.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from reconciler.sandbox.connect.flow_language.document import Action
from reconciler.sandbox.connect.flow_language.surroundings import Surroundings

UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# The kinds that a parameter names, with the parts of their ARNs below the instance's.
KINDS = {
    "QueueId": "queue",
    "AgentId": "agent",
    "ContactFlowId": "flow",
    "ContactFlowArn": "flow",
    "PromptId": "prompt",
    "HoursOfOperationId": "hours",
    "FlowModuleId": "module",
    "DataTableId": "data table",
    "LambdaFunctionARN": "lambda",
}
PARTS = {
    "queue": "queue",
    "agent": "agent",
    "flow": "contact-flow",
    "prompt": "prompt",
    "hours": "operating-hours",
    "module": "flow-module",
    "data table": "data-table",
}
HOOKS = (
    *("AgentHold", "AgentWhisper", "CustomerHold", "CustomerQueue", "CustomerRemaining", "CustomerWhisper"),
    *("DefaultAgentUI", "DisconnectAgentUI", "PauseContact", "ResumeContact"),
)
# A disconnect flow of another instance is dropped and not refused [seen: aws-sdk-js, issue 3834].
DROPPED = "CustomerRemaining"


class NamedThing(NamedTuple):
    kind: str
    path: str
    value: str


def is_dynamic(value: Any) -> bool:
    """Returns whether a value is a JSONPath."""
    return isinstance(value, str) and value.startswith(("$.", "$["))


def reference_problems(action: Action, around: Surroundings) -> Iterator[str]:
    for reference in _references(action):
        if is_dynamic(reference.value):
            continue
        path = f"{action.path}.Parameters.{reference.path}"
        if reference.kind == "prompt" and _is_foreign(reference, around):
            yield f"Failed to convert id: {reference.value}"
        elif not _is_accepted(reference, around):
            yield f"Invalid Action property value. Path: {path}"
    yield from _number_problems(action, around)


def module_of(action: Action) -> str:
    """Returns the id of the module that an action invokes; a qualifier stands behind it."""
    value = action.parameters.get("FlowModuleId")
    return str(value).rpartition("/")[2].partition(":")[0] if isinstance(value, str) else ""


def _references(action: Action) -> Iterator[NamedThing]:
    for name, value in action.parameters.items():
        if name in KINDS and isinstance(value, str):
            yield NamedThing(KINDS[name], name, value)
    hooks = action.parameters.get("EventHooks")
    if isinstance(hooks, dict) and action.type == "UpdateContactEventHooks":
        for name, value in hooks.items():
            yield NamedThing("flow", f"EventHooks.{name}", str(value))
    messages = action.parameters.get("Messages")
    for at, message in enumerate(messages if isinstance(messages, list) else ()):
        if isinstance(message, dict) and isinstance(message.get("PromptId"), str):
            yield NamedThing("prompt", f"Messages[{at}].PromptId", message["PromptId"])
    bot = action.parameters.get("LexV2Bot")
    if isinstance(bot, dict):
        yield NamedThing("bot", "LexV2Bot.AliasArn", str(bot.get("AliasArn", "")))


def _is_accepted(reference: NamedThing, around: Surroundings) -> bool:
    kind, value = reference.kind, reference.value
    known = around.ids.get(kind)
    if kind in ("lambda", "bot"):
        service = {"lambda": ":lambda:", "bot": ":lex:"}[kind]
        return value.startswith("arn:") and service in value and (known is None or value in known)
    if _is_foreign(reference, around):
        return reference.path == f"EventHooks.{DROPPED}"
    id = _id(reference, around)
    return id in known if known is not None else UUID.fullmatch(id) is not None


def _is_foreign(reference: NamedThing, around: Surroundings) -> bool:
    if not reference.value.startswith("arn:"):
        return False
    return not reference.value.startswith(f"{around.instance_arn}/{PARTS.get(reference.kind, '')}/")


def _id(reference: NamedThing, around: Surroundings) -> str:
    """Returns the id without its ARN and without the qualifier of a flow or module."""
    value = reference.value.removeprefix(f"{around.instance_arn}/{PARTS[reference.kind]}/")
    if reference.kind == "queue":
        return value.removeprefix("agent/")
    return value.partition(":")[0] if reference.kind in ("flow", "module", "data table") else value


def _number_problems(action: Action, around: Surroundings) -> Iterator[str]:
    """Yields a caller id that is not a claimed number [seen]."""
    caller = action.parameters.get("CallerId")
    number = caller.get("Number") if isinstance(caller, dict) else None
    if isinstance(number, str) and number and not is_dynamic(number) and number not in around.numbers:
        yield f"Invalid Action property value. Path: {action.path}.Parameters.CallerId.Number"
