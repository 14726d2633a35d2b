"""Passwords of users: their rules, the secrets that keep generated ones, and the calls that apply makes for them."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from reconciler.model.secret import HiddenText

# Source: service model, CreateUser: ^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[a-zA-Z\d\S]{8,64}$
RULE = "AWS takes 8 to 64 characters with a lower-case letter, an upper-case letter and a digit, and without blanks"
_VALID = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])\S{8,64}")
# An agent may have to type it: without 0, 1, O, I and l. 24 of 57 letters and digits are 139 bits.
_ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 24
_GENERATED = re.compile(r"reconcile/(?P<owner>.+)/users/(?P<user>[^/]+)/password")
_SERVICE = "secretsmanager"
READ, CREATE, PUT, RESTORE = (
    *(f"{_SERVICE}:GetSecretValue", f"{_SERVICE}:CreateSecret"),
    *(f"{_SERVICE}:PutSecretValue", f"{_SERVICE}:RestoreSecret"),
)
# CreateSecret with tags also needs TagResource (service model).
CALLS = (READ, CREATE, PUT, RESTORE, f"{_SERVICE}:TagResource")


def generate() -> HiddenText:
    """Returns a new password from the operating system's random source."""
    while True:
        password = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        if _VALID.fullmatch(password):
            return HiddenText(password)


def secret_name(owner: str, user: str) -> str:
    """Returns the name of the secret with the generated password of a user. `owner` is `stack/environment`.

    The last word keeps the name from ending in a hyphen and six characters, as ARNs of secrets do.
    """
    return f"reconcile/{_tame(owner)}/users/{user}/password"


def user_of(secret: str, owner: str) -> str:
    """Returns the user whose generated password a secret keeps; "" if it is another secret."""
    match = _GENERATED.fullmatch(secret)
    return match["user"] if match and match["owner"] == _tame(owner) else ""


def version_of(secret: str) -> str:
    """Returns the token of the first version of a secret. Two runs can store only one password with it."""
    return str(uuid5(NAMESPACE_URL, secret))


def password_in(answer: Mapping[str, Any]) -> HiddenText:
    """Returns the password of an answer of GetSecretValue. Raises `ValueError` with the rule that the value breaks.

    The value is the password, or a JSON object with the key `password`.
    """
    text = answer.get("SecretString")
    if text is None:
        raise ValueError("has bytes instead of a text")
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    if isinstance(whole, dict):
        text = whole.get("password")
        if not isinstance(text, str):
            raise ValueError('is a JSON object without a text "password"')
    if re.search(r"\s", text):
        raise ValueError(f"has blanks in its password, of which a line end is one; {RULE}")
    if not _VALID.fullmatch(text):
        raise ValueError(f"has no password that AWS takes; {RULE}")
    return HiddenText(text)


def _tame(owner: str) -> str:
    """Returns `stack/environment` in the characters of names of secrets."""
    tame = re.sub(r"[^A-Za-z0-9/_+=.@-]", "-", owner)
    return tame if tame == owner else f"{tame}-{sha256(owner.encode()).hexdigest()[:8]}"
