"""The records of the stream: which items changed, and what each change asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.agent_roster.failures import WrongEvent
from reconciler.lambdas.agents.item import Request, RosterItem, is_request, read_item

_REMEDY = "connect this function to the stream of the roster table alone"


@dataclass(frozen=True)
class Record:
    """One change of an item. `id` is its sequence number, from which AWS goes on.

    `request`: the new wish of the item; `None` if the item was deleted, or the change asks for nothing.
    `removed`: the deleted item. `fault`: why the new item cannot be read.
    """

    id: str
    instance_id: str
    username: str
    request: Request | None = None
    removed: RosterItem | None = None
    fault: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.instance_id, self.username


def read_records(event: Any) -> list[Record]:
    """Reads the records of an event, in their typed form. Raises `WrongEvent`."""
    records = event.get("Records") if isinstance(event, Mapping) else None
    if not isinstance(records, list):
        raise WrongEvent(f"the event has no Records; {_REMEDY}")
    return [_record(record) for record in records]


def _record(record: Mapping[str, Any]) -> Record:
    change = record.get("dynamodb") or {}
    keys = {name: (value or {}).get("S", "") for name, value in (change.get("Keys") or {}).items()}
    if not (keys.get("instance_id") and keys.get("username")):
        raise WrongEvent(f"a record has no instance_id or no username, so it is not of a roster table; {_REMEDY}")
    place = (str(change.get("SequenceNumber", "")), str(keys["instance_id"]), str(keys["username"]))
    old, new = change.get("OldImage"), change.get("NewImage")
    if record.get("eventName") == "REMOVE":
        return Record(*place, removed=_item(old, *place[1:]))
    if not is_request(old, new):
        return Record(*place)
    try:
        request = read_item(new or {}).request
    except ValueError as wrong:
        return Record(*place, fault=str(wrong))
    if request is None:
        return Record(*place, fault="the item has no valid agent")
    return Record(*place, request=request)


def _item(image: Any, instance_id: str, username: str) -> RosterItem:
    """Returns a deleted item. An unreadable part does not matter: the key names the user."""
    try:
        return read_item(image or {})
    except ValueError:
        return RosterItem(instance_id, username)
