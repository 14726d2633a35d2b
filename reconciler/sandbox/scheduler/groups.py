"""Schedule groups and their tags."""

from __future__ import annotations

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.scheduler.backend import DEFAULT, Group
from reconciler.sandbox.scheduler.room import Answer, GroupRoom, Params, conflict, invalid

TAGS = 50  # of a resource [tagging guide]; the model's shapes take 200


class ScheduleGroups(GroupRoom):
    def create_schedule_group(self, params: Params) -> Answer:
        name = params["Name"]
        if name in self.backend.groups:
            raise conflict(f"Schedule group {name} already exists.")
        now = self.world.now()
        group = Group(name, self.backend.group_arn(name), now, now)
        self._tag(group, params.get("Tags") or [])
        self.backend.groups[name] = group
        return {"ScheduleGroupArn": group.arn}

    def get_schedule_group(self, params: Params) -> Answer:
        return _shown(self.group(params["Name"]))

    def list_schedule_groups(self, params: Params) -> Answer:
        prefix = params.get("NamePrefix") or ""
        rows = [(name, _shown(group)) for name, group in self.backend.groups.items() if name.startswith(prefix)]
        return self.page("ListScheduleGroups", params, "ScheduleGroups", rows)

    def delete_schedule_group(self, params: Params) -> Answer:
        """Deletes a group with its schedules. It "remains in a DELETING state" for a while [service model].

        A second deletion in that time is a ConflictException [inferred; the model lists the error].
        """
        group = self.group(params["Name"])
        if group.name == DEFAULT:
            raise invalid("The default schedule group cannot be deleted.")  # [user guide; the code is inferred]
        if group.deleted_after is not None:
            raise conflict(f"Schedule group {group.name} is being deleted.")
        group.deleted_after = self.world.accepted + self.world.faults.deletion
        return {}

    def list_tags_for_resource(self, params: Params) -> Answer:
        group = self._tagged(params)
        return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(group.tags.items())]}

    def tag_resource(self, params: Params) -> Answer:
        self._tag(self._tagged(params), params["Tags"])
        return {}

    def untag_resource(self, params: Params) -> Answer:
        group = self._tagged(params)
        for key in params["TagKeys"]:
            group.tags.pop(key, None)
        return {}

    def _tagged(self, params: Params) -> Group:
        """Returns the group of an ARN. The pattern of ARNs refuses schedules, which have no tags [service model]."""
        arn = params["ResourceArn"]
        group = next((group for group in self.backend.groups.values() if group.arn == arn), None)
        if group is None:
            raise Refused("ResourceNotFoundException", f"Resource {arn} does not exist.")
        return group

    def _tag(self, group: Group, tags: list[dict[str, str]]) -> None:
        tags_after = group.tags | {tag["Key"]: tag["Value"] for tag in tags}
        if any(key.lower().startswith("aws:") for key in tags_after):
            raise invalid("Tags: keys that begin with aws: are reserved")
        if len(tags_after) > TAGS:
            raise invalid(f"Tags: a schedule group has at most {TAGS}")
        group.tags = tags_after


def _shown(group: Group) -> Answer:
    times = {"CreationDate": group.created, "LastModificationDate": group.modified}
    known = {name: time for name, time in times.items() if time is not None}
    return {"Arn": group.arn, "Name": group.name, "State": group.state, **known}
