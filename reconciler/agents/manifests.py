"""Turns an agent of a file into the manifest of a user, as an author would declare it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.lambdas.agents.agent import Agent
from reconciler.model import Manifest

USER = "User"
_PERSON = {
    "firstName": "first_name",
    "lastName": "last_name",
    "email": "email",
    "secondaryEmail": "secondary_email",
    "mobile": "mobile",
}
_PHONE = {
    "phoneType": "phone_type",
    "autoAccept": "auto_accept",
    "afterContactWorkTimeLimit": "after_contact_work_seconds",
    "deskPhoneNumber": "desk_phone_number",
}


def manifest_of(agent: Agent, place: Source, *, is_new: bool, has_password: bool) -> Manifest:
    """Returns the manifest. An empty value removes the live one, and a new user has none to remove.

    `has_password`: the file has a password for the user, or the function generates one. The manifest never has it.
    """
    spec: dict[str, Any] = {
        "name": agent.username,
        "routingProfile": agent.routing_profile,
        "securityProfiles": list(agent.security_profiles),
        "identityInfo": _stated(agent, _PERSON, is_new),
        "phoneConfig": _stated(agent, _PHONE, is_new),
    }
    if agent.hierarchy_group or (agent.hierarchy_group == "" and not is_new):
        spec["hierarchyGroup"] = agent.hierarchy_group or None
    if agent.tags is not None:
        spec["tags"] = dict(agent.tags)
    if has_password and is_new:
        spec["password"] = {"generate": True}
    given = {name: value for name, value in spec.items() if value != {}}
    return Manifest(KINDS[USER].spec.model_validate(given), place)


def _stated(agent: Agent, names: Mapping[str, str], is_new: bool) -> dict[str, Any]:
    values = {name: getattr(agent, field) for name, field in names.items()}
    return {name: value or None if value == "" else value for name, value in values.items() if _counts(value, is_new)}


def _counts(value: Any, is_new: bool) -> bool:
    return value is not None and not (value == "" and is_new)
