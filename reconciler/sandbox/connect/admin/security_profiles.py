"""Security profiles: lists that describe does not show, and who must not lose them.

Simplified: any text is a permission; the admin guide's list of them is not held here.
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.connect.admin.catalogue import SECURITY_PROFILE
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, in_use


class SecurityProfiles(Resources):
    def list_security_profile_permissions(self, params: Params) -> Answer:
        return self._listed_member("ListSecurityProfilePermissions", "Permissions", params)

    def list_security_profile_applications(self, params: Params) -> Answer:
        return self._listed_member("ListSecurityProfileApplications", "Applications", params)

    def list_security_profile_flow_modules(self, params: Params) -> Answer:
        return self._listed_member("ListSecurityProfileFlowModules", "AllowedFlowModules", params)

    def list_security_profile_ai_agents(self, params: Params) -> Answer:
        return self._listed_member("ListSecurityProfileAIAgents", "AllowedAIAgents", params)

    def delete_security_profile(self, params: Params) -> Answer:
        """Not while users have it, and never AWS's own [inferred: the model has both errors, but not when]."""
        holdings, profile = self.one(SECURITY_PROFILE, params)
        if profile.said["Type"] == "AWS_MANAGED":
            raise Refused("AccessDeniedException", f"{profile.name!r} is managed by AWS")
        users = [u for u in holdings.of("User").values() if profile.id in u.said.get("SecurityProfileIds", ())]
        if users:
            raise in_use(f"{profile.name!r} is assigned to {len(users)} users", profile.arn, "USER")
        return self.delete_one(SECURITY_PROFILE, "DeleteSecurityProfile", params)

    def _listed_member(self, operation: str, member: str, params: Params) -> Answer:
        """In alphabetical order; the order is not stated."""
        _, profile = self.one(SECURITY_PROFILE, params)
        found: list[Any] = profile.said.get(member, [])
        rows = [(f"{item}\x1f{place:03}", item) for place, item in enumerate(found)]
        return self.page_of(operation, params, [profile.arn], rows) | self.stamp(profile.modified)
