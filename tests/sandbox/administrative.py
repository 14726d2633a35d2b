"""Administrative resources as these tests make them: for each type what creates one, and how it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox import INSTANCE_ARN

HERE = {"InstanceId": INSTANCE_ARN}
NINE, FIVE = {"Hours": 9, "Minutes": 0}, {"Hours": 17, "Minutes": 30}
MONDAYS = [{"Day": "MONDAY", "StartTime": NINE, "EndTime": FIVE}]
VOICE = [{"Channel": "VOICE", "Concurrency": 1}]
DATES = {"EffectiveFrom": "2026-12-24", "EffectiveTill": "2026-12-26"}


@dataclass(frozen=True)
class Maker:
    """One type: the snake names of its operations, what a creation says beside the name, and what an update may say.

    `says` is a function of the client, as what it says may refer to something that must be made first.
    `update` is an update operation with members that it changes; `unsearched` are members that search leaves out.
    """

    name: str
    plural: str
    key: str
    says: Callable[[Any], Mapping[str, Any]] = lambda client: {}
    update: tuple[str, Mapping[str, Any]] | None = None
    name_member: str = "Name"
    rename: str = ""
    unsearched: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    tagged: bool = True
    deletes: bool = True
    within: Mapping[str, str] = field(default_factory=dict)
    write_only: Mapping[str, Any] = field(default_factory=dict)

    def where(self, client: Any) -> dict[str, str]:
        return HERE | ({"HoursOfOperationId": basic_hours(client)} if self.within else {})

    def make(self, client: Any, name: str, **more: Any) -> str:
        """Its id."""
        fields = {**self.says(client), **self.write_only, self.name_member: name, **more}
        answer = getattr(client, f"create_{self.name}")(**self.where(client), **fields)
        return name if self.key == "Name" else next(v for k, v in answer.items() if k.lower().endswith("id"))

    def described(self, client: Any, id: str) -> dict[str, Any]:
        answer = getattr(client, f"describe_{self.name}")(**self.where(client), **{self.key: id})
        return dict(next(value for key, value in answer.items() if key != "ResponseMetadata"))

    def listed(self, client: Any, **more: Any) -> list[dict[str, Any]]:
        return rows(getattr(client, f"list_{self.plural}")(**self.where(client), **more))

    def searched(self, client: Any, **more: Any) -> list[dict[str, Any]]:
        return rows(getattr(client, f"search_{self.plural}")(**HERE, **more))

    def change(self, client: Any, id: str, operation: str, **members: Any) -> Any:
        return getattr(client, operation)(**self.where(client), **{self.key: id}, **members)

    def delete(self, client: Any, id: str) -> Any:
        return getattr(client, f"delete_{self.name}")(**self.where(client), **{self.key: id})

    def id_of(self, row: Mapping[str, Any]) -> str:
        return str(row.get(self.key, row.get("Id")))

    def arn_of(self, row: Mapping[str, Any]) -> str:
        return str(next(value for key, value in row.items() if key.lower().endswith("arn")))


def rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    return next(value for value in answer.values() if isinstance(value, list))


def basic_hours(client: Any) -> str:
    return str(client.list_hours_of_operations(**HERE)["HoursOfOperationSummaryList"][0]["Id"])


def basic_queue(client: Any) -> str:
    return str(client.list_queues(**HERE)["QueueSummaryList"][0]["Id"])


def flow(client: Any, type: str = "QUEUE_TRANSFER") -> str:
    found = client.list_contact_flows(**HERE, ContactFlowTypes=[type])["ContactFlowSummaryList"]
    return str(found[0]["Id"])


def levels(client: Any, *names: str) -> None:
    keys = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")
    structure = {key: {"Name": name} for key, name in zip(keys, names, strict=False)}
    client.update_user_hierarchy_structure(**HERE, HierarchyStructure=structure)


def one_level(client: Any) -> dict[str, Any]:
    levels(client, "Region")
    return {}


def to_queue(client: Any) -> dict[str, Any]:
    config = {"QueueId": basic_queue(client), "ContactFlowId": flow(client)}
    return {"Description": "d", "QuickConnectConfig": {"QuickConnectType": "QUEUE", "QueueConfig": config}}


PHONE = {"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "+15550100"}}
HOURS = Maker(
    "hours_of_operation",
    "hours_of_operations",
    "HoursOfOperationId",
    says=lambda client: {"Description": "d", "TimeZone": "Europe/Berlin", "Config": MONDAYS},
    update=("update_hours_of_operation", {"TimeZone": "UTC"}),
    rename="update_hours_of_operation",
)
OVERRIDE = Maker(
    "hours_of_operation_override",
    "hours_of_operation_overrides",
    "HoursOfOperationOverrideId",
    says=lambda client: {"Description": "d", "Config": MONDAYS, "OverrideType": "CLOSED", **DATES},
    update=("update_hours_of_operation_override", {"EffectiveTill": "2026-12-31"}),
    rename="update_hours_of_operation_override",
    tagged=False,
    within={"HoursOfOperationId": "hours"},
)
QUEUE = Maker(
    "queue",
    "queues",
    "QueueId",
    says=lambda client: {"Description": "d", "HoursOfOperationId": basic_hours(client), "MaxContacts": 5},
    update=("update_queue_status", {"Status": "DISABLED"}),
    rename="update_queue_name",
)
QUICK_CONNECT = Maker(
    "quick_connect",
    "quick_connects",
    "QuickConnectId",
    says=to_queue,
    update=("update_quick_connect_config", {"QuickConnectConfig": PHONE}),
    rename="update_quick_connect_name",
)
ROUTING_PROFILE = Maker(
    "routing_profile",
    "routing_profiles",
    "RoutingProfileId",
    says=lambda client: {
        "Description": "d",
        "DefaultOutboundQueueId": basic_queue(client),
        "MediaConcurrencies": VOICE,
        "AgentAvailabilityTimer": "TIME_SINCE_LAST_INBOUND",
    },
    update=("update_routing_profile_name", {"Description": "other"}),
    rename="update_routing_profile_name",
    unsearched=frozenset({"LastModifiedTime", "LastModifiedRegion", "AgentAvailabilityTimer"}),
    hidden=frozenset({"AssociatedQueueIds", "AssociatedManualAssignmentQueueIds"}),
)
SECURITY_PROFILE = Maker(
    "security_profile",
    "security_profiles",
    "SecurityProfileId",
    says=lambda client: {"Description": "d", "AllowedAccessControlTags": {"team": "a"}},
    update=("update_security_profile", {"Description": "other"}),
    name_member="SecurityProfileName",
    unsearched=frozenset({"AllowedAccessControlTags", "LastModifiedTime", "LastModifiedRegion"}),
)
GROUP = Maker(
    "user_hierarchy_group",
    "user_hierarchy_groups",
    "HierarchyGroupId",
    says=one_level,
    update=("update_user_hierarchy_group_name", {"Name": "other"}),
    rename="update_user_hierarchy_group_name",
)
STATUS = Maker(
    "agent_status",
    "agent_statuses",
    "AgentStatusId",
    says=lambda client: {"Description": "d", "State": "ENABLED", "DisplayOrder": 3},
    update=("update_agent_status", {"State": "DISABLED"}),
    rename="update_agent_status",
    deletes=False,
)
ATTRIBUTE = Maker(
    "predefined_attribute",
    "predefined_attributes",
    "Name",
    says=lambda client: {"Values": {"StringList": ["a", "b"]}, "Purposes": ["p"]},
    update=("update_predefined_attribute", {"Purposes": ["q"]}),
    tagged=False,
)
SPOKEN = json.dumps(
    {
        "Version": "2019-10-30",
        "StartAction": "end",
        "Actions": [{"Identifier": "end", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}],
    }
)
FLOW = Maker(
    "contact_flow",
    "contact_flows",
    "ContactFlowId",
    says=lambda client: {"Type": "CONTACT_FLOW", "Description": "d", "Content": SPOKEN},
    update=("update_contact_flow_metadata", {"Description": "e"}),
    rename="update_contact_flow_name",
    unsearched=frozenset({"Content", "FlowContentSha256"}),
)
MODULE = Maker(
    "contact_flow_module",
    "contact_flow_modules",
    "ContactFlowModuleId",
    says=lambda client: {"Description": "d", "Content": SPOKEN[:-1] + ', "Settings": {}}', "Settings": "{}"},
    update=("update_contact_flow_module_metadata", {"Description": "e"}),
    rename="update_contact_flow_module_metadata",
    unsearched=frozenset({"Content", "FlowModuleContentSha256"}),
)
PROMPT = Maker(
    "prompt",
    "prompts",
    "PromptId",
    says=lambda client: {"Description": "d"},
    update=("update_prompt", {"Description": "e"}),
    rename="update_prompt",
    write_only={"S3Uri": "s3://sounds/hello.wav"},
)
MAKERS = (
    *(HOURS, OVERRIDE, QUEUE, QUICK_CONNECT, ROUTING_PROFILE, SECURITY_PROFILE, GROUP, STATUS, ATTRIBUTE),
    *(FLOW, MODULE, PROMPT),
)


def add_hours(client: Any, name: str = "H", **more: Any) -> str:
    return HOURS.make(client, name, **more)


def add_queue(client: Any, name: str = "Q", **more: Any) -> str:
    return QUEUE.make(client, name, **more)


def add_phone(client: Any, name: str = "K", **more: Any) -> str:
    """A quick connect to a phone number."""
    return str(client.create_quick_connect(**HERE, Name=name, QuickConnectConfig=PHONE, **more)["QuickConnectId"])


def add_profile(client: Any, name: str = "R", **more: Any) -> str:
    return ROUTING_PROFILE.make(client, name, **more)


def pair(queue: str, channel: str = "VOICE", priority: int = 1, delay: int = 0) -> dict[str, Any]:
    return {"QueueReference": {"QueueId": queue, "Channel": channel}, "Priority": priority, "Delay": delay}


def by_hand(queue: str, channel: str = "CHAT") -> dict[str, Any]:
    return {"QueueReference": {"QueueId": queue, "Channel": channel}}


def add_group(client: Any, name: str, parent: str = "", **more: Any) -> str:
    given = {"ParentGroupId": parent} if parent else {}
    return str(client.create_user_hierarchy_group(**HERE, Name=name, **given, **more)["HierarchyGroupId"])


def add_instance(client: Any, alias: str = "second", **more: Any) -> str:
    members = {"IdentityManagementType": "SAML", "InboundCallsEnabled": True, "OutboundCallsEnabled": False}
    return str(client.create_instance(**{**members, "InstanceAlias": alias, **more})["Id"])


def quick_connects_of(client: Any, queue: str) -> list[str]:
    found = client.list_queue_quick_connects(**HERE, QueueId=queue)["QuickConnectSummaryList"]
    return [row["Name"] for row in found]
