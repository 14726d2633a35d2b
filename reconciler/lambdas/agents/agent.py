"""An agent as a spreadsheet states it: the values, their plain form, and their hash.

`None` means that the file has no statement: a create uses AWS's default, an update leaves the live value. An empty text
means that the agent has none, so an update removes the live one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

SOFT_PHONE, DESK_PHONE = "SOFT_PHONE", "DESK_PHONE"
MANAGED, SAML, DIRECTORY = "CONNECT_MANAGED", "SAML", "EXISTING_DIRECTORY"
IDENTITY_TYPES = (MANAGED, SAML, DIRECTORY)


@dataclass(frozen=True)
class Agent:
    """One user of an instance, by names. It never has a password.

    `hierarchy_group` is a path from the top, such as `London/Sales`. `security_profiles` are 1 to 10 names without an
    order. `email`, `secondary_email`, `mobile` and `hierarchy_group` may be empty texts.
    """

    username: str
    routing_profile: str
    security_profiles: tuple[str, ...]
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    secondary_email: str | None = None
    mobile: str | None = None
    hierarchy_group: str | None = None
    phone_type: str | None = None
    desk_phone_number: str | None = None
    auto_accept: bool | None = None
    after_contact_work_seconds: int | None = None
    tags: tuple[tuple[str, str], ...] | None = None
    """Pairs of key and value, sorted by key."""

    @property
    def hash(self) -> str:
        """The SHA-256 of the canonical form, in 64 hex digits. The order of security profiles does not count."""
        text = json.dumps(as_plain(self), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_NAMES = tuple(field.name for field in fields(Agent))
_REQUIRED = ("username", "routing_profile", "security_profiles")


def as_plain(agent: Agent) -> dict[str, Any]:
    """Returns the statements as JSON has them; what the file does not state is left out."""
    plain: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(agent, name)
        if value is None:
            continue
        if name == "tags":
            value = dict(value)
        elif name == "security_profiles":
            value = sorted(value)
        plain[name] = value
    return plain


def agent_of(plain: Mapping[str, Any]) -> Agent:
    """Reverses `as_plain`. Keys of a later version are ignored.

    Raises `ValueError` if a required key is missing, or a value has another type. The text names the key alone.
    """
    if missing := [name for name in _REQUIRED if not plain.get(name)]:
        raise ValueError(f"the agent has no {missing[0]}")
    known = {name: plain[name] for name in _NAMES if name in plain}
    if wrong := [name for name, value in known.items() if not _has_type(name, value)]:
        raise ValueError(f"the agent's {wrong[0]} has another type")
    known["security_profiles"] = tuple(sorted(known["security_profiles"]))
    if "tags" in known:
        known["tags"] = tuple(sorted(known["tags"].items()))
    return Agent(**known)


def _has_type(name: str, value: Any) -> bool:
    match name:
        case "security_profiles":
            return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)
        case "tags":
            return isinstance(value, Mapping) and all(isinstance(item, str) for item in (*value, *value.values()))
        case "auto_accept":
            return isinstance(value, bool)
        case "after_contact_work_seconds":
            return isinstance(value, int) and not isinstance(value, bool)
        case _:
            return isinstance(value, str)
