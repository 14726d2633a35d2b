"""Groups of schedules in Amazon EventBridge Scheduler. A group has the tags that its schedules cannot have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import SCHEDULER
from reconciler.kinds.verbs import Listing, Wait
from reconciler.kinds.words import Tagged
from reconciler.model import Does
from reconciler.model.spec import expecting

DEFAULT = "default"  # Every account has this group, and nothing can delete it (user guide).


class ScheduleGroup(Tagged):
    """A group of schedules. Schedules have no tags, so the stack manages all schedules of a group that it manages."""

    name: str = Field(
        pattern=r"^[0-9A-Za-z_.-]{1,64}$",
        description="The name, in up to 64 letters, digits, and the characters _ - . AWS cannot change it.",
        examples=["contact-centre-prod"],
        json_schema_extra=expecting("a name of a schedule group"),
    )


class ScheduleGroupKind(Kind[ScheduleGroup]):
    spec = ScheduleGroup
    service = SCHEDULER
    identity = Identity("Name", arn="arn:{partition}:scheduler:{region}:{account}:schedule-group/{id}")
    # No page says that AWS's tag index lists groups. An account has few of them.
    reading = Reading(
        search=Listing("ListScheduleGroups", "ScheduleGroups", {"MaxResults": 100}),
        candidates=Listing("ListScheduleGroups", "ScheduleGroups", {"MaxResults": 100}),
        describe=("GetScheduleGroup", ""),
        by_name=True,
    )
    writing = Writing(
        create="CreateScheduleGroup",
        delete="DeleteScheduleGroup",
        # A deleted group is DELETING for up to five minutes, and its name is not free (API reference).
        wait=Wait("State", "ACTIVE", after=frozenset({Does.DELETE})),
    )
    deletion = Deletion(irreversible="every schedule in it")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members.get("Name") or members.get("Id") or ""), str(members.get("Arn") or "")

    def is_one(self, members: Mapping[str, Any]) -> bool:
        return members.get("Name") != DEFAULT

    def lasting(self, members: Mapping[str, Any]) -> str:
        return "AWS does not delete the default group" if members.get("Name") == DEFAULT else ""
