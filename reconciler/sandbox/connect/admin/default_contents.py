"""Small valid contents of flows and modules: for AWS's own ones, and for seeds that have none.

Types of actions follow the pages of the default flows [admin guide]; texts are the sandbox's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Action = dict[str, Any]
# Settings of a module's content, the same in nearly every one [seen].
BOILERPLATE = {
    "InputParameters": [],
    "OutputParameters": [],
    "Transitions": [
        {"DisplayName": "Success", "ReferenceName": "Success", "Description": ""},
        {"DisplayName": "Error", "ReferenceName": "Error", "Description": ""},
    ],
}


def flow_content(flow_type: str) -> str:
    """Returns a content that a flow of this type may have."""
    match flow_type:
        case "AGENT_HOLD" | "CUSTOMER_HOLD" | "CUSTOMER_QUEUE":
            actions = [_action("loop", "MessageParticipantIteratively", Messages=[{"Text": "Please wait."}])]
        case "AGENT_WHISPER" | "CUSTOMER_WHISPER" | "OUTBOUND_WHISPER":
            actions = [_message(flow_type), _action("end", "EndFlowExecution")]
        case "AGENT_TRANSFER":
            actions = [_message(flow_type), _action("end", "TransferContactToAgent")]
        case "QUEUE_TRANSFER":
            actions = [_message(flow_type), _to_queue(), _action("full", "DisconnectParticipant")]
        case _:
            actions = [_message(flow_type), _action("end", "DisconnectParticipant")]
    return _content(actions)


def module_content() -> str:
    return _content([_action("end", "EndFlowModuleExecution")], {"Settings": BOILERPLATE})


def _content(actions: list[Action], more: Mapping[str, Any] | None = None) -> str:
    start = {"Version": "2019-10-30", "StartAction": actions[0]["Identifier"], "Metadata": {}}
    return json.dumps({**start, **(more or {}), "Actions": actions})


def _action(identifier: str, type: str, **parameters: Any) -> Action:
    return {"Identifier": identifier, "Type": type, "Parameters": parameters, "Transitions": {}}


def _message(flow_type: str) -> Action:
    text = f"This is the default flow for {flow_type.lower().replace('_', ' ')}."
    return {**_action("message", "MessageParticipant", Text=text), "Transitions": {"NextAction": "end"}}


def _to_queue() -> Action:
    errors = [{"NextAction": "full", "ErrorType": name} for name in ("QueueAtCapacity", "NoMatchingError")]
    transitions = {"NextAction": "full", "Errors": errors, "Conditions": []}
    return {**_action("end", "TransferContactToQueue"), "Transitions": transitions}
