"""Resources that are seeded, because the sandbox creates none or needs no more of them than their names.

Simplified: phone numbers, e-mail addresses and integrations have no other operations here.
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
        """Stores a resource that reads and searches show at once, and returns its id. Raises `WrongSetting`."""
        if type not in SEEDED:
            raise WrongSetting(f"seed: {type!r} must be one of {', '.join(SEEDED)}")
        members_given = dict(members)
        tags = members_given.pop("Tags", {})
        if TYPES[type].name_member not in members_given:
            raise WrongSetting(f"seed: a {TYPES[type].noun} needs {TYPES[type].name_member}")
        if instance not in self.backend.instances:
            raise WrongSetting(f"seed: no instance {instance}")
        holdings = self.holdings({"InstanceId": instance})
        if type == "User":
            members_given = _profiles(holdings) | members_given
        resource = self.add(holdings, TYPES[type], members_given, tags)
        resource.hidden_until, resource.lagging = 0, None
        return resource.id

    def list_phone_numbers_v2(self, params: Params) -> Answer:
        """Lists the numbers of one instance, or of all in the Region [service model].

        Inactive instances have none [inferred]. Traffic distribution groups do not exist in the sandbox.
        """
        target = params.get("TargetArn") or params.get("InstanceId")
        if params.get("TargetArn") and params.get("InstanceId"):
            raise invalid("TargetArn and InstanceId: only one of them can be given")
        targets = [self.present(target)] if target else list(self.backend.instances.values())
        instances = [instance.id for instance in targets if self.status_of(instance)[0] == "ACTIVE"]
        numbers = [
            (number, facts)
            for instance in instances
            for number, facts in self._numbers(self.holdings({"InstanceId": instance}))
            if _is_wanted(facts, params)
        ]
        wanted = [target, *(params.get(name) for name in ("PhoneNumberCountryCodes", "PhoneNumberTypes"))]
        return self.page("ListPhoneNumbersV2", params, [*wanted, params.get("PhoneNumberPrefix")], numbers)

    def _numbers(self, holdings: Holdings) -> list[tuple[Resource, Answer]]:
        numbers = holdings.of(PHONE_NUMBER.name).values()
        return [(number, self.facts(holdings, number) | {"TargetArn": holdings.arn}) for number in numbers]


def _profiles(holdings: Holdings) -> Answer:
    """Returns the profiles that AWS made, if there are any: no user is without them [service model, CreateUser]."""
    routing = [profile.id for profile in holdings.of("RoutingProfile").values() if profile.members.get("IsDefault")]
    security = [profile.id for profile in holdings.of("SecurityProfile").values() if profile.name == "Agent"]
    return {"RoutingProfileId": routing[0], "SecurityProfileIds": security} if routing and security else {}


def _is_wanted(facts: Answer, params: Params) -> bool:
    for member, criterion in (
        ("PhoneNumberCountryCode", "PhoneNumberCountryCodes"),
        ("PhoneNumberType", "PhoneNumberTypes"),
    ):
        if params.get(criterion) and facts.get(member) not in params[criterion]:
            return False
    return str(facts["PhoneNumber"]).startswith(params.get("PhoneNumberPrefix") or "")
