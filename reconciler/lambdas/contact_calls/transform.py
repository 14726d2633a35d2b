"""A contact as the API tells it → a row in the order of `COLUMNS`; pure, and tolerant of what it does not know.

Members that are missing are null; members that are new are ignored.
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
    """One row for each contact. Columns that are not asked for are null; `phone` says how an address is kept."""
    kept = frozenset(columns)
    if kept >= set(NAMES):
        return [make_row(contact, zone, phone) for contact in contacts]
    wanted = tuple(name in kept for name in NAMES)
    return [
        tuple(
            value if is_wanted else None for value, is_wanted in zip(make_row(each, zone, phone), wanted, strict=True)
        )
        for each in contacts
    ]


def make_row(contact: Contact, zone: ZoneInfo, phone: Callable[[str], str] = str) -> Row:
    """The values are in the order of `COLUMNS`, which says what each of them means.

    Every time is turned into UTC once: offsets cost more than all the rest.
    """
    get = contact.get
    agent, queue = get("AgentInfo") or NOTHING, get("QueueInfo") or NOTHING
    started, ended = _utc(get("InitiationTimestamp")), _utc(get("DisconnectTimestamp"))
    taken, queued = _utc(agent.get("ConnectedToAgentTimestamp")), _utc(queue.get("EnqueueTimestamp"))
    worked = _utc(agent.get("AfterContactWorkStartTimestamp"))
    held = agent.get("AgentInitiatedHoldDuration")
    left_queue = taken if queued is not None else None
    row = (
        get("InitialContactId"), get("PreviousContactId"), get("Id"), None,
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
    """Without an offset, as columns hold it."""
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None)


def _local(utc: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if utc is None else zone.fromutc(utc.replace(tzinfo=zone)).replace(tzinfo=None, fold=0)


def _seconds(start: datetime | None, end: datetime | None) -> int | None:
    """Whole ones; null where either is unknown or they are the wrong way round."""
    return (end - start) // SECOND if start is not None and end is not None and end >= start else None


def _hundredths(start: datetime | None, end: datetime | None) -> Decimal | None:
    if start is None or end is None or end < start:
        return None
    return Decimal((end - start) // HUNDREDTH).scaleb(-2)


def _interaction(agent: Contact, taken: datetime | None, left: datetime | None) -> int | None:
    """From the agent's connection to the end of it, without holds and pauses."""
    held = agent.get("AgentInitiatedHoldDuration")
    if held is None:
        return None
    for state in agent.get("StateTransitions") or ():
        if state.get("State") == "CONNECTED" and state.get("StateEndTimestamp"):
            left = _utc(state["StateEndTimestamp"])
    connected = _seconds(taken, left)
    return None if connected is None else max(0, connected - held - (agent.get("AgentPauseDurationInSeconds") or 0))


def _voice(activity: Contact | None) -> str | None:
    """An ISO 8601 interval; an end that is not known is left open."""
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
    """Whether all texts can go as they are: at most 50 characters, all of them ASCII and none NUL, as nearly always."""
    return all(type(value) is not str or (len(value) <= 50 and value.isascii() and "\0" not in value) for value in row)


def cut(value: Any, width: int) -> Any:
    """A text that a column of so many bytes takes: one that is too long fails a whole COPY, as do a NUL and the half
    characters that JSON can hold. Anything else stays as it is."""
    if not width or type(value) is not str:
        return value
    return value.replace("\0", "").encode("utf-8", "replace")[:width].decode(errors="ignore")
