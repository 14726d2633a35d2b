"""Security profiles: lists that describe does not show, known permissions, and deletion rules."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from reconciler.sandbox.connect.admin.catalogue import SECURITY_PROFILE
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, in_use, invalid

# The product's list, with its sources. It is read as a file: the sandbox does not import the product.
LIST = Path(__file__).parents[3] / "kinds" / "connect" / "permissions.txt"


@cache
def known_permissions() -> frozenset[str]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


class SecurityProfiles(Resources):
    def create_security_profile(self, params: Params) -> Answer:
        self._refuse_unknown(params.get("Permissions", ()))
        return self.create_one(SECURITY_PROFILE, "CreateSecurityProfile", params)

    def update_security_profile(self, params: Params) -> Answer:
        self._refuse_unknown(params.get("Permissions", ()))
        return self.update_one(SECURITY_PROFILE, "UpdateSecurityProfile", params)

    def list_security_profile_permissions(self, params: Params) -> Answer:
        return self._listed_member("ListSecurityProfilePermissions", "Permissions", params)

    def list_security_profile_applications(self, params: Params) -> Answer:
        return self._listed_member("ListSecurityProfileApplications", "Applications", params)

    def list_security_profile_flow_modules(self, params: Params) -> Answer:
        return self._listed_member("ListSecurityProfileFlowModules", "AllowedFlowModules", params)

    def list_security_profile_ai_agents(self, params: Params) -> Answer:
        return self._listed_member("ListSecurityProfileAIAgents", "AllowedAIAgents", params)

    def delete_security_profile(self, params: Params) -> Answer:
        """Deletes a profile without users, and never AWS's own [inferred: the model has both errors, but not when]."""
        holdings, profile = self.one(SECURITY_PROFILE, params)
        if profile.members["Type"] == "AWS_MANAGED":
            raise Refused("AccessDeniedException", f"{profile.name!r} is managed by AWS")
        users = [u for u in holdings.of("User").values() if profile.id in u.members.get("SecurityProfileIds", ())]
        if users:
            raise in_use(f"{profile.name!r} is assigned to {len(users)} users", profile.arn, "USER")
        return self.delete_one(SECURITY_PROFILE, "DeleteSecurityProfile", params)

    def _refuse_unknown(self, permissions: Any) -> None:
        """Refuses unknown permissions; the service model refers to the admin guide's list. The error is inferred.

        A third-party application has a permission of its own, <app name>.Access [admin guide].
        """
        if self.world.switches.unknown_permission == "accepted":
            return
        for name in permissions:
            if name not in known_permissions() and not name.endswith(".Access"):
                raise invalid(f"Permissions: {name} is not a valid permission")

    def _listed_member(self, operation: str, member: str, params: Params) -> Answer:
        """Lists in alphabetical order; AWS does not document the order."""
        _, profile = self.one(SECURITY_PROFILE, params)
        values: list[Any] = profile.members.get(member, [])
        rows = [(f"{item}\x1f{place:03}", item) for place, item in enumerate(values)]
        return self.page_of(operation, params, [profile.arn], rows) | self.stamp(profile.modified)
