"""The SecurityProfile kind: what users may see and do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.connect import permissions
from reconciler.kinds.connect.permissions import PERMISSIONS
from reconciler.kinds.connect.words import PURPOSE, Blankable
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Detail, Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Clearable, Each, Problem, RefTo, Spec, Unordered, WrittenRecords
from reconciler.model.environment import Quota, Quotas
from reconciler.model.spec import completing, expecting, meanings

ProfileText = Annotated[str, Field(min_length=1, max_length=128)]
# Editors complete the known names. Any other text is allowed, because AWS adds names every few months.
Permission = Annotated[str, Field(min_length=1, max_length=128, json_schema_extra=completing(PERMISSIONS))]

_NAME = expecting("made of letters, digits, spaces and _ @ - alone")


class Application(Spec):
    """A third-party application or MCP server that users may use."""

    namespace: ProfileText = Field(
        description="The namespace of the application, in 1 to 128 characters.", examples=["acme.crm"]
    )
    application_permissions: Annotated[Unordered[ProfileText], Each()] = Field(
        min_length=1,
        max_length=50,
        description="The permissions, 1 to 50: ACCESS for an application, tool ids for an MCP server.",
        examples=[["ACCESS"]],
    )
    type: Literal["MCP", "THIRD_PARTY_APPLICATION"] | None = Field(
        None,
        description="The type of the application.",
        json_schema_extra=meanings(MCP="An MCP server.", THIRD_PARTY_APPLICATION="A third-party application."),
    )


class FlowModule(Spec):
    """A flow module that AI agents may use as a tool."""

    type: Literal["MCP"] = Field(description="The type of the module, which is always MCP.")
    flow_module: Annotated[ProfileText, RefTo("ContactFlowModule")] = Field(
        description="The name of the flow module.", examples=["Look up an order"]
    )


class AIAgent(Spec):
    """An AI agent that users may use."""

    arn: str = Field(
        description="The ARN of the AI agent.",
        examples=["arn:aws:wisdom:ca-central-1:111122223333:ai-agent/00000000-0000-4000-8000-000000000000"],
    )
    type: Literal["THIRD_PARTY"] = Field(
        "THIRD_PARTY", description="The type of the AI agent, which is always THIRD_PARTY."
    )


class PrimaryAttributeValue(Spec):
    """The rows that users may see, by the values of one primary attribute."""

    access_type: Literal["ALLOW"] = Field(description="The type of access, which is always ALLOW.")
    attribute_name: str = Field(
        min_length=1,
        max_length=127,
        description="The name of the primary attribute, in 1 to 127 characters.",
        examples=["Region"],
    )
    values: Unordered[str] = Field(
        max_length=2, description="The values of the rows that users may see, up to 2.", examples=[["Ontario"]]
    )


class PrimaryAttributeAccessControlConfiguration(Spec):
    """The rows that users may see, by their keys."""

    primary_attribute_values: Unordered[PrimaryAttributeValue] = Field(
        (), max_length=5, description="The allowed values, for up to 5 primary attributes."
    )


class DataTableAccessControlConfiguration(Spec):
    """The rows of data tables that users may see."""

    primary_attribute_access_control_configuration: PrimaryAttributeAccessControlConfiguration | None = None


class GranularAccessControlConfiguration(Spec):
    """The parts of a resource that users may see, instead of all of it."""

    data_table_access_control_configuration: DataTableAccessControlConfiguration | None = None


class SecurityProfile(Tagged):
    """The pages that users may see and the actions that they may take."""

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=127,
            pattern=r"^[ a-zA-Z0-9_@-]+$",
            description="The name of the security profile. AWS cannot change it.",
            examples=["Support agents"],
            json_schema_extra=_NAME,
        ),
        AwsName("SecurityProfileName"),
    ]
    description: Blankable = Field("", description=PURPOSE)
    permissions: Annotated[Unordered[Permission], Each()] = Field(
        (),
        max_length=500,
        description="All permissions of the profile, up to 500, by AWS's API names. Live ones that are left out are "
        "revoked.",
        examples=[["BasicAgentAccess", "OutboundCallAccess"]],
    )
    applications: Annotated[Unordered[Application], Each("namespace")] = Field(
        (), max_length=10, description="Third-party applications and MCP servers that users may use, up to 10."
    )
    allowed_access_control_tags: dict[str, str] = Field(
        {},
        max_length=4,
        description="Tags that a resource must have for users to see it, up to 4.",
        examples=[{"Team": "support"}],
    )
    tag_restricted_resources: Annotated[Unordered[ProfileText], Each()] = Field(
        (),
        max_length=10,
        description="The types of resources that allowedAccessControlTags restricts, up to 10.",
        examples=[["User", "Queue"]],
    )
    hierarchy_restricted_resources: Annotated[Unordered[ProfileText], Each()] = Field(
        (),
        description="The types of resources that the hierarchy group restricts. AWS accepts only User.",
        examples=[["User"]],
    )
    allowed_access_control_hierarchy_group: Annotated[str | None, RefTo("UserHierarchyGroup"), Clearable()] = Field(
        None,
        description="The path of the hierarchy group whose resources users may see. Null removes the restriction.",
        examples=["North"],
    )
    allowed_flow_modules: Annotated[Unordered[FlowModule], Each("flow_module")] = Field(
        (), max_length=10, description="Flow modules that AI agents may use as tools, up to 10."
    )
    allowed_ai_agents: Annotated[Unordered[AIAgent], Each("arn")] = Field(
        (), alias="allowedAIAgents", max_length=100, description="AI agents that users may use, up to 100."
    )
    granular_access_control_configuration: GranularAccessControlConfiguration = GranularAccessControlConfiguration()


PAGE = {"MaxResults": 1000}


class SecurityProfileKind(Kind[SecurityProfile]):
    spec = SecurityProfile
    service = CONNECT
    identity = Identity("SecurityProfileId")
    reading = Reading(
        search=Listing("SearchSecurityProfiles", "SecurityProfiles", {"MaxResults": 100}),
        lookup=Listing("ListSecurityProfiles", "SecurityProfileSummaryList", PAGE),
        describe=("DescribeSecurityProfile", "SecurityProfile"),
        details=(
            Detail(
                (
                    "allowed_access_control_tags",
                    "tag_restricted_resources",
                    "hierarchy_restricted_resources",
                    "allowed_access_control_hierarchy_group",
                    "granular_access_control_configuration",
                )
            ),
            Detail(("permissions",), Listing("ListSecurityProfilePermissions", "Permissions", PAGE)),
            Detail(("applications",), Listing("ListSecurityProfileApplications", "Applications", PAGE)),
            Detail(("allowed_flow_modules",), Listing("ListSecurityProfileFlowModules", "AllowedFlowModules", PAGE)),
            Detail(("allowed_ai_agents",), Listing("ListSecurityProfileAIAgents", "AllowedAIAgents", PAGE)),
        ),
    )
    writing = Writing(
        create="CreateSecurityProfile",
        delete="DeleteSecurityProfile",
        updates=(
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
        ),
    )
    quotas = (Quota("security profile", "instance", service="connect", code="L-F325A715"),)

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return permissions.problems(declared.get("permissions"))

    def lasting(self, members: Mapping[str, Any]) -> str:
        return "AWS created it and keeps it" if members.get("Type") == "AWS_MANAGED" else ""
