"""Refuses users that do not fit an instance's way to sign in [service model, CreateUser, unless noted].

The error codes are inferred.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.errors import invalid

# CloudFormation's schema has these letters for every way to sign in; the service model for SAML.
USERNAME = re.compile(r"[a-zA-Z0-9_.@-]+")
EMAIL = re.compile(r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,63}")
PASSWORD = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[a-zA-Z\d\S]{8,64}")
# The prose limits other names to 20 characters, and the service took 43 [seen: terraform-provider-aws, user_test.go].
LONGEST_SAML_NAME = 64
DIRECTORY_KEEPS = ("FirstName", "LastName", "Email")


def refuse_user(way: str, params: Mapping[str, Any]) -> None:
    """Refuses a new user whom the instance does not accept."""
    name, given = params["Username"], params.get("Password")
    if not USERNAME.fullmatch(name) or ("@" in name and not EMAIL.fullmatch(name)):
        raise invalid(f"Username: {name!r} is not valid")
    if way == "SAML" and len(name) > LONGEST_SAML_NAME:
        raise invalid(f"Username: may have {LONGEST_SAML_NAME} characters")
    if way != "CONNECT_MANAGED" and given is not None:
        raise invalid(f"Password: is not valid for {way}")
    if way == "CONNECT_MANAGED" and not PASSWORD.fullmatch(given or ""):
        raise invalid("Password: 8 to 64 characters, with a lower-case letter, an upper-case letter and a digit")
    if way == "SAML" and params.get("DirectoryUserId") is not None:
        raise invalid("DirectoryUserId: is not valid for SAML")
    identity = params.get("IdentityInfo") or {}
    # The text requires an e-mail address too, and the service took users without one [seen: terraform-provider-aws].
    if way != "EXISTING_DIRECTORY" and not (identity.get("FirstName") and identity.get("LastName")):
        raise invalid("IdentityInfo: FirstName and LastName are required")
    _refuse_identity(way, identity)


def refuse_update(way: str, identity: Mapping[str, Any], kept: Mapping[str, Any]) -> None:
    """Refuses an identity that the instance does not accept. A directory keeps its own [CloudFormation, user guide]."""
    if way == "EXISTING_DIRECTORY" and any(identity.get(name) != kept.get(name) for name in DIRECTORY_KEEPS):
        raise invalid("IdentityInfo: the directory keeps FirstName, LastName and Email")
    _refuse_identity(way, identity)


def _refuse_identity(way: str, identity: Mapping[str, Any]) -> None:
    if way == "SAML" and identity.get("Email") is not None:
        raise invalid("IdentityInfo.Email: is not valid for SAML")
    for name in ("Email", "SecondaryEmail"):
        if identity.get(name) and not EMAIL.fullmatch(identity[name]):
            raise invalid(f"IdentityInfo.{name}: is not an email address")
    for name in ("FirstName", "LastName"):
        if not unicodedata.is_normalized("NFC", identity.get(name) or ""):
            raise invalid(f"IdentityInfo.{name}: must be in Unicode Normalization Form C")
