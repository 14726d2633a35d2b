"""Resources that are seeded: tests need no more of them than their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.connect.admin.catalogue import TYPES
from reconciler.sandbox.connect.admin.phone_numbers import seeded_number
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.admin.types import Holdings
from reconciler.sandbox.connect.room import Answer
from reconciler.sandbox.errors import WrongSetting

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
        if type == "PhoneNumber":
            members_given = seeded_number(members_given, instance)
        resource = self.add(holdings, TYPES[type], members_given, tags)
        resource.hidden_until, resource.lagging = 0, None
        return resource.id


def _profiles(holdings: Holdings) -> Answer:
    """Returns the profiles that AWS made, if there are any: no user is without them [service model, CreateUser]."""
    routing = [profile.id for profile in holdings.of("RoutingProfile").values() if profile.members.get("IsDefault")]
    security = [profile.id for profile in holdings.of("SecurityProfile").values() if profile.name == "Agent"]
    return {"RoutingProfileId": routing[0], "SecurityProfileIds": security} if routing and security else {}
