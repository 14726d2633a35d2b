"""The spec of a security profile."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.connect.permissions import PERMISSIONS
from reconciler.kinds.connect.words import FOR_WHAT, Blankable, Tagged
from reconciler.kinds.draft7 import expecting
from reconciler.model import AwsName, Clearable, Each, RefTo, Spec, Unordered

Text = Annotated[str, Field(min_length=1, max_length=128)]
# Editors complete the known names, and any other text passes: AWS adds names every few months.
_KNOWN_OR_NEW = {"anyOf": [{"enum": list(PERMISSIONS)}, {}]}
Permission = Annotated[str, Field(min_length=1, max_length=128, json_schema_extra=_KNOWN_OR_NEW)]

_NAME = expecting("made of letters, digits, spaces and _ @ - alone")


class Application(Spec):
    """A third-party application, and what of it may be used."""

    namespace: Text = Field(description="The application.")
    application_permissions: Annotated[Unordered[Text], Each()] = Field(
        min_length=1, max_length=50, description="What of it may be used."
    )
    type: Literal["MCP", "THIRD_PARTY_APPLICATION"] | None = Field(None, description="What it is.")


class FlowModule(Spec):
    """A flow module that may be used as a tool."""

    type: Literal["MCP"]
    flow_module: Annotated[Text, RefTo("ContactFlowModule")] = Field(description="The module, by its name.")


class AIAgent(Spec):
    """An AI agent that may be used."""

    arn: str = Field(description="Its ARN.")
    type: Literal["THIRD_PARTY"] = Field("THIRD_PARTY", description="Whose it is.")


class PrimaryAttributeValue(Spec):
    """Rows by the values of one primary attribute."""

    access_type: Literal["ALLOW"]
    attribute_name: str = Field(min_length=1, max_length=127, description="The primary attribute.")
    values: Unordered[str] = Field(max_length=2, description="The values of the rows that may be seen.")


class PrimaryAttributeAccessControlConfiguration(Spec):
    """Which rows may be seen, by their keys."""

    primary_attribute_values: Unordered[PrimaryAttributeValue] = Field(
        (), max_length=5, description="Attribute by attribute."
    )


class DataTableAccessControlConfiguration(Spec):
    """Which rows of data tables may be seen."""

    primary_attribute_access_control_configuration: PrimaryAttributeAccessControlConfiguration | None = None


class GranularAccessControlConfiguration(Spec):
    """What of a resource may be seen, where not all of it may."""

    data_table_access_control_configuration: DataTableAccessControlConfiguration | None = None


class SecurityProfile(Tagged):
    """What a user may see and do. Permissions are AWS's API names, such as `RoutingPolicies.View`."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=127, pattern=r"^[ a-zA-Z0-9_@-]+$", json_schema_extra=_NAME),
        AwsName("SecurityProfileName"),
    ]
    description: Blankable = Field("", description=FOR_WHAT)
    permissions: Annotated[Unordered[Permission], Each()] = Field(
        (), max_length=500, description="All of them, by AWS's API names: what is not here is taken away."
    )
    applications: Annotated[Unordered[Application], Each("namespace")] = Field(
        (), max_length=10, description="Third-party applications that may be used."
    )
    allowed_access_control_tags: dict[str, str] = Field(
        {}, max_length=4, description="Only what bears these tags may be seen."
    )
    tag_restricted_resources: Annotated[Unordered[Text], Each()] = Field(
        (), max_length=10, description="The types of resources for which those tags count."
    )
    hierarchy_restricted_resources: Annotated[Unordered[Text], Each()] = Field(
        (), description="The types of resources for which the hierarchy group counts."
    )
    allowed_access_control_hierarchy_group: Annotated[str | None, RefTo("UserHierarchyGroup"), Clearable()] = Field(
        None, description="Only what belongs to this group may be seen; null: whatever its group."
    )
    allowed_flow_modules: Annotated[Unordered[FlowModule], Each("flow_module")] = Field(
        (), max_length=10, description="Flow modules that may be used as tools."
    )
    allowed_ai_agents: Annotated[Unordered[AIAgent], Each("arn")] = Field(
        (), alias="allowedAIAgents", max_length=100, description="AI agents that may be used."
    )
    granular_access_control_configuration: GranularAccessControlConfiguration = GranularAccessControlConfiguration()
