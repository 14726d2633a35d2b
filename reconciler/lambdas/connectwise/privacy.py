"""The privacy class of a field, by its names, and the decision of a tenant about it.

secret    passwords, tokens, keys: never stored, and no setting allows them
personal  gender, birthday, anniversary, family, school, social links, photos: dropped unless the tenant allows it
contact   names, e-mail addresses, telephone numbers and addresses of a customer's people: kept, hashed or dropped

Ingest applies the decision before it writes a raw file, at any depth. It holds inside JSON and for unknown fields too.
Members, who are the staff of the provider, are not contacts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Literal, Protocol

PrivacyClass = Literal["", "secret", "personal", "contact"]
Decision = Literal["keep", "hash", "drop"]

# "Key" with a capital ends a word in camelCase: licenseKey, but not monkey.
_SECRET = re.compile(
    r"(?i:password|passwd|passphrase|secret|token|api_?key|private_?key|credential|socialSecurity)"
    r"|Key$|(?:^|_)(?i:key|pwd|ssn)$"
)
_PERSONAL = re.compile(
    r"(?i)gender|birth|anniversary|married|marital|children|significantOther|school"
    r"|facebook|twitter|linkedin|instagram|social|photo|picture|avatar"
)
_CONTACT = re.compile(
    r"(?:first|last|middle|nick|contact)Name|contactPhone\w*|contactEmail\w*|automaticEmailCc|\w*[eE]mailAddress|email(?:Cc)?"
    r"|(?:default|mobile|home|fax)Phone(?:Nbr|Number|Extension)?"
)
_OF_CONTACTS = re.compile(r"address(?:Line\d)?|city|state|zip|postalCode")
_PERSON = re.compile(r"(?i)\w*contact")
_COMMUNICATION = frozenset({"value", "extension", "domain"})
# The vendor's name of one record: lists of a tenant may begin with it, such as company.annualRevenue.
RECORDS = {
    "service/tickets": "ticket",
    "time/entries": "timeEntry",
    "company/companies": "company",
    "company/contacts": "contact",
}


class Choice(Protocol):
    """The `privacy` of a tenant."""

    @property
    def contact(self) -> str: ...
    @property
    def allow(self) -> tuple[str, ...]: ...
    @property
    def deny(self) -> tuple[str, ...]: ...


@cache
def classify(table: str, path: tuple[str, ...]) -> PrivacyClass:
    """Returns the class of the field with this path from the record inwards; "" for a field of no class."""
    name = path[-1]
    if any(_SECRET.search(part) for part in path):
        return "secret"
    if any(_PERSONAL.search(part) for part in path):
        return "personal"
    if _CONTACT.fullmatch(name) or (table == "company/contacts" and len(path) == 1 and _OF_CONTACTS.fullmatch(name)):
        return "contact"
    is_person = len(path) > 1 and name == "name" and _PERSON.fullmatch(path[-2]) is not None
    is_number = "communicationItems" in path[:-1] and name in _COMMUNICATION
    return "contact" if is_person or is_number else ""


# The captions of custom fields repeat in every record.
@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Returns whether a name, such as the caption of a custom field, announces a secret."""
    return _SECRET.search(name.replace(" ", "")) is not None


def decide(table: str, path: tuple[str, ...], choice: Choice) -> Decision:
    """Returns the tenant's decision about a field. A denied parent denies its members."""
    field = classify(table, path)
    if field == "secret" or is_listed(table, path, choice.deny):
        return "drop"
    if field == "personal":
        return "keep" if is_listed(table, path, choice.allow) else "drop"
    if field == "contact" and not is_listed(table, path, choice.allow):
        return {"hash": "hash", "drop": "drop"}.get(choice.contact, "keep")  # type: ignore[return-value]
    return "keep"


def is_listed(table: str, path: tuple[str, ...], names: Sequence[str]) -> bool:
    """Returns whether a list has the field or a parent of it. The vendor's name of the record may stand before it."""
    record = RECORDS.get(table, "")
    for name in names:
        parts = tuple(name.split("."))
        bare = parts[1:] if parts[0] == record and len(parts) > 1 else parts
        if path[: len(parts)] == parts or path[: len(bare)] == bare:
            return True
    return False
