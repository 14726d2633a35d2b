"""Reads the cells of an agent's row. A reader raises `ValueError` without the cell, which may be a password.

AWS does not document the cells of `tags` and of the hierarchy columns, so several forms are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar
from unicodedata import is_normalized, normalize

from reconciler.lambdas.agents.agent import DESK_PHONE, SOFT_PHONE
from reconciler.lambdas.agents.paths import MOST_LEVELS

T = TypeVar("T")

MOST_SECURITY_PROFILES, MOST_TAGS = 10, 50
LONGEST_WORK = 2_000_000  # seconds; source: service model, AfterContactWorkTimeLimit
LONGEST_NAME, LONGEST_FIRST, LONGEST_LAST = 127, 255, 300
_IN_PARENTHESES = re.compile(r"\([^)]*\)")
_NO_LETTER = re.compile(r"[\W\d_]+")
_REPEATED = re.compile(r"(.+?)\1+")
_BETWEEN_DIGITS = re.compile(r"[\s().-]+")
_SECONDS = re.compile(r"[0-9]{1,9}")
# Sources: service model, CreateUser and UserIdentityInfo; letters: CloudFormation's schema of AWS::Connect::User.
_USERNAME = re.compile(r"[a-zA-Z0-9_.@-]{1,100}")
_EMAIL = re.compile(r"(?=^.{0,265}$)[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,63}")
_E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_PASSWORD = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])\S{8,64}")
# Source: service model, TagKey and TagValue.
_TAG_KEY = re.compile(r"[\w\s.:/=+@-]{1,128}")
_TAG_VALUE = re.compile(r"[\w\s.:/=+@-]{0,256}")
# An item that AWS could not keep as it is: lone surrogates stand for bytes that are not UTF-8.
UNREADABLE = re.compile("[\ud800-\udfff\ufffd]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def folded(name: str) -> str:
    """Returns the letters of a column's name, without case, numbers, repetitions and texts in parentheses.

    `security_profile_name_1|security_profile_name_2` and `Security Profile Name` are the same.
    """
    letters = _NO_LETTER.sub("", _IN_PARENTHESES.sub("", name)).casefold()
    repeated = _REPEATED.fullmatch(letters)
    return repeated[1] if repeated else letters


def username(cell: str) -> str:
    """Reads a user name: one with an @ is a whole e-mail address. Manifests allow no dots alone."""
    if not _USERNAME.fullmatch(cell) or not cell.strip(".") or ("@" in cell and not _EMAIL.fullmatch(cell)):
        raise ValueError
    return cell


def first_name(cell: str) -> str:
    return _up_to(LONGEST_FIRST, composed(cell))


def last_name(cell: str) -> str:
    return _up_to(LONGEST_LAST, composed(cell))


def profile(cell: str) -> str:
    return _up_to(LONGEST_NAME, cell)


def email(cell: str) -> str:
    if not _EMAIL.fullmatch(cell):
        raise ValueError
    return cell


def phone(cell: str) -> str:
    """Returns a number in E.164 format, which files also write with spaces and parentheses."""
    number = _BETWEEN_DIGITS.sub("", cell)
    if not _E164.fullmatch(number):
        raise ValueError
    return number


def is_password(text: str) -> bool:
    """Returns whether Amazon Connect would take the text as a password (service model, CreateUser)."""
    return _PASSWORD.fullmatch(text) is not None


def password(cell: str) -> str:
    if not is_password(cell):
        raise ValueError
    return cell


@lru_cache(1024)
def seconds(cell: str) -> int:
    if not _SECONDS.fullmatch(cell) or int(cell) > LONGEST_WORK:
        raise ValueError
    return int(cell)


@lru_cache(64)
def phone_type(cell: str) -> str:
    return _meaning(cell, {SOFT_PHONE: ("soft", "softphone"), DESK_PHONE: ("desk", "deskphone")})


@lru_cache(64)
def flag(cell: str) -> bool:
    return _meaning(cell, {True: ("yes", "y", "true"), False: ("no", "n", "false")})


@lru_cache(1024)
def names(cell: str) -> tuple[str, ...]:
    """Returns the names of security profiles, without repetitions."""
    names = tuple(dict.fromkeys(_parts(cell)))
    if not 1 <= len(names) <= MOST_SECURITY_PROFILES or any(len(name) > LONGEST_NAME for name in names):
        raise ValueError
    return names


@lru_cache(1024)
def group(cell: str) -> str:
    """Returns the path of a hierarchy group. Files separate its levels by / or by |."""
    if "/" in cell and "|" in cell:
        raise ValueError
    levels = _parts(cell, "/" if "/" in cell else "|")
    if not 1 <= len(levels) <= MOST_LEVELS or any(len(level) > 100 for level in levels):
        raise ValueError
    return "/".join(levels)


@lru_cache(1024)
def tags(cell: str) -> tuple[tuple[str, str], ...]:
    """Returns keys and values, sorted. Keys of the reconciler and of AWS are refused."""
    pairs: dict[str, str] = {}
    for part in _parts(cell):
        key, colon, value = (text.strip() for text in part.partition(":"))
        is_valid = _TAG_KEY.fullmatch(key) and _TAG_VALUE.fullmatch(value)
        # `aws:name:value` begins as a reserved key; the first colon ends a key here.
        if not colon or not is_valid or key in pairs or key.lower() in ("aws", "reconciler"):
            raise ValueError
        pairs[key] = value
    if not 1 <= len(pairs) <= MOST_TAGS:
        raise ValueError
    return tuple(sorted(pairs.items()))


def composed(text: str) -> str:
    """Returns the text without combining characters, which AWS refuses in names."""
    return text if text.isascii() or is_normalized("NFC", text) else normalize("NFC", text)


def _up_to(longest: int, text: str) -> str:
    if len(text) > longest:
        raise ValueError
    return text


def _meaning(cell: str, words: Mapping[T, Sequence[str]]) -> T:
    for meaning, choices in words.items():
        if folded(cell) in choices:
            return meaning
    raise ValueError


def _parts(cell: str, mark: str = "|") -> list[str]:
    """Returns the parts of a cell. Empty ones are left out, as the second name in `Agent|`."""
    parts = [part.strip() for part in cell.split(mark)]
    return [part for part in parts if part]
