"""Phone numbers and addresses: how columns and raw records keep them.

`keep` leaves them, `mask` leaves the last two digits. `hash` keeps them comparable only: an HMAC-SHA256 with a key of
the secret, because a plain hash can be reversed by trying all numbers.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any

POLICIES = ("keep", "mask", "hash")
ENDPOINTS = ("CustomerEndpoint", "SystemEndpoint")
# Free texts of people and flows may contain anything.
FREE = frozenset(
    {
        "Attributes",
        "SegmentAttributes",
        "Name",
        "Description",
        "ContactDetails",
        "AdditionalEmailRecipients",
        "Customer",
    }
)


def keeper(policy: str, key: bytes = b"") -> Callable[[str], str]:
    """Returns the function that keeps an address. `hash` needs a key of 16 bytes or more, or it raises ValueError."""
    match policy:
        case "keep":
            return str
        case "mask":
            return lambda address: "*" * max(0, len(address) - 2) + address[-2:] if len(address) > 4 else "*"
        case "hash" if len(key) >= 16:
            return lambda address: hmac.digest(key, address.encode("utf-8", "replace"), "sha256").hex()
        case _:
            raise ValueError(f"{policy!r} is not a way to keep a phone number, or lacks a key of 16 bytes")


def raw(contact: Mapping[str, Any], policy: str, phone: Callable[[str], str]) -> dict[str, Any]:
    """Returns the record without the members that the policy does not keep."""
    if policy == "keep":
        return dict(contact)
    record = {name: value for name, value in contact.items() if name not in FREE}
    for name in ENDPOINTS:
        if endpoint := record.get(name):
            known = {key: value for key, value in endpoint.items() if key != "DisplayName"}
            record[name] = known | ({"Address": phone(known["Address"])} if known.get("Address") else {})
    return record
