"""Schedules: created, replaced as a whole, and deleted alone or with their group."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.scheduler import expressions
from reconciler.sandbox.scheduler.backend import Group
from reconciler.sandbox.scheduler.room import Answer, GroupRoom, Params, conflict, invalid
from reconciler.sandbox.scheduler.targets import checked_target

# A member that an update leaves out returns to "its system-default value" [service model].
DEFAULTS = {"ScheduleExpressionTimezone": "UTC", "State": "ENABLED", "ActionAfterCompletion": "NONE"}
GIVEN = (
    *("ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "EndDate", "Description", "State"),
    *("KmsKeyArn", "Target", "FlexibleTimeWindow", "ActionAfterCompletion"),
)
EARLIEST_START = 300  # seconds ago [seen in moto]


class Schedules(GroupRoom):
    def create_schedule(self, params: Params) -> Answer:
        members = self._checked(params)
        group, name = self.group(params.get("GroupName")), params["Name"]
        self._refuse_while_deleting(group)
        if name in group.schedules:
            raise conflict(f"Schedule {name} already exists.")
        if members.get("StartDate", self.world.now()) < self.world.now() - EARLIEST_START:
            raise invalid("The StartDate you specify cannot be earlier than 5 minutes ago.")
        now, arn = self.world.now(), self.backend.schedule_arn(group.name, name)
        shared = {"Arn": arn, "GroupName": group.name, "Name": name, "CreationDate": now, "LastModificationDate": now}
        group.schedules[name] = members | shared
        return {"ScheduleArn": arn}

    def update_schedule(self, params: Params) -> Answer:
        """Replaces all: "all values, including empty values … override the existing schedule" [service model]."""
        members = self._checked(params)
        group, before = self._schedule(params)
        self._refuse_while_deleting(group)
        kept = {name: before[name] for name in ("Arn", "GroupName", "Name", "CreationDate")}
        group.schedules[before["Name"]] = members | kept | {"LastModificationDate": self.world.now()}
        return {"ScheduleArn": before["Arn"]}

    def get_schedule(self, params: Params) -> Answer:
        return deepcopy(self._schedule(params)[1])

    def delete_schedule(self, params: Params) -> Answer:
        group, schedule = self._schedule(params)
        del group.schedules[schedule["Name"]]
        return {}

    def list_schedules(self, params: Params) -> Answer:
        """Lists schedules; none of a group that does not exist [seen in moto]."""
        prefix, state, name = params.get("NamePrefix") or "", params.get("State"), params.get("GroupName")
        rows = []
        for group in self.backend.groups.values():
            if name in (None, group.name):
                rows += [(f"{group.name}/{key}", _summary(one)) for key, one in group.schedules.items()]
        rows = [row for row in rows if row[1]["Name"].startswith(prefix) and state in (None, row[1]["State"])]
        return self.page("ListSchedules", params, "Schedules", rows)

    def _schedule(self, params: Params) -> tuple[Group, Answer]:
        group, name = self.group(params.get("GroupName")), params["Name"]
        if name not in group.schedules:
            raise Refused("ResourceNotFoundException", f"Schedule {name} does not exist.")
        return group, group.schedules[name]

    def _refuse_while_deleting(self, group: Group) -> None:
        if group.deleted_after is not None:  # [inferred; the model lists the error]
            raise conflict(f"Schedule group {group.name} is being deleted.")

    def _checked(self, params: Params) -> Answer:
        """Returns the members of a valid schedule, with the defaults of those that are left out."""
        members = DEFAULTS | {name: deepcopy(params[name]) for name in GIVEN if params.get(name) is not None}
        window = members["FlexibleTimeWindow"]
        has_minutes = window.get("MaximumWindowInMinutes") is not None
        if window["Mode"] == "FLEXIBLE" and not has_minutes:  # [user guide]
            raise invalid("MaximumWindowInMinutes must be set when FlexibleTimeWindow mode is FLEXIBLE.")
        if window["Mode"] == "OFF" and has_minutes and self.world.switches.window_when_off == "refused":
            raise invalid("MaximumWindowInMinutes must not be set when FlexibleTimeWindow mode is OFF.")
        self._check_times(members)
        members["Target"] = checked_target(self.world, self.backend, params.get("GroupName"), members["Target"])
        return members

    def _check_times(self, members: Answer) -> None:
        zone = members["ScheduleExpressionTimezone"]
        if not expressions.is_time_zone(zone):
            raise invalid(f"Invalid Schedule Expression Timezone {zone}.")
        expression = members["ScheduleExpression"]
        if not expressions.is_valid(expression):
            raise invalid(f"Invalid Schedule Expression {expression}.")
        now = datetime.fromtimestamp(self.world.now(), UTC)
        if self.world.switches.past_schedule == "refused" and expressions.is_past(expression, zone, now):
            raise invalid(f"Invalid Schedule Expression {expression}. The time is in the past.")
        if "StartDate" in members and members.get("EndDate", members["StartDate"]) < members["StartDate"]:
            raise invalid("The EndDate you specify must come after the StartDate.")  # [inferred]


def _summary(schedule: Answer) -> Answer:
    names = ("Arn", "GroupName", "Name", "State", "CreationDate", "LastModificationDate")
    return {name: schedule[name] for name in names} | {"Target": {"Arn": schedule["Target"]["Arn"]}}
