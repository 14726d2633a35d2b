"""SearchContacts: by a time range and what else is asked for, a page at a time, in the order that is asked for.

A call that waits in a queue is not found before an agent has it or it is over [admin guide]. A time range is at most
8 weeks and a search shows its first 10,000 contacts [admin guide, of the console; that the API does the same is
inferred]. That a range takes in both of its ends, and that the newest come first where no order is asked for, is
inferred. Criteria that are not here are refused in the sandbox's own words.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.sandbox import paging, shapes
from reconciler.sandbox.connect.contacts import Contacts
from reconciler.sandbox.connect.contacts_made import make_contacts
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, WrongSetting, invalid

LONGEST_RANGE = 8 * 7 * 86400  # seconds
MOST_SHOWN = 10_000
LAST_CHARACTER = 0x10FFFF
# Where the time of each kind stands in a contact.
TIMES = {
    "INITIATION_TIMESTAMP": ("InitiationTimestamp",),
    "SCHEDULED_TIMESTAMP": ("ScheduledTimestamp",),
    "CONNECTED_TO_AGENT_TIMESTAMP": ("AgentInfo", "ConnectedToAgentTimestamp"),
    "DISCONNECT_TIMESTAMP": ("DisconnectTimestamp",),
    "ENQUEUE_TIMESTAMP": ("QueueInfo", "EnqueueTimestamp"),
}
ORDERS = TIMES | {"INITIATION_METHOD": ("InitiationMethod",), "CHANNEL": ("Channel",)}
CRITERIA = {
    "Channels": ("Channel",),
    "InitiationMethods": ("InitiationMethod",),
    "QueueIds": ("QueueInfo", "Id"),
    "AgentIds": ("AgentInfo", "Id"),
}
Index = dict[str, tuple[list[float], list[dict[str, Any]]]]


class ContactSearch(Contacts):
    def seed_contact(self, members: Mapping[str, Any], instance: str) -> str:
        self._indexes.pop(instance, None)
        return super().seed_contact(members, instance)

    def seed_contacts(self, asked: Mapping[str, Any], instance: str) -> str:
        """As many as `make_contacts` makes of what is asked for; the number of them. Raises `WrongSetting`."""
        try:
            made = make_contacts(**asked)
        except (TypeError, ValueError) as wrong:
            raise WrongSetting(f"seed: {wrong}") from wrong
        for contact in made:
            self.seed_contact(contact, instance)
        return str(len(made))

    def search_contacts(self, params: Params) -> Answer:
        instance, span = self.instance(params).id, params["TimeRange"]
        start, end = float(span["StartTime"]), float(span["EndTime"])
        if not start < end or end - start > LONGEST_RANGE:
            raise invalid("TimeRange: StartTime must be before EndTime, by 8 weeks at most")
        criteria = {name: asked for name, asked in (params.get("SearchCriteria") or {}).items() if asked}
        if unknown := sorted(criteria.keys() - CRITERIA):
            raise Refused("InvalidRequestException", f"the sandbox does not search contacts by {', '.join(unknown)}")
        order = params.get("Sort") or {"FieldName": "INITIATION_TIMESTAMP", "Order": "DESCENDING"}
        if order["FieldName"] not in ORDERS:
            raise Refused("InvalidRequestException", f"the sandbox does not sort contacts by {order['FieldName']}")
        found = [each for each in self._within(instance, span["Type"], start, end) if _meets(each, criteria)]
        fixed = [instance, span, params.get("SearchCriteria"), order]
        listing = paging.open_listing("SearchContacts", params, fixed=fixed, size=self.page_size(params))
        rows = sorted((_place(each, order), each) for each in found)[:MOST_SHOWN]
        page, token = paging.cut(self.world, listing, rows)
        return {"Contacts": [_shown(each) for each in page], "TotalCount": len(found), **token}

    def _within(self, instance: str, kind: str, start: float, end: float) -> Iterable[dict[str, Any]]:
        index = self._indexes.setdefault(instance, {})
        if kind not in index:
            timed = [(_at(each.said, TIMES[kind]), id, each.said) for id, each in self._contacts(instance).items()]
            ordered = sorted(each for each in timed if each[0] is not None)
            index[kind] = [each[0] for each in ordered], [each[2] for each in ordered]
        times, contacts = index[kind]
        return (each for each in contacts[bisect_left(times, start) : bisect_right(times, end)] if _is_searchable(each))

    @property
    def _indexes(self) -> dict[str, Index]:
        found: dict[str, Index] = self.backend.__dict__.setdefault("contact_indexes", {})
        return found


def _is_searchable(contact: dict[str, Any]) -> bool:
    is_over = "DisconnectTimestamp" in contact
    return (
        is_over or contact.get("Channel") != "VOICE" or _at(contact, TIMES["CONNECTED_TO_AGENT_TIMESTAMP"]) is not None
    )


def _meets(contact: dict[str, Any], criteria: Mapping[str, list[str]]) -> bool:
    return all(_at(contact, CRITERIA[name]) in asked for name, asked in criteria.items())


def _at(contact: dict[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = contact
    for name in path:
        found = (found or {}).get(name)
    return found


def _place(contact: dict[str, Any], order: Mapping[str, str]) -> str:
    """A text to sort by; contacts that lack what the order asks for come first."""
    value = _at(contact, ORDERS[order["FieldName"]])
    is_time = order["FieldName"] in TIMES
    if order["Order"] == "ASCENDING":
        text = f"{value or 0:017.3f}" if is_time else value or ""
    else:
        text = (
            f"{1e12 - (value or 0):017.3f}" if is_time else "".join(chr(LAST_CHARACTER - ord(c)) for c in value or "")
        )
    return f"{text}\x1f{contact['Id']}"


def _shown(contact: dict[str, Any]) -> Answer:
    """The members that a search tells of; most of a contact only DescribeContact does."""
    return _told(contact, _summary())


def _summary() -> Any:
    shape: Any = shapes.operation("connect", "SearchContacts").output_shape
    return shape.members["Contacts"].member


def _told(value: dict[str, Any], shape: Any) -> Answer:
    found = {}
    for name, inner in shape.members.items():
        if name in value:
            found[name] = _told(value[name], inner) if inner.type_name == "structure" else value[name]
    return found
