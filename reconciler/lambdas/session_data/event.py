"""Reads the event of a contact flow, which `event.schema.json` describes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.session_data.refusals import Code, Refused

CONTACT = re.compile(r"[A-Za-z0-9-]{1,256}")
INSTANCE, ASSISTANT, SESSION = "connect_instance_id", "ai_assistant_id", "session_arn"
# They name the target and are never written. Any letter case is valid; `sessionArn` is AWS's own spelling.
SYSTEM = {INSTANCE: INSTANCE, ASSISTANT: ASSISTANT, SESSION: SESSION, "sessionarn": SESSION}


@dataclass(frozen=True)
class Request:
    contact: str
    instance_arn: str
    parameters: Mapping[str, Any]
    """The flow's own parameters, in its order."""
    system: Mapping[str, str]
    """The parameters of the names above, without empty ones."""


def read_event(event: Any) -> Request:
    """Returns the request. Raises `Refused` with every mistake; its text contains no value of the event."""
    mistakes: list[str] = []
    details = _object(event, "Details", "the event", mistakes)
    contact = _object(details, "ContactData", "Details", mistakes)
    id = contact.get("ContactId")
    if not (isinstance(id, str) and CONTACT.fullmatch(id)) and not mistakes:
        mistakes.append("Details.ContactData.ContactId must be the id of a contact")
    arn = contact.get("InstanceARN")
    parameters: Any = details.get("Parameters", {})
    if not isinstance(parameters, Mapping):
        mistakes.append("Details.Parameters must be an object")
        parameters = {}
    system = _system(parameters, mistakes)
    if mistakes:
        raise Refused(Code.BAD_EVENT, "; ".join(mistakes))
    own = {str(key): value for key, value in parameters.items() if str(key).lower() not in SYSTEM}
    return Request(str(id), arn if isinstance(arn, str) else "", own, system)


def _object(holder: Any, name: str, where: str, mistakes: list[str]) -> Mapping[str, Any]:
    """Returns a member that must be an object. Reports the first mistake on the way down only."""
    if not isinstance(holder, Mapping):
        mistakes.append(f"{where} must be an object")
        return {}
    member = holder.get(name)
    if isinstance(member, Mapping):
        return member
    if not mistakes:
        mistakes.append(f"{name if where == 'the event' else f'{where}.{name}'} must be an object")
    return {}


def _system(parameters: Mapping[str, Any], mistakes: list[str]) -> dict[str, str]:
    """Returns the system parameters. The upper-case one of two spellings counts, or else the last."""
    system: dict[str, str] = {}
    for key in sorted((key for key in parameters if isinstance(key, str)), key=str.isupper):
        if (name := SYSTEM.get(key.lower())) is None:
            continue
        value = parameters[key]
        if value is not None and not isinstance(value, str):
            mistakes.append(f"Details.Parameters.{name.upper()} must be a text")
        elif value and value.strip():
            system[name] = value.strip()
    return system
