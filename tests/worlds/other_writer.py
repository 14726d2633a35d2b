"""Edits of another writer in the console, between plan and write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from reconciler.model import Ref
from reconciler.reconcile import Preview
from tests.worlds.world import World

SUMMARIES = {
    "AgentStatus": ("list_agent_statuses", "AgentStatusSummaryList", "Id"),
    "HoursOfOperation": ("list_hours_of_operations", "HoursOfOperationSummaryList", "Id"),
    "Queue": ("list_queues", "QueueSummaryList", "Id"),
    "QuickConnect": ("list_quick_connects", "QuickConnectSummaryList", "Id"),
    "RoutingProfile": ("list_routing_profiles", "RoutingProfileSummaryList", "Id"),
    "SecurityProfile": ("list_security_profiles", "SecurityProfileSummaryList", "Id"),
    "User": ("list_users", "UserSummaryList", "Id"),
    "UserHierarchyGroup": ("list_user_hierarchy_groups", "UserHierarchyGroupSummaryList", "Id"),
}
KEYS = {
    "AgentStatus": "AgentStatusId",
    "ContactFlow": "ContactFlowId",
    "ContactFlowModule": "ContactFlowModuleId",
    "HoursOfOperation": "HoursOfOperationId",
    "PhoneNumber": "PhoneNumberId",
    "PredefinedAttribute": "Name",
    "Prompt": "PromptId",
    "Queue": "QueueId",
    "QuickConnect": "QuickConnectId",
    "RoutingProfile": "RoutingProfileId",
    "SecurityProfile": "SecurityProfileId",
    "User": "UserId",
    "UserHierarchyGroup": "HierarchyGroupId",
    "View": "ViewId",
}


@dataclass(frozen=True)
class OtherWriter:
    """Another client that knows the ids that the plan knew."""

    world: World
    seen: Preview

    def id(self, kind: str, name: str) -> str:
        return self.seen.world.directory.identity(Ref(kind, name)).id

    def calls(self, operation: str, kind: str = "", name: str = "", **members: Any) -> dict[str, Any]:
        """Makes one call with the ids of the resource and of the instance, if the operation takes one."""
        key = {KEYS[kind]: self.id(kind, name)} if kind else {}
        connect = self.world.connect
        model = connect.meta.service_model.operation_model(connect.meta.method_to_api_mapping[operation])
        takes = "InstanceId" in model.input_shape.members
        scoped = {"InstanceId": self.world.control.instance} if takes else {}
        return dict(getattr(connect, operation)(**scoped, **key, **members))

    def describes(self, kind: str, name: str) -> dict[str, Any]:
        words = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind)
        answer = self.calls(f"describe{words}", kind, name)
        return dict(next(value for key, value in answer.items() if key != "ResponseMetadata"))


Edit = Callable[[OtherWriter], Any]


def names(world: World, kind: str) -> list[str]:
    """Returns all names, sorted, from the List operation, which never lags. The queues of agents have none."""
    operation, items, _ = SUMMARIES[kind]
    pages = world.connect.get_paginator(operation).paginate(InstanceId=world.control.instance)
    found = (item.get("Name") or item.get("Username") for page in pages for item in page[items])
    return sorted(str(name) for name in found if name)


def quick_connects(by: OtherWriter, queue: str = "billing") -> set[str]:
    found = by.calls("list_queue_quick_connects", "Queue", queue, MaxResults=100)["QuickConnectSummaryList"]
    return {str(each["Name"]) for each in found}


def pairs(by: OtherWriter, profile: str = "first line") -> dict[tuple[str, str], tuple[int, int]]:
    pages = by.world.connect.get_paginator("list_routing_profile_queues").paginate(
        InstanceId=by.world.control.instance, RoutingProfileId=by.id("RoutingProfile", profile)
    )
    found = [pair for page in pages for pair in page["RoutingProfileQueueConfigSummaryList"]]
    return {(pair["QueueName"], pair["Channel"]): (pair["Priority"], pair["Delay"]) for pair in found}


def permissions(by: OtherWriter, profile: str = "agents") -> set[str]:
    return set(by.calls("list_security_profile_permissions", "SecurityProfile", profile)["Permissions"])


def pair_of(by: OtherWriter, queue: str, channel: str, priority: int | None = None) -> dict[str, Any]:
    reference = {"QueueId": by.id("Queue", queue), "Channel": channel}
    return {"QueueReference": reference, "Priority": priority, "Delay": 0} if priority is not None else reference
