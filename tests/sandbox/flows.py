"""Flows and modules as these tests make them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from .administrative import HERE

Action = dict[str, Any]
SETTINGS: dict[str, Any] = {"InputParameters": [], "OutputParameters": [], "Transitions": []}


def action(type: str, identifier: str = "a", **members: Any) -> Action:
    """An action; `members` are its parameters."""
    return {"Identifier": identifier, "Type": type, "Parameters": members, "Transitions": {}}


def leading(made: Action, to: str = "end", errors: str = "", conditions: Mapping[str, str] | None = None) -> Action:
    """The action with transitions to one other; `errors` in one text, conditions by operand with their operator."""
    listed = [{"NextAction": to, "ErrorType": name} for name in errors.split()]
    tests = [
        {"NextAction": to, "Condition": {"Operator": operator, "Operands": [operand]}}
        for operand, operator in (conditions or {}).items()
    ]
    return {**made, "Transitions": {"NextAction": to, "Errors": listed, "Conditions": tests}}


END = action("DisconnectParticipant", "end")


def content(*actions: Action, **more: Any) -> str:
    """A flow that starts with the first action and ends with `end`."""
    whole = [*actions, END]
    return json.dumps({"Version": "2019-10-30", "StartAction": whole[0]["Identifier"], **more, "Actions": whole})


def module(*actions: Action) -> str:
    return content(*actions, Settings=SETTINGS)


def saying(text: str) -> str:
    return content(leading(action("MessageParticipant", Text=text)))


def add_flow(client: Any, name: str = "F", text: str = "", **more: Any) -> str:
    """Its id."""
    members = {"Type": "CONTACT_FLOW", "Content": text or saying("Hello"), **more}
    return str(client.create_contact_flow(**HERE, Name=name, **members)["ContactFlowId"])


def add_module(client: Any, name: str = "M", text: str = "", **more: Any) -> str:
    """Its id."""
    return str(client.create_contact_flow_module(**HERE, Name=name, Content=text or module(), **more)["Id"])


def described(client: Any, id: str) -> dict[str, Any]:
    return dict(client.describe_contact_flow(**HERE, ContactFlowId=id)["ContactFlow"])


def described_module(client: Any, id: str) -> dict[str, Any]:
    return dict(client.describe_contact_flow_module(**HERE, ContactFlowModuleId=id)["ContactFlowModule"])


def problems(client: Any, *actions: Action, type: str = "CONTACT_FLOW") -> list[str]:
    """The problems of a flow that is to be published; none if it is."""
    return problems_of(client, content(*actions), type)


def problems_of(client: Any, text: str, type: str = "CONTACT_FLOW") -> list[str]:
    try:
        id = add_flow(client, "tried", text, Type=type)
    except ClientError as error:
        return [problem["message"] for problem in error.response["problems"]]
    client.delete_contact_flow(**HERE, ContactFlowId=id)
    return []
