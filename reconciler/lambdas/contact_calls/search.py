"""SearchContacts: every contact that was disconnected within [start, end), each once, in the order they ended.

The service answers a search's first 10,000 contacts [documented for the console, inferred for the API], so a search
that counts more is cut in two in the middle of its time. Whether it takes the ends of a time range in is documented
nowhere: it is asked for a second more at each, and what lies outside is left out here.
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
LONGEST = timedelta(weeks=8)  # of a time range


@dataclass(frozen=True)
class Wanted:
    """Which contacts count; `largest` is what a search may count without being cut in two."""

    channels: tuple[str, ...] = ("VOICE",)
    passed_over: tuple[str, ...] = ("MONITOR",)
    largest: int = 9000


@dataclass(frozen=True)
class Found:
    """What ended within [start, end). `seen` counts every contact there; those that are none of ours were left out."""

    start: datetime
    end: datetime
    contacts: tuple[Contact, ...]
    seen: int


def find(search: Search, wanted: Wanted, start: datetime, end: datetime) -> Iterator[Found]:
    """One `Found` for each part that a search could answer, in order of time. Raises `SearchFailed`."""
    if end - start > LONGEST - 2 * MARGIN:
        middle = start + LONGEST / 2
        yield from find(search, wanted, start, middle)
        yield from find(search, wanted, middle, end)
        return
    pages = _pages(search, _asked(wanted, start, end))
    first = next(pages)
    counted = int(first.get("TotalCount") or 0)
    if counted > wanted.largest:
        middle = _middle(start, end, counted)
        yield from find(search, wanted, start, middle)
        yield from find(search, wanted, middle, end)
        return
    yield _found(wanted, start, end, [first, *pages])


def _asked(wanted: Wanted, start: datetime, end: datetime) -> dict[str, Any]:
    span = {"Type": "DISCONNECT_TIMESTAMP", "StartTime": start - MARGIN, "EndTime": end + MARGIN}
    asked: dict[str, Any] = {
        "TimeRange": span,
        "MaxResults": PAGE,
        "Sort": {"FieldName": "DISCONNECT_TIMESTAMP", "Order": "ASCENDING"},
    }
    return asked | ({"SearchCriteria": {"Channels": list(wanted.channels)}} if wanted.channels else {})


def _pages(search: Search, asked: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A page may be empty and still lead on."""
    seen: set[str] = set()
    token: dict[str, str] = {}
    while True:
        try:
            page = search(**asked, **token)
        except CallFailed as wrong:
            raise SearchFailed(f"page {len(seen) + 1} of a search could not be had: {wrong}") from wrong
        yield page
        following = page.get("NextToken")
        if not following:
            return
        if following in seen:
            raise SearchFailed("SearchContacts answered the same page token twice; nothing it listed can be trusted")
        seen.add(following)
        token = {"NextToken": following}


def _middle(start: datetime, end: datetime, counted: int) -> datetime:
    middle = start + (end - start) / 2
    middle = middle.replace(microsecond=middle.microsecond // 1000 * 1000)
    # The margins on both sides would be asked for again and again.
    if end - start <= 4 * MARGIN or not start < middle < end:
        raise SearchFailed(f"{counted} contacts ended within {end - start} from {start:%Y-%m-%dT%H:%M:%SZ}: too many")
    return middle


def _found(wanted: Wanted, start: datetime, end: datetime, pages: Sequence[Mapping[str, Any]]) -> Found:
    """Raises `SearchFailed` where pages held fewer contacts than every one of them counted."""
    rows = [contact for page in pages for contact in page.get("Contacts") or ()]
    ids = {contact["Id"] for contact in rows}
    counts = [int(page["TotalCount"]) for page in pages if page.get("TotalCount") is not None]
    if counts and len(ids) < min(counts):
        raise SearchFailed(f"SearchContacts counted {min(counts)} contacts and gave {len(ids)}")
    # A contact that moved between pages comes twice; the later answer is the newer one.
    within = {each["Id"]: each for each in rows if start <= _ended(each, end) < end}
    ours = [
        each
        for each in within.values()
        if each.get("InitiationMethod") not in wanted.passed_over
        and (not wanted.channels or each.get("Channel") in wanted.channels)
    ]
    ours.sort(key=lambda each: (_ended(each, end), each["Id"]))
    return Found(start, end, tuple(ours), len(within))


def _ended(contact: Contact, otherwise: datetime) -> datetime:
    """When it was disconnected; an open one is never within."""
    return (contact.get("DisconnectTimestamp") or otherwise).astimezone(UTC)
