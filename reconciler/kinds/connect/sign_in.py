"""Judges users by the way to sign in of their instance: it requires some fields, and refuses others.

Sources: service model, CreateUser and UserIdentityInfo; for directories, CloudFormation's page of UserIdentityInfo.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.kinds.connect.user_rules import LONGEST_SAML_NAME
from reconciler.kinds.connect.user_settings import IdentityInfo
from reconciler.model import Resource

DIRECTORY_KEEPS = ("first_name", "last_name", "email")
CONSOLE_ONLY = (
    "users of this instance sign in with passwords of Amazon Connect (CONNECT_MANAGED), and a manifest cannot declare "
    "a password yet; create the user in the console, then adopt it"
)


def refusal(before: Any, after: Any, there: Iterable[Resource]) -> str:
    """Returns which rule of its instance a user breaks; empty if there is none. `before` is `None` for a new user."""
    person = after.identity_info
    for way in (getattr(spec, "identity_management_type", "") for spec in there):
        created = "" if before else creation_refusal(way, after.name, person, after.directory_user_id)
        if reason := created or identity_refusal(way, before.identity_info if before else None, person):
            return reason
    return ""


def creation_refusal(way: str, name: str, identity: IdentityInfo, directory_user: str | None) -> str:
    """Returns why an instance with this way to sign in refuses a new user; empty if it accepts the user."""
    if way == "CONNECT_MANAGED":
        return CONSOLE_ONLY
    if way == "EXISTING_DIRECTORY":
        return ""
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
