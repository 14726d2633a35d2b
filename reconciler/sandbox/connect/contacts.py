"""Contacts. Calls create them, so tests seed them; DescribeContact shows them as seeded [simplified].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox import shapes
from reconciler.sandbox.connect.room import Answer, Params, Room, new_id
from reconciler.sandbox.errors import WrongSetting, not_found


@dataclass(eq=False)
class Contact:
    said: dict[str, Any]
    session_hidden_until: int
    """The accepted call after which DescribeContact knows of the session that a flow has just made."""


class Contacts(Room):
    def seed_contact(self, members: Mapping[str, Any], instance: str) -> str:
        """Its id. One that is there already gets the members besides those that it has. Raises `WrongSetting`."""
        if instance not in self.backend.instances:
            raise WrongSetting(f"seed: no instance {instance}")
        there = self._contacts(instance)
        id = str(members.get("Id") or new_id())
        said = {**(there[id].said if id in there else {}), **members, "Id": id}
        said["Arn"] = f"{self.backend.instances[instance].arn}/contact/{id}"
        if wrong := shapes.answer_check("connect", "DescribeContact")({"Contact": said}):
            raise WrongSetting(f"seed: {wrong.lstrip('.')}")
        there[id] = Contact(said, self.world.accepted + self.world.faults.consistency)
        return id

    def describe_contact(self, params: Params) -> Answer:
        contact = self._contacts(self.instance(params).id).get(params["ContactId"])
        if contact is None:
            raise not_found(f"no contact {params['ContactId']}")
        shown = dict(contact.said)
        if "WisdomInfo" in shown and self._is_session_hidden(contact):
            del shown["WisdomInfo"]
        return {"Contact": shown}

    def _contacts(self, instance: str) -> dict[str, Contact]:
        contacts: dict[str, dict[str, Contact]] = self.backend.__dict__.setdefault("contacts", {})
        return contacts.setdefault(instance, {})

    def _is_session_hidden(self, contact: Contact) -> bool:
        """Right after a session is made it may be missing [seen: published programs ask up to five times]; a fault."""
        is_hidden = self.world.accepted <= contact.session_hidden_until
        if is_hidden:
            self.world.counts.served("consistency")
        return is_hidden
