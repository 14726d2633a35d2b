"""Makes the contacts of a day in a contact centre: with queues, agents, transfers and after-call work; some are open.

The seed determines everything. The phone numbers are reserved for examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

Members = dict[str, Any]
LOST = ("CUSTOMER_DISCONNECT", "AGENT_DISCONNECT", "CONTACT_FLOW_DISCONNECT", "TELECOM_PROBLEM")
STARTED = ("INBOUND", "INBOUND", "INBOUND", "CALLBACK", "OUTBOUND", "API")


def make_contacts(
    *,
    count: int,
    start: str,
    end: str,
    seed: int = 1,
    queues: Sequence[str] = (),
    agents: Sequence[str] = (),
    channels: Mapping[str, float] | None = None,
    transferred: float = 0.1,
    abandoned: float = 0.1,
    unfinished: float = 0.02,
) -> list[Members]:
    """Returns exactly `count` contacts. The closed ones disconnected within [start, end). Shares are of all contacts.

    start, end    with an offset: "2026-01-05T12:00:00+00:00"
    transferred   share that follows another contact and has its id
    abandoned     share that was in a queue and reached no agent
    unfinished    share that is with an agent and not disconnected
    """
    random = Random(f"{seed} contacts")  # noqa: S311 - repeatable on purpose
    first, last = datetime.fromisoformat(start).timestamp(), datetime.fromisoformat(end).timestamp()
    if count < 0 or not first < last:
        raise ValueError("count must not be below 0, and start before end")
    names = list((channels or {"VOICE": 1.0}).items())
    weights = [weight for _, weight in names]
    contacts: list[Members] = []
    for number in range(count):
        channel = random.choices(names, weights)[0][0]
        contact = _contact(random, f"{seed:08x}-0000-4000-8000-{number:012x}", channel, (queues, agents))
        _end(random, contact, first + random.random() * (last - first - 0.001))
        if contacts and random.random() < transferred:
            _follow(contact, contacts[random.randrange(len(contacts))])
        lot = random.random()
        if lot < abandoned:
            contact.pop("AgentInfo", None)
        elif lot < abandoned + unfinished:
            _reopen(contact)
        contacts.append(contact)
    return contacts


def updated_later(contacts: Sequence[Members], share: float, seconds: float, seed: int = 1) -> Iterator[Members]:
    """Yields newer versions of some closed contacts: longer after-call work, and an attribute written later."""
    random = Random(f"{seed} later")  # noqa: S311 - repeatable on purpose
    for contact in contacts:
        if "DisconnectTimestamp" in contact and random.random() < share:
            newer = {**contact, "LastUpdateTimestamp": contact["LastUpdateTimestamp"] + seconds}
            newer["Attributes"] = {"disposition": random.choice(("sold", "lost", "again"))}
            if agent := contact.get("AgentInfo"):
                longer = agent["AfterContactWorkDuration"] + int(seconds)
                end = agent["AfterContactWorkEndTimestamp"] + seconds
                newer["AgentInfo"] = {**agent, "AfterContactWorkDuration": longer, "AfterContactWorkEndTimestamp": end}
            yield newer


def _contact(random: Random, id: str, channel: str, who: tuple[Sequence[str], Sequence[str]]) -> Members:
    queues, agents = who
    number = int(random.random() * 100)
    contact: Members = {
        "Id": id,
        "InitiationMethod": random.choice(STARTED),
        "Channel": channel,
        "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": f"+155501{number:02d}"},
        "SystemEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+15550199"},
        "DisconnectReason": random.choice(LOST),
    }
    if queues:
        contact["QueueInfo"] = {"Id": random.choice(queues)}
    if agents:
        contact["AgentInfo"] = {"Id": random.choice(agents)}
    return contact


def _end(random: Random, contact: Members, at: float) -> None:
    """Sets all timestamps of a contact, backwards from its end."""
    at = round(at, 3)
    talked, waited, worked = random.uniform(5, 1800), random.uniform(1, 600), int(random.uniform(5, 120))
    taken = round(at - talked, 3)
    queued = round(taken - waited, 3)
    began = round(queued - random.uniform(2, 30), 3)
    contact |= {
        "InitiationTimestamp": began,
        "ConnectedToSystemTimestamp": began,
        "DisconnectTimestamp": at,
        "LastUpdateTimestamp": round(at + worked, 3),
    }
    if "QueueInfo" in contact:
        contact["QueueInfo"]["EnqueueTimestamp"] = queued
    if "AgentInfo" in contact:
        contact["AgentInfo"] |= {
            "ConnectedToAgentTimestamp": taken,
            "AfterContactWorkDuration": worked,
            "AfterContactWorkStartTimestamp": at,
            "AfterContactWorkEndTimestamp": round(at + worked, 3),
            "AgentInitiatedHoldDuration": int(random.random() * 20),
            "AgentPauseDurationInSeconds": 0,
        }


def _follow(contact: Members, earlier: Members) -> None:
    contact["InitiationMethod"] = "TRANSFER"
    contact["PreviousContactId"] = earlier["Id"]
    contact["InitialContactId"] = earlier.get("InitialContactId", earlier["Id"])


def _reopen(contact: Members) -> None:
    for name in ("DisconnectTimestamp", "DisconnectReason"):
        contact.pop(name, None)
    agent = contact.get("AgentInfo") or {}
    for name in ("AfterContactWorkDuration", "AfterContactWorkStartTimestamp", "AfterContactWorkEndTimestamp"):
        agent.pop(name, None)
