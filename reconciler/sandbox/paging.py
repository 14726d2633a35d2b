"""Pages: opaque tokens that remember a listing and its last row.

A token names the last row, not a position, so rows that come and go between pages shift nothing. AWS documents only
that a token comes from the previous answer. A forged token, or one of another listing, is an InvalidParameterException
[inferred].
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from reconciler.sandbox.errors import invalid
from reconciler.sandbox.world import World

Row = TypeVar("Row")
SECRET = secrets.token_bytes(16)


@dataclass(frozen=True)
class Listing:
    """A listing: its operation, the parameters that all pages share, and the filters of its token.

    The service ignores `remembered` filters if there is a token [service model].
    """

    operation: str
    fixed: Any
    after: str
    remembered: Any
    size: int


def open_listing(
    operation: str, params: Mapping[str, Any], *, fixed: Any, remembered: Any = None, size: int
) -> Listing:
    token = params.get("NextToken")
    if not token:
        return Listing(operation, fixed, "", remembered, size)
    mark, after, kept = _read(token)
    if mark != _mark(operation, fixed):
        raise invalid("NextToken: it belongs to another listing")
    return Listing(operation, fixed, after, kept, size)


def cut(world: World, listing: Listing, rows: list[tuple[str, Row]]) -> tuple[list[Row], dict[str, str]]:
    """Returns one page of the rows, and the token of the next page. Each row has a text to sort by."""
    faults = world.faults
    if faults.shuffle:
        rows = [(_shuffled(faults.seed, key), row) for key, row in rows]
        world.counts.served("shuffle")
    rows.sort(key=lambda pair: pair[0])
    if listing.after:
        rows = [pair for pair in rows if pair[0] > listing.after]
    if rows and world.injection.empties_page(listing.operation):
        return [], {"NextToken": _write(listing, listing.after)}
    size = listing.size
    if faults.page_cap and faults.page_cap < min(size, len(rows)):
        size = faults.page_cap
        world.counts.served("pageCap")
    page = [row for _, row in rows[:size]]
    if len(rows) <= size:
        return page, {}
    return page, {"NextToken": _write(listing, rows[size - 1][0])}


def _write(listing: Listing, after: str) -> str:
    # The first element makes tokens differ: a repeated token would look like an endless listing.
    content = [secrets.token_hex(4), _mark(listing.operation, listing.fixed), after, listing.remembered]
    raw = json.dumps(content).encode()
    return base64.urlsafe_b64encode(_seal(raw) + raw).decode()


def _read(token: str) -> tuple[str, str, Any]:
    try:
        whole = base64.urlsafe_b64decode(token.encode())
    except ValueError as wrong:
        raise invalid("NextToken: it does not come from this service") from wrong
    seal, raw = whole[:16], whole[16:]
    if not hmac.compare_digest(seal, _seal(raw)):
        raise invalid("NextToken: it does not come from this service")
    _, mark, after, remembered = json.loads(raw)
    return mark, after, remembered


def _seal(raw: bytes) -> bytes:
    return hmac.digest(SECRET, raw, "sha256")[:16]


def _mark(operation: str, fixed: Any) -> str:
    return hashlib.blake2b(json.dumps([operation, fixed], sort_keys=True).encode(), digest_size=8).hexdigest()


def _shuffled(seed: int, key: str) -> str:
    return hashlib.blake2b(f"{seed} {key}".encode(), digest_size=12).hexdigest()
