"""The SecurityProfile kind: what users may see and do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.environment import Quotas
from reconciler.kinds.base import Kind
from reconciler.kinds.connect import permissions
from reconciler.kinds.connect.security_profile_spec import SecurityProfile
from reconciler.kinds.verbs import Gap, Listing, Update
from reconciler.model import Problem, WrittenRecords

PAGE = {"MaxResults": 1000}


class SecurityProfileKind(Kind[SecurityProfile]):
    spec = SecurityProfile
    id_param = "SecurityProfileId"
    search = Listing("SearchSecurityProfiles", "SecurityProfiles", {"MaxResults": 100})
    lookup = Listing("ListSecurityProfiles", "SecurityProfileSummaryList", PAGE)
    describe = ("DescribeSecurityProfile", "SecurityProfile")
    create = "CreateSecurityProfile"
    delete = "DeleteSecurityProfile"
    updates = (
        Update(
            "UpdateSecurityProfile",
            (
                "description",
                "permissions",
                "applications",
                "allowed_access_control_tags",
                "tag_restricted_resources",
                "hierarchy_restricted_resources",
                "allowed_access_control_hierarchy_group",
                "allowed_flow_modules",
                "allowed_ai_agents",
                "granular_access_control_configuration",
            ),
        ),
    )
    gaps = (
        Gap(
            (
                "allowed_access_control_tags",
                "tag_restricted_resources",
                "hierarchy_restricted_resources",
                "allowed_access_control_hierarchy_group",
                "granular_access_control_configuration",
            )
        ),
        Gap(("permissions",), Listing("ListSecurityProfilePermissions", "Permissions", PAGE)),
        Gap(("applications",), Listing("ListSecurityProfileApplications", "Applications", PAGE)),
        Gap(("allowed_flow_modules",), Listing("ListSecurityProfileFlowModules", "AllowedFlowModules", PAGE)),
        Gap(("allowed_ai_agents",), Listing("ListSecurityProfileAIAgents", "AllowedAIAgents", PAGE)),
    )

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return permissions.problems(declared.get("permissions"))

    def lasting(self, members: Mapping[str, Any]) -> str:
        return "AWS created it and keeps it" if members.get("Type") == "AWS_MANAGED" else ""
