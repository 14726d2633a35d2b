"""The rules of users that a schema cannot state: names, addresses, the two forms of settings, and ways to sign in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import is_normalized

from reconciler.kinds.wording import quoted
from reconciler.model import Problem, Ref

# Sources: service model, CreateUser and UserIdentityInfo; letters: CloudFormation's schema of AWS::Connect::User.
USERNAME = re.compile(r"[a-zA-Z0-9_.@-]+")
EMAIL = re.compile(r"(?=^.{0,265}$)[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,63}")
LONGEST_SAML_NAME = 64
PER_CHANNEL = (
    *("autoAcceptConfigs", "afterContactWorkConfigs", "phoneNumberConfigs"),
    *("persistentConnectionConfigs", "voiceEnhancementConfigs"),
)
_AGENT_FIRST = ("agentFirstCallbackAutoAccept", "agentFirstCallbackAfterContactWorkConfig")


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _name_problems(declared.get("name"))
    yield from _identity_problems(declared.get("identityInfo"))
    yield from _phone_problems(declared)
    yield from _repeated_skills(declared.get("proficiencies"))


def _name_problems(name: Any) -> Iterator[Problem]:
    if not isinstance(name, str) or not name:
        return
    if not USERNAME.fullmatch(name):
        yield Problem("error", ("name",), f"the user name {quoted(name)} may have letters, digits and _ . - @ alone")
    elif "@" in name and not EMAIL.fullmatch(name):
        message = f"the user name {quoted(name)} has an @, so it must be a whole e-mail address such as ann@example.com"
        yield Problem("error", ("name",), message)


def _identity_problems(identity: Any) -> Iterator[Problem]:
    if not isinstance(identity, Mapping):
        return
    for key in ("firstName", "lastName"):
        text = identity.get(key)
        if isinstance(text, str) and not is_normalized("NFC", text):
            message = "AWS takes no combining characters (only Unicode's form NFC); type the letters again"
            yield Problem("error", ("identityInfo", key), message)
    for key in ("email", "secondaryEmail"):
        text = identity.get(key)
        if isinstance(text, str) and not EMAIL.fullmatch(text):
            yield Problem("error", ("identityInfo", key), f"{quoted(text)} is not an e-mail address")


def _phone_problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Checks that one form is chosen. AWS refuses both: service model, CreateUser."""
    phone = declared.get("phoneConfig")
    for key in PER_CHANNEL:
        if phone is not None and declared.get(key) is not None:
            message = f"phoneConfig sets the same for all channels; declare either phoneConfig or {key}"
            yield Problem("error", (key,), message)
        for at, item in enumerate(_maps(declared.get(key))):
            for word in _AGENT_FIRST:
                if item.get(word) is not None and item.get("channel") != "VOICE":
                    yield Problem("error", (key, at, word), "only VOICE has callbacks; delete it")
    if isinstance(phone, Mapping):
        yield from _number_problems(phone, ("phoneConfig", "deskPhoneNumber"))
    for at, item in enumerate(_maps(declared.get("phoneNumberConfigs"))):
        yield from _number_problems(item, ("phoneNumberConfigs", at, "phoneNumber"))


def _number_problems(phone: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Problem]:
    if phone.get(str(path[-1])) is not None and phone.get("phoneType") == "SOFT_PHONE":
        yield Problem("error", path, "only a DESK_PHONE has a number; delete it, or change phoneType")


def _repeated_skills(proficiencies: Any) -> Iterator[Problem]:
    known = set()
    for at, item in enumerate(_maps(proficiencies)):
        skill = (str(item.get("attributeName")), str(item.get("attributeValue")))
        if skill in known:
            message = f"proficiencies has {quoted('/'.join(skill))} twice; keep one of them"
            yield Problem("error", ("proficiencies", at, "attributeValue"), message)
        known.add(skill)


def problems_of_values(declared: Mapping[Ref, Mapping[str, Any]]) -> Iterator[tuple[Ref, Problem]]:
    """Yields proficiencies whose value is not one of a declared attribute. Source: service model, UserProficiency.

    An attribute that no manifest declares may have any values.
    """
    attributes = {}
    for ref, spec in declared.items():
        values = spec.get("values") if ref.kind == "PredefinedAttribute" else None
        attributes[ref.name] = values.get("stringList") if isinstance(values, Mapping) else None
    for ref, spec in declared.items():
        yield from ((ref, problem) for problem in _value_problems(spec, attributes) if ref.kind == "User")


def _value_problems(declared: Mapping[str, Any], attributes: Mapping[str, Any]) -> Iterator[Problem]:
    for at, item in enumerate(_maps(declared.get("proficiencies"))):
        name, value = item.get("attributeName"), item.get("attributeValue")
        values = attributes.get(name) if isinstance(name, str) else None
        if isinstance(values, list) and isinstance(value, str) and value not in values:
            message = f"PredefinedAttribute/{name} has no value {quoted(value)}; add it there, or choose another"
            yield Problem("error", ("proficiencies", at, "attributeValue"), message)


def _maps(items: Any) -> Sequence[Mapping[str, Any]]:
    """Returns the items of a list, with an empty one for what is not a map."""
    return [item if isinstance(item, Mapping) else {} for item in (items if isinstance(items, list) else ())]
