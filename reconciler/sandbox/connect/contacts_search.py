"""SearchContacts: finds contacts by a time range and criteria, and pages through them in the order of the request.

A search does not find a voice contact before an agent answers it or it ends [admin guide]. A time range has at most 8
weeks. A search shows the first 10,000 contacts [both admin guide, of the console; inferred for the API]. A range
includes both ends, and the newest contacts come first by default [inferred]. The sandbox refuses other criteria.
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

    def seed_contacts(self, arguments: Mapping[str, Any], instance: str) -> str:
        """Makes contacts with the arguments of `make_contacts` and returns their number. Raises `WrongSetting`."""
        try:
            contacts = make_contacts(**arguments)
        except (TypeError, ValueError) as wrong:
            raise WrongSetting(f"seed: {wrong}") from wrong
        for contact in contacts:
            self.seed_contact(contact, instance)
        return str(len(contacts))

    def search_contacts(self, params: Params) -> Answer:
        instance, span = self.instance(params).id, params["TimeRange"]
        start, end = float(span["StartTime"]), float(span["EndTime"])
        if not start < end or end - start > LONGEST_RANGE:
            raise invalid("TimeRange: StartTime must be before EndTime, by 8 weeks at most")
        criteria = {name: values for name, values in (params.get("SearchCriteria") or {}).items() if values}
        if unknown := sorted(criteria.keys() - CRITERIA):
            raise Refused("InvalidRequestException", f"the sandbox does not search contacts by {', '.join(unknown)}")
        order = params.get("Sort") or {"FieldName": "INITIATION_TIMESTAMP", "Order": "DESCENDING"}
        if order["FieldName"] not in ORDERS:
            raise Refused("InvalidRequestException", f"the sandbox does not sort contacts by {order['FieldName']}")
        contacts = [
            contact for contact in self._within(instance, span["Type"], start, end) if _meets(contact, criteria)
        ]
        fixed = [instance, span, params.get("SearchCriteria"), order]
        listing = paging.open_listing("SearchContacts", params, fixed=fixed, size=self.page_size(params))
        rows = sorted((_place(contact, order), contact) for contact in contacts)[:MOST_SHOWN]
        page, token = paging.cut(self.world, listing, rows)
        return {"Contacts": [_shown(contact) for contact in page], "TotalCount": len(contacts), **token}

    def _within(self, instance: str, kind: str, start: float, end: float) -> Iterable[dict[str, Any]]:
        index = self._indexes.setdefault(instance, {})
        if kind not in index:
            timed = [
                (_at(contact.members, TIMES[kind]), id, contact.members)
                for id, contact in self._contacts(instance).items()
            ]
            ordered = sorted(entry for entry in timed if entry[0] is not None)
            index[kind] = [entry[0] for entry in ordered], [entry[2] for entry in ordered]
        times, contacts = index[kind]
        return (
            entry for entry in contacts[bisect_left(times, start) : bisect_right(times, end)] if _is_searchable(entry)
        )

    @property
    def _indexes(self) -> dict[str, Index]:
        indexes: dict[str, Index] = self.backend.__dict__.setdefault("contact_indexes", {})
        return indexes


def _is_searchable(contact: dict[str, Any]) -> bool:
    is_over = "DisconnectTimestamp" in contact
    return (
        is_over or contact.get("Channel") != "VOICE" or _at(contact, TIMES["CONNECTED_TO_AGENT_TIMESTAMP"]) is not None
    )


def _meets(contact: dict[str, Any], criteria: Mapping[str, list[str]]) -> bool:
    return all(_at(contact, CRITERIA[name]) in values for name, values in criteria.items())


def _at(contact: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = contact
    for name in path:
        value = (value or {}).get(name)
    return value


def _place(contact: dict[str, Any], order: Mapping[str, str]) -> str:
    """Returns a text to sort by. Contacts without the member come first."""
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
    """Returns the members that a search shows; DescribeContact shows more."""
    return _members_of(contact, _summary())


def _summary() -> Any:
    shape: Any = shapes.operation("connect", "SearchContacts").output_shape
    return shape.members["Contacts"].member


def _members_of(value: dict[str, Any], shape: Any) -> Answer:
    members = {}
    for name, inner in shape.members.items():
        if name in value:
            members[name] = _members_of(value[name], inner) if inner.type_name == "structure" else value[name]
    return members
