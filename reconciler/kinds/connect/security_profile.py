"""Security profile: what a user may see and do."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.connect.words import FOR_WHAT, Blankable, Tagged
from reconciler.kinds.tables import Gap, Listing, Update
from reconciler.model import AwsName, Clearable, Each, RefTo, Spec, Unordered

Text = Annotated[str, Field(min_length=1, max_length=128)]
PAGE = {"MaxResults": 1000}


class Application(Spec):
    """A third-party application, and what of it may be used."""

    namespace: Text
    application_permissions: Annotated[Unordered[Text], Field(min_length=1, max_length=50), Each()]
    type: Literal["MCP", "THIRD_PARTY_APPLICATION"] | None = None


class FlowModule(Spec):
    type: Literal["MCP"]
    flow_module: Annotated[Text, RefTo("ContactFlowModule")]


class PrimaryAttributeValue(Spec):
    access_type: Literal["ALLOW"]
    attribute_name: str = Field(min_length=1, max_length=127)
    values: Annotated[Unordered[str], Field(max_length=2)]


class PrimaryAttributeAccessControlConfiguration(Spec):
    primary_attribute_values: Annotated[Unordered[PrimaryAttributeValue], Field(max_length=5)] = ()


class DataTableAccessControlConfiguration(Spec):
    primary_attribute_access_control_configuration: PrimaryAttributeAccessControlConfiguration | None = None


class GranularAccessControlConfiguration(Spec):
    """Which rows of data tables may be seen."""

    data_table_access_control_configuration: DataTableAccessControlConfiguration | None = None


class SecurityProfile(Tagged):
    """What a user may see and do. Permissions are AWS's API names, such as `RoutingPolicies.View`."""

    name: Annotated[
        str, Field(min_length=1, max_length=127, pattern=r"^[ a-zA-Z0-9_@-]+$"), AwsName("SecurityProfileName")
    ]
    description: Blankable = Field("", description=FOR_WHAT)
    permissions: Annotated[Unordered[Text], Field(max_length=500), Each()] = Field(
        (), description="All of them: what is not here is taken away."
    )
    applications: Annotated[Unordered[Application], Field(max_length=10), Each("namespace")] = ()
    allowed_access_control_tags: dict[str, str] = Field(
        {}, max_length=4, description="Only what bears these tags may be seen."
    )
    tag_restricted_resources: Annotated[Unordered[Text], Field(max_length=10), Each()] = Field(
        (), description="The types of resources for which those tags count."
    )
    hierarchy_restricted_resources: Annotated[Unordered[Text], Each()] = ()
    allowed_access_control_hierarchy_group: Annotated[str | None, RefTo("UserHierarchyGroup"), Clearable()] = Field(
        None, description="Only what belongs to this group may be seen."
    )
    allowed_flow_modules: Annotated[Unordered[FlowModule], Field(max_length=10), Each("flow_module")] = ()
    granular_access_control_configuration: GranularAccessControlConfiguration = GranularAccessControlConfiguration()


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
    )
    unmanaged: ClassVar = {"AllowedAIAgents": "no operation tells them again, so that a difference could not be seen"}
