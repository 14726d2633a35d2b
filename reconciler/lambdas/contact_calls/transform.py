"""Turns contacts of the API into rows in the order of `COLUMNS`; pure, and tolerant of unknown members.

Missing members are null; new members are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.lambdas.contact_calls.columns import COLUMNS, NAMES

Contact = Mapping[str, Any]
Row = tuple[Any, ...]
SECOND, HUNDREDTH = timedelta(seconds=1), timedelta(milliseconds=10)
NOTHING: Contact = {}
WIDTHS = tuple(int(c.type[8:-1]) if c.type.startswith("varchar") else 0 for c in COLUMNS)


def make_rows(
    contacts: Iterable[Contact],
    zone: ZoneInfo,
    phone: Callable[[str], str] = str,
    columns: Iterable[str] = NAMES,
) -> list[Row]:
    """Returns one row per contact. Columns that are not configured are null; `phone` keeps an address."""
    kept = frozenset(columns)
    if kept >= set(NAMES):
        return [make_row(contact, zone, phone) for contact in contacts]
    wanted = tuple(name in kept for name in NAMES)
    return [
        tuple(
            value if is_wanted else None
            for value, is_wanted in zip(make_row(contact, zone, phone), wanted, strict=True)
        )
        for contact in contacts
    ]


def make_row(contact: Contact, zone: ZoneInfo, phone: Callable[[str], str] = str) -> Row:
    """Returns the values in the order of `COLUMNS`, which describes them.

    Every time becomes UTC once: offsets cost more than all other work.
    """
    get = contact.get
    agent, queue = get("AgentInfo") or NOTHING, get("QueueInfo") or NOTHING
    started, ended = _utc(get("InitiationTimestamp")), _utc(get("DisconnectTimestamp"))
    taken, queued = _utc(agent.get("ConnectedToAgentTimestamp")), _utc(queue.get("EnqueueTimestamp"))
    worked = _utc(agent.get("AfterContactWorkStartTimestamp"))
    held = agent.get("AgentInitiatedHoldDuration")
    left_queue = taken if queued is not None else None
    row = (
        get("InitialContactId"), get("PreviousContactId"), get("Id"), _next_contact(get("NextContacts")),
        get("Channel"), get("InitiationMethod"), started, ended,
        get("DisconnectReason"), _utc(get("LastUpdateTimestamp")),
        taken, agent.get("Id"), None, None,
        worked, _utc(agent.get("AfterContactWorkEndTimestamp")),
        agent.get("AfterContactWorkDuration"), _interaction(agent, taken, worked or ended), None, None,
        queue.get("Id"), None, queued, left_queue, _seconds(queued, left_queue),
        _voice(get("CustomerVoiceActivity")), held, _hundredths(taken, ended),
        _address(get("SystemEndpoint"), phone), _utc(get("ConnectedToSystemTimestamp")),
        _address(get("CustomerEndpoint"), phone),
        zone.key, _local(started, zone), _local(ended, zone),
    )  # fmt: skip
    return row if _fits(row) else tuple(map(cut, row, WIDTHS))


def _utc(value: datetime | None) -> datetime | None:
    """Returns a time without its offset, as columns hold it."""
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None)


def _local(utc: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if utc is None else zone.fromutc(utc.replace(tzinfo=zone)).replace(tzinfo=None, fold=0)


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    """Returns whole seconds, or null if an end is unknown or they are reversed."""
    return (end - start) // SECOND if start is not None and end is not None and end >= start else None


def _hundredths(start: datetime | None, end: datetime | None) -> Decimal | None:
    if start is None or end is None or end < start:
        return None
    # Rounded to the nearest, a half up, as a database does it.
    return Decimal((end - start + HUNDREDTH / 2) // HUNDREDTH).scaleb(-2)


def _next_contact(following: Iterable[Contact] | None) -> str | None:
    """Returns the earliest of the contacts that a quick connect led to."""
    named = []
    for entry in following or ():
        contact = (entry.get("NextContactMetadata") or NOTHING).get("QuickConnectContactData") or NOTHING
        if contact.get("ContactId"):
            named.append((_utc(contact.get("InitiationTimestamp")) or datetime.max, contact["ContactId"]))
    return min(named)[1] if named else None


def _interaction(agent: Contact, taken: datetime | None, left: datetime | None) -> int | None:
    """Returns the seconds from the agent's connection to its end, without holds and pauses."""
    held = agent.get("AgentInitiatedHoldDuration")
    if held is None:
        return None
    for state in agent.get("StateTransitions") or ():
        if state.get("State") == "CONNECTED" and state.get("StateEndTimestamp"):
            left = _utc(state["StateEndTimestamp"])
    connected = _seconds(taken, left)
    return None if connected is None else max(0, connected - held - (agent.get("AgentPauseDurationInSeconds") or 0))


def _voice(activity: Contact | None) -> str | None:
    """Returns an ISO 8601 interval; an unknown end stays open."""
    if not activity:
        return None
    start, end = (_utc(activity.get(f"Greeting{which}Timestamp")) for which in ("Start", "End"))
    return f"{_spelled(start)}/{_spelled(end)}" if start or end else None


def _spelled(utc: datetime | None) -> str:
    return f"{utc.isoformat(timespec='milliseconds')}Z" if utc else ".."


def _address(endpoint: Contact | None, phone: Callable[[str], str]) -> str | None:
    address = (endpoint or NOTHING).get("Address")
    return phone(address) if address else None


def _fits(row: Row) -> bool:
    """Returns whether no text needs a cut: at most 50 characters, all ASCII and no NUL, the normal case."""
    return all(type(value) is not str or (len(value) <= 50 and value.isascii() and "\0" not in value) for value in row)


def cut(value: Any, width: int) -> Any:
    """Returns a text that fits into a column of so many bytes.

    A text that is too long fails a whole COPY. So do a NUL and the half characters of JSON. Other texts stay.
    """
    if not width or type(value) is not str:
        return value
    return value.replace("\0", "").encode("utf-8", "replace")[:width].decode(errors="ignore")
