"""Contacts. Calls create them, so tests seed them; DescribeContact shows them as seeded [simplified]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox import shapes
from reconciler.sandbox.connect.room import Answer, Params, Room, new_id
from reconciler.sandbox.errors import WrongSetting, not_found


@dataclass(eq=False)
class Contact:
    members: dict[str, Any]
    session_hidden_until: int
    """The number of the accepted call from which DescribeContact shows the session of a flow."""


class Contacts(Room):
    def seed_contact(self, given: Mapping[str, Any], instance: str) -> str:
        """Stores a contact, or adds members to one, and returns its id. Raises `WrongSetting`."""
        if instance not in self.backend.instances:
            raise WrongSetting(f"seed: no instance {instance}")
        contacts = self._contacts(instance)
        id = str(given.get("Id") or new_id())
        members = {**(contacts[id].members if id in contacts else {}), **given, "Id": id}
        members["Arn"] = f"{self.backend.instances[instance].arn}/contact/{id}"
        if wrong := shapes.answer_check("connect", "DescribeContact")({"Contact": members}):
            raise WrongSetting(f"seed: {wrong.lstrip('.')}")
        contacts[id] = Contact(members, self.world.accepted + self.world.faults.consistency)
        return id

    def describe_contact(self, params: Params) -> Answer:
        contact = self._contacts(self.instance(params).id).get(params["ContactId"])
        if contact is None:
            raise not_found(f"no contact {params['ContactId']}")
        members = dict(contact.members)
        if "WisdomInfo" in members and self._is_session_hidden(contact):
            del members["WisdomInfo"]
        return {"Contact": members}

    def _contacts(self, instance: str) -> dict[str, Contact]:
        contacts: dict[str, dict[str, Contact]] = self.backend.__dict__.setdefault("contacts", {})
        return contacts.setdefault(instance, {})

    def _is_session_hidden(self, contact: Contact) -> bool:
        """Returns whether the new session is still missing [seen: published programs ask up to five times]; a fault."""
        is_hidden = self.world.accepted <= contact.session_hidden_until
        if is_hidden:
            self.world.counts.served("consistency")
        return is_hidden
