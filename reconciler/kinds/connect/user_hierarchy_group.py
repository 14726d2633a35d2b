"""User hierarchy group: agents that are reported on, and restricted, together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Declared, Kind
from reconciler.kinds.connect import hierarchy_rules
from reconciler.kinds.connect.words import Tagged
from reconciler.kinds.fields import Names
from reconciler.kinds.tables import Listing, Update
from reconciler.model import Problem, Ref, RefTo

LEVELS = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")


class UserHierarchyGroup(Tagged):
    """A group of agents, one level below its parent."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    parent_group: Annotated[str | None, RefTo("UserHierarchyGroup")] = Field(
        None, description="The group above; a group can not move to another one."
    )


class UserHierarchyGroupKind(Kind[UserHierarchyGroup]):
    spec = UserHierarchyGroup
    id_param = "HierarchyGroupId"
    search = Listing("SearchUserHierarchyGroups", "UserHierarchyGroups", {"MaxResults": 100})
    lookup = Listing("ListUserHierarchyGroups", "UserHierarchyGroupSummaryList", {"MaxResults": 1000})
    describe = ("DescribeUserHierarchyGroup", "HierarchyGroup")
    create = "CreateUserHierarchyGroup"
    delete = "DeleteUserHierarchyGroup"
    holds = frozenset({"parent_group"})
    updates = (Update("UpdateUserHierarchyGroupName", ("name",)),)
    needs = ("UserHierarchy",)  # its level must be there
    beside = ("UserHierarchy",)

    def another(self, declared: UserHierarchyGroup, live: UserHierarchyGroup) -> str:
        if declared.parent_group == live.parent_group:
            return ""
        place = f"below the group {live.parent_group}" if live.parent_group else "below no other"
        return f"Amazon Connect has a group of that name {place}, which is not ours; give this one another name"

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        """What is live besides is not known offline: a hierarchy that nobody declares may have any depth."""
        groups = {ref: said for ref, said in declared.items() if ref.kind == self.name}
        for ref, hierarchy in declared.items():
            yield from hierarchy_rules.depth_problems(hierarchy, groups) if ref.kind == "UserHierarchy" else ()

    def is_one(self, members: Mapping[str, Any]) -> bool:
        """A search also tells of a pseudo group above all others, of level 0 (facts: API reference)."""
        return members.get("LevelId") != "0"

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> UserHierarchyGroup:
        """AWS tells the whole path from the top, the group itself at its end."""
        path = answer.get("HierarchyPath") or {}
        above = [path[level]["Id"] for level in LEVELS if path.get(level) and path[level]["Id"] != answer.get("Id")]
        parent = {"ParentGroupId": above[-1]} if above else {}
        return super().from_aws({**answer, **parent}, names, name)
