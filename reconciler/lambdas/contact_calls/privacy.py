"""Phone numbers and addresses: how columns keep them, and what of a raw record is kept where they are not kept whole.

`keep` leaves them as they are, `mask` leaves their last two digits, `hash` makes them comparable and no more: an
HMAC-SHA256 under a key of the secret, since all phone numbers can be tried against a plain hash.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any

POLICIES = ("keep", "mask", "hash")
ENDPOINTS = ("CustomerEndpoint", "SystemEndpoint")
# What people and flows write freely may hold anything.
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
    """How an address is kept; `hash` needs a key of 16 bytes or more, else ValueError."""
    match policy:
        case "keep":
            return str
        case "mask":
            return lambda address: "*" * max(0, len(address) - 2) + address[-2:] if len(address) > 4 else "*"
        case "hash" if len(key) >= 16:
            return lambda address: hmac.digest(key, address.encode("utf-8", "replace"), "sha256").hex()
        case _:
            raise ValueError(f"{policy!r} is no way to keep a phone number, or lacks a key of 16 bytes")


def raw(contact: Mapping[str, Any], policy: str, phone: Callable[[str], str]) -> dict[str, Any]:
    """The record as it came, but for what the policy does not keep."""
    if policy == "keep":
        return dict(contact)
    found = {name: value for name, value in contact.items() if name not in FREE}
    for name in ENDPOINTS:
        if endpoint := found.get(name):
            known = {key: value for key, value in endpoint.items() if key != "DisplayName"}
            found[name] = known | ({"Address": phone(known["Address"])} if known.get("Address") else {})
    return found
