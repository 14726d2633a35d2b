"""The table of types: all that is regular about them.

The paths of ARNs are those of the service authorization reference. Fields of searches are the texts of the service
model. Overrides, predefined attributes and e-mail addresses have none and follow the others [inferred].
"""

from __future__ import annotations

from reconciler.sandbox.connect.admin.types import LeftOut, Reference, Type

KEPT, CLEARED, SWITCHED, ONE_NEEDED = LeftOut.KEPT, LeftOut.CLEARED, LeftOut.SWITCHED, LeftOut.ONE_NEEDED
PARENTS = ("ParentHoursOfOperationConfigs", "HoursOfOperationId")
TEXTS = {"name": "Name", "description": "Description", "resourceid": "Id"}
CONNECTED = "QuickConnectConfig"

HOURS = Type(
    name="HoursOfOperation",
    plural="HoursOfOperations",
    arn_part="operating-hours",
    key="HoursOfOperationId",
    quota="hours_of_operation",
    updates={"UpdateHoursOfOperation": SWITCHED},
    fields=TEXTS | {"timezone": "TimeZone"},
    references=(
        Reference(PARENTS, "HoursOfOperation", by_arn=True),
        Reference(("ParentHoursOfOperationIds",), "HoursOfOperation", by_arn=True),
    ),
)
OVERRIDE = Type(
    name="HoursOfOperationOverride",
    plural="HoursOfOperationOverrides",
    key="HoursOfOperationOverrideId",
    parent="HoursOfOperation",
    quota="hours_of_operation_overrides",
    updates={"UpdateHoursOfOperationOverride": SWITCHED},
    fields=TEXTS,
    born={"OverrideType": "STANDARD"},
)
QUEUE = Type(
    name="Queue",
    plural="Queues",
    arn_part="queue",
    key="QueueId",
    quota="queues",
    updates={
        "UpdateQueueName": ONE_NEEDED,
        "UpdateQueueStatus": KEPT,
        "UpdateQueueMaxContacts": CLEARED,
        "UpdateQueueHoursOfOperation": KEPT,
        "UpdateQueueOutboundCallerConfig": KEPT,
        "UpdateQueueOutboundEmailConfig": KEPT,
    },
    references=(
        Reference(("HoursOfOperationId",), "HoursOfOperation"),
        Reference(("OutboundCallerConfig", "OutboundCallerIdNumberId"), "PhoneNumber", by_arn=True),
        Reference(("OutboundCallerConfig", "OutboundFlowId"), "ContactFlow", by_arn=True),
        Reference(("OutboundEmailConfig", "OutboundEmailAddressId"), "EmailAddress", by_arn=True),
        Reference(("QuickConnectIds",), "QuickConnect"),
        Reference(("EmailAddressesConfig", "EmailAddressId"), "EmailAddress", by_arn=True),
        Reference(("EmailAddressesId",), "EmailAddress", by_arn=True),
    ),
    fields=TEXTS,
    born={"Status": "ENABLED", "QueueType": "STANDARD"},
)
QUICK_CONNECT = Type(
    name="QuickConnect",
    plural="QuickConnects",
    arn_part="transfer-destination",
    key="QuickConnectId",
    quota="quick_connects",
    updates={"UpdateQuickConnectName": ONE_NEEDED, "UpdateQuickConnectConfig": KEPT},
    references=(
        Reference((CONNECTED, "UserConfig", "UserId"), "User"),
        Reference((CONNECTED, "UserConfig", "ContactFlowId"), "ContactFlow", by_arn=True),
        Reference((CONNECTED, "QueueConfig", "QueueId"), "Queue"),
        Reference((CONNECTED, "QueueConfig", "ContactFlowId"), "ContactFlow", by_arn=True),
        Reference((CONNECTED, "FlowConfig", "ContactFlowId"), "ContactFlow", by_arn=True),
    ),
    fields=TEXTS,
    filters={"QuickConnectTypes": "QuickConnectType"},
)
PAIRED = ("QueueReference", "QueueId")
ROUTING_PROFILE = Type(
    name="RoutingProfile",
    plural="RoutingProfiles",
    arn_part="routing-profile",
    key="RoutingProfileId",
    quota="routing_profiles",
    updates={
        "UpdateRoutingProfileName": ONE_NEEDED,
        "UpdateRoutingProfileConcurrency": KEPT,
        "UpdateRoutingProfileDefaultOutboundQueue": KEPT,
        "UpdateRoutingProfileAgentAvailabilityTimer": KEPT,
    },
    references=(
        Reference(("DefaultOutboundQueueId",), "Queue"),
        Reference(("QueueConfigs", *PAIRED), "Queue"),
        Reference(("ManualAssignmentQueueConfigs", *PAIRED), "Queue"),
    ),
    fields=TEXTS | {"associatedqueueids": "AssociatedQueueIds"},
    unsearched=(
        ("LastModifiedTime",),
        ("LastModifiedRegion",),
        ("AgentAvailabilityTimer",),
        ("MediaConcurrencies", "CrossChannelBehavior"),
    ),
    born={"AgentAvailabilityTimer": "TIME_SINCE_LAST_ACTIVITY", "IsDefault": False},
)
SECURITY_PROFILE = Type(
    name="SecurityProfile",
    plural="SecurityProfiles",
    arn_part="security-profile",
    key="SecurityProfileId",
    name_member="SecurityProfileName",
    quota="security_profiles",
    updates={"UpdateSecurityProfile": LeftOut.SWITCHED_PROFILE},
    references=(Reference(("AllowedAccessControlHierarchyGroupId",), "UserHierarchyGroup"),),
    fields={"name": "SecurityProfileName"},
    born={"Type": "CUSTOMER_MANAGED"},
)
HIERARCHY_GROUP = Type(
    name="UserHierarchyGroup",
    plural="UserHierarchyGroups",
    arn_part="agent-group",
    key="HierarchyGroupId",
    quota="user_hierarchy_groups",
    updates={"UpdateUserHierarchyGroupName": KEPT},
    references=(Reference(("ParentGroupId",), "UserHierarchyGroup"),),
    fields={"name": "Name", "parentid": "ParentGroupId", "levelid": "LevelId", "resourceid": "Id"},
)
AGENT_STATUS = Type(
    name="AgentStatus",
    plural="AgentStatuses",
    arn_part="agent-state",
    key="AgentStatusId",
    quota="agent_statuses",
    updates={"UpdateAgentStatus": SWITCHED},
    fields=TEXTS | {"state": "State", "type": "Type", "displayorder": "DisplayOrder"},
    filters={"AgentStatusTypes": "Type"},
    born={"Type": "CUSTOM"},
)
PREDEFINED_ATTRIBUTE = Type(
    name="PredefinedAttribute",
    plural="PredefinedAttributes",
    key="Name",
    quota="predefined_attributes",
    updates={"UpdatePredefinedAttribute": SWITCHED},
    fields={"name": "Name"},
)
CONTACT_FLOW = Type(
    name="ContactFlow",
    plural="ContactFlows",
    arn_part="contact-flow",
    key="ContactFlowId",
    by_arn=True,
    quota="contact_flows",
    updates={"UpdateContactFlowMetadata": KEPT, "UpdateContactFlowName": ONE_NEEDED},
    renamed={"ContactFlowType": "Type", "ContactFlowState": "State", "ContactFlowStatus": "Status"},
    fields=TEXTS,
    filters={"ContactFlowTypes": "ContactFlowType"},
    born={"Type": "CONTACT_FLOW", "State": "ACTIVE"},
)
CONTACT_FLOW_MODULE = Type(
    name="ContactFlowModule",
    plural="ContactFlowModules",
    arn_part="flow-module",
    key="ContactFlowModuleId",
    by_arn=True,
    quota="contact_flow_modules",
    updates={"UpdateContactFlowModuleMetadata": KEPT},
    fields=TEXTS,
    filters={"ContactFlowModuleState": "State"},
    born={"State": "ACTIVE"},
)
PROMPT = Type(
    name="Prompt",
    plural="Prompts",
    arn_part="prompt",
    key="PromptId",
    quota="prompts",
    updates={"UpdatePrompt": SWITCHED},
    fields=TEXTS,
)
VIEW = Type(
    name="View",
    plural="Views",
    arn_part="view",
    key="ViewId",
    by_arn=True,
    quota="views",
    updates={"UpdateViewMetadata": ONE_NEEDED},
    fields=TEXTS,
    born={"Type": "CUSTOMER_MANAGED"},
)
INTEGRATION_ASSOCIATION = Type(
    name="IntegrationAssociation",
    plural="IntegrationAssociations",
    arn_part="integration-association",
    key="IntegrationAssociationId",
    name_member="IntegrationArn",
    verbs=("List", "Delete"),
    filters={"IntegrationType": "IntegrationType", "IntegrationArn": "IntegrationArn"},
)
USER = Type(
    name="User",
    plural="Users",
    arn_part="agent",
    key="UserId",
    name_member="Username",
    quota="users",
    updates={
        "UpdateUserIdentityInfo": KEPT,
        "UpdateUserRoutingProfile": KEPT,
        "UpdateUserSecurityProfiles": KEPT,
        "UpdateUserHierarchy": CLEARED,  # [seen: terraform-provider-aws, user.go]
    },
    references=(
        Reference(("RoutingProfileId",), "RoutingProfile"),
        Reference(("SecurityProfileIds",), "SecurityProfile"),
        Reference(("HierarchyGroupId",), "UserHierarchyGroup"),
    ),
    fields={
        **{"username": "Username", "firstname": "FirstName", "lastname": "LastName", "resourceid": "Id"},
        **{"routingprofileid": "RoutingProfileId", "securityprofileid": "SecurityProfileIds"},
    },
    unsearched=(("IdentityInfo", "Email"), ("IdentityInfo", "SecondaryEmail"), ("IdentityInfo", "Mobile")),
)
PHONE_NUMBER = Type(
    name="PhoneNumber",
    plural="PhoneNumbersV2",
    arn_part="phone-number",
    key="PhoneNumberId",
    name_member="PhoneNumber",
    verbs=(),
)
EMAIL_ADDRESS = Type(
    name="EmailAddress",
    plural="EmailAddresses",
    arn_part="email-address",
    key="EmailAddressId",
    name_member="EmailAddress",
    quota="email_addresses",
    updates={"UpdateEmailAddressMetadata": SWITCHED},
    fields={"emailaddress": "EmailAddress", "displayname": "DisplayName", "description": "Description"},
)

TYPES = {
    type.name: type
    for type in (
        *(HOURS, OVERRIDE, QUEUE, QUICK_CONNECT, ROUTING_PROFILE, SECURITY_PROFILE),
        *(HIERARCHY_GROUP, AGENT_STATUS, PREDEFINED_ATTRIBUTE),
        *(CONTACT_FLOW, CONTACT_FLOW_MODULE, PROMPT, VIEW, USER, PHONE_NUMBER, EMAIL_ADDRESS, INTEGRATION_ASSOCIATION),
    )
}
BY_ARN_PART = {type.arn_part: type for type in TYPES.values() if type.arn_part}
