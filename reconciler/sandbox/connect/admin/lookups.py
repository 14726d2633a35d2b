"""What administrative resources refer to and what has no create operation here: it is seeded, and can be listed.

Simplified: flows, their modules, users, phone numbers, e-mail addresses and integrations have no other operations here.
They are there to be found and referred to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.connect.admin.catalogue import PHONE_NUMBER, TYPES
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.admin.types import Holdings, Resource
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import WrongSetting, invalid

SEEDED = ("ContactFlow", "ContactFlowModule", "User", "PhoneNumber", "EmailAddress", "IntegrationAssociation")


class Lookups(Resources):
    def seed(self, type: str, members: Mapping[str, Any], instance: str) -> str:
        """Found at once, by search too."""
        if type not in SEEDED:
            raise WrongSetting(f"seed: {type!r} must be one of {', '.join(SEEDED)}")
        said = dict(members)
        tags = said.pop("Tags", {})
        if TYPES[type].name_member not in said:
            raise WrongSetting(f"seed: a {TYPES[type].noun} needs {TYPES[type].name_member}")
        if instance not in self.backend.instances:
            raise WrongSetting(f"seed: no instance {instance}")
        resource = self.add(self.holdings({"InstanceId": instance}), TYPES[type], said, tags)
        resource.hidden_until, resource.lagging = 0, None
        return resource.id

    def list_phone_numbers_v2(self, params: Params) -> Answer:
        """Of one instance, or of all in the Region [service model]; an instance that is not active has none [inferred].

        Traffic distribution groups there are none.
        """
        asked = params.get("TargetArn") or params.get("InstanceId")
        if params.get("TargetArn") and params.get("InstanceId"):
            raise invalid("TargetArn and InstanceId: only one of them can be given")
        there = [self.present(asked)] if asked else list(self.backend.instances.values())
        instances = [instance.id for instance in there if self.status_of(instance)[0] == "ACTIVE"]
        found = [
            (number, facts)
            for instance in instances
            for number, facts in self._numbers(self.holdings({"InstanceId": instance}))
            if _is_wanted(facts, params)
        ]
        wanted = [asked, *(params.get(name) for name in ("PhoneNumberCountryCodes", "PhoneNumberTypes"))]
        return self.page("ListPhoneNumbersV2", params, [*wanted, params.get("PhoneNumberPrefix")], found)

    def _numbers(self, holdings: Holdings) -> list[tuple[Resource, Answer]]:
        numbers = holdings.of(PHONE_NUMBER.name).values()
        return [(number, self.facts(holdings, number) | {"TargetArn": holdings.arn}) for number in numbers]


def _is_wanted(facts: Answer, params: Params) -> bool:
    for member, asked in (
        ("PhoneNumberCountryCode", "PhoneNumberCountryCodes"),
        ("PhoneNumberType", "PhoneNumberTypes"),
    ):
        if params.get(asked) and facts.get(member) not in params[asked]:
            return False
    return str(facts["PhoneNumber"]).startswith(params.get("PhoneNumberPrefix") or "")
