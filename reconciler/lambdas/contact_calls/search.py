"""SearchContacts: the contacts that disconnected within [start, end), each once, in the order of their ends.

A search returns at most 10,000 contacts [documented for the console, inferred for the API]. A search that counts more
is split in the middle of its time. AWS does not document whether a range includes its ends. So each search asks for a
second more on both sides, and contacts outside are dropped here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.lambdas.contact_calls.failures import SearchFailed
from reconciler.lambdas.shared.calls import CallFailed

Contact = Mapping[str, Any]
Search = Callable[..., Mapping[str, Any]]
PAGE = 100
MARGIN = timedelta(seconds=1)
LONGEST = timedelta(weeks=8)  # the longest time range


@dataclass(frozen=True)
class Wanted:
    """The contacts to load. A search that counts more than `largest` is split."""

    channels: tuple[str, ...] = ("VOICE",)
    passed_over: tuple[str, ...] = ("MONITOR",)
    largest: int = 9000


@dataclass(frozen=True)
class Found:
    """The contacts that ended within [start, end). `seen` counts all of them, with those that are not loaded."""

    start: datetime
    end: datetime
    contacts: tuple[Contact, ...]
    seen: int


def find(search: Search, wanted: Wanted, start: datetime, end: datetime) -> Iterator[Found]:
    """Yields one `Found` for each part that a search could answer, in order of time. Raises `SearchFailed`."""
    if end - start > LONGEST - 2 * MARGIN:
        middle = start + LONGEST / 2
        yield from find(search, wanted, start, middle)
        yield from find(search, wanted, middle, end)
        return
    pages = _pages(search, _request(wanted, start, end))
    first = next(pages)
    counted = int(first.get("TotalCount") or 0)
    if counted > wanted.largest:
        middle = _middle(start, end, counted)
        yield from find(search, wanted, start, middle)
        yield from find(search, wanted, middle, end)
        return
    yield _found(wanted, start, end, [first, *pages])


def _request(wanted: Wanted, start: datetime, end: datetime) -> dict[str, Any]:
    span = {"Type": "DISCONNECT_TIMESTAMP", "StartTime": start - MARGIN, "EndTime": end + MARGIN}
    request: dict[str, Any] = {
        "TimeRange": span,
        "MaxResults": PAGE,
        "Sort": {"FieldName": "DISCONNECT_TIMESTAMP", "Order": "ASCENDING"},
    }
    return request | ({"SearchCriteria": {"Channels": list(wanted.channels)}} if wanted.channels else {})


def _pages(search: Search, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yields pages. An empty page may have a successor."""
    tokens: set[str] = set()
    token: dict[str, str] = {}
    while True:
        try:
            page = search(**request, **token)
        except CallFailed as wrong:
            raise SearchFailed(f"page {len(tokens) + 1} of a search failed: {wrong}") from wrong
        yield page
        following = page.get("NextToken")
        if not following:
            return
        if following in tokens:
            raise SearchFailed("SearchContacts answered the same page token twice; nothing it listed can be trusted")
        tokens.add(following)
        token = {"NextToken": following}


def _middle(start: datetime, end: datetime, counted: int) -> datetime:
    middle = start + (end - start) / 2
    middle = middle.replace(microsecond=middle.microsecond // 1000 * 1000)
    # Halves as short as their margins would never get smaller.
    if end - start <= 4 * MARGIN or not start < middle < end:
        raise SearchFailed(f"{counted} contacts ended within {end - start} from {start:%Y-%m-%dT%H:%M:%SZ}: too many")
    return middle


def _found(wanted: Wanted, start: datetime, end: datetime, pages: Sequence[Mapping[str, Any]]) -> Found:
    """Returns the contacts. Raises `SearchFailed` if the pages hold fewer contacts than contact of them counted."""
    rows = [contact for page in pages for contact in page.get("Contacts") or ()]
    ids = {contact["Id"] for contact in rows}
    counts = [int(page["TotalCount"]) for page in pages if page.get("TotalCount") is not None]
    if counts and len(ids) < min(counts):
        raise SearchFailed(f"SearchContacts counted {min(counts)} contacts and gave {len(ids)}")
    # A contact that moved between pages appears twice; the later one is newer.
    within = {contact["Id"]: contact for contact in rows if start <= _ended(contact, end) < end}
    wanted_contacts = [
        contact
        for contact in within.values()
        if contact.get("InitiationMethod") not in wanted.passed_over
        and (not wanted.channels or contact.get("Channel") in wanted.channels)
    ]
    wanted_contacts.sort(key=lambda contact: (_ended(contact, end), contact["Id"]))
    return Found(start, end, tuple(wanted_contacts), len(within))


def _ended(contact: Contact, otherwise: datetime) -> datetime:
    """Returns when a contact disconnected; an open contact is never within."""
    return (contact.get("DisconnectTimestamp") or otherwise).astimezone(UTC)
