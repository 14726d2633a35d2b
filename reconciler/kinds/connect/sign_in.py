"""Judges users by the way to sign in of their instance: it requires some fields, and refuses others.

Sources: service model, CreateUser and UserIdentityInfo; for directories, CloudFormation's page of UserIdentityInfo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds.connect.user_rules import LONGEST_SAML_NAME
from reconciler.kinds.connect.user_settings import IdentityInfo
from reconciler.model import Problem, Ref, Resource

DIRECTORY_KEEPS = ("first_name", "last_name", "email")
WITHOUT_ONE = (
    "users of this instance sign in with passwords of Amazon Connect (CONNECT_MANAGED), so a new user needs one; "
    "declare password: {generate: true}, or password: {secret: NAME} with the name of a secret"
)
WAYS = {"SAML": "SAML", "EXISTING_DIRECTORY": "a directory"}


def refusal(before: Any, after: Any, there: Iterable[Resource]) -> str:
    """Returns which rule of its instance a user breaks; empty if there is none. `before` is `None` for a new user."""
    person = after.identity_info
    for way in (getattr(spec, "identity_management_type", "") for spec in there):
        created = "" if before else password_refusal(way, bool(after.password))
        created = created or ("" if before else creation_refusal(way, after.name, person, after.directory_user_id))
        if reason := created or identity_refusal(way, before.identity_info if before else None, person):
            return reason
    return ""


def keeps_passwords(there: Mapping[Ref, Resource]) -> bool:
    """Returns whether the instance of the users keeps their passwords."""
    ways = (getattr(it, "identity_management_type", "") for ref, it in there.items() if ref.kind == "ConnectInstance")
    return "CONNECT_MANAGED" in ways


def password_refusal(way: str, has_password: bool) -> str:
    """Returns why an instance with this way to sign in needs or refuses a password (service model, CreateUser)."""
    if way == "CONNECT_MANAGED":
        return "" if has_password else WITHOUT_ONE
    if has_password and way in WAYS:
        return f"users of this instance sign in with {WAYS[way]}, and AWS takes no password of them; delete password"
    return ""


def problems_of_passwords(declared: Mapping[Ref, Mapping[str, Any]]) -> Iterator[tuple[Ref, Problem]]:
    """Yields passwords of users whose instance is declared with another way to sign in.

    With several declared instances, only AWS knows which one is the users' own, so the plan decides then.
    """
    instances = {ref: spec for ref, spec in declared.items() if ref.kind == "ConnectInstance"}
    if len(instances) != 1:
        return
    ((instance, settings),) = instances.items()
    if not (way := WAYS.get(str(settings.get("identityManagementType")))):
        return
    reason = f"users of {instance} sign in with {way}, and AWS takes no password of them; delete this line"
    for ref, spec in declared.items():
        if ref.kind == "User" and spec.get("password") is not None:
            yield ref, Problem("error", ("password",), reason)


def creation_refusal(way: str, name: str, identity: IdentityInfo, directory_user: str | None) -> str:
    """Returns why an instance with this way to sign in refuses a new user; empty if it accepts the user."""
    if way == "EXISTING_DIRECTORY":
        return ""
    if way == "CONNECT_MANAGED":
        is_named = identity.first_name and identity.last_name
        return "" if is_named else "a new user needs identityInfo.firstName and lastName; declare both"
    if not (identity.first_name and identity.last_name):
        return "a new user who signs in with SAML needs identityInfo.firstName and lastName; declare both"
    if directory_user:
        return "users of this instance sign in with SAML, which has no directory; delete directoryUserId"
    if len(name) > LONGEST_SAML_NAME:
        return f"a user name for SAML may have {LONGEST_SAML_NAME} characters, and this one has {len(name)}; shorten it"
    return ""


def identity_refusal(way: str, before: IdentityInfo | None, after: IdentityInfo) -> str:
    """Returns why an instance with this way to sign in refuses the identity; empty if it accepts it."""
    if way == "SAML" and after.email:
        return "users of this instance sign in with SAML, and AWS takes no e-mail address of them; delete it"
    known = before if way == "EXISTING_DIRECTORY" else None
    if known and any(getattr(known, field) != getattr(after, field) for field in DIRECTORY_KEEPS):
        return "the directory keeps names and e-mail addresses of this instance's users; change them there"
    return ""
