"""The UserHierarchyGroup kind: agents that are reported on, and restricted, together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Declared, Kind
from reconciler.kinds.connect import hierarchy_rules
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import Problem, Ref, RefTo

LEVELS = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")


class UserHierarchyGroup(Tagged):
    """A group of agents, one level below its parent. Its name is unique in the whole hierarchy."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="The name of the group, in 1 to 100 characters.", examples=["Berlin"]
    )
    parent_group: Annotated[str | None, RefTo("UserHierarchyGroup")] = Field(
        None,
        description="The name of the parent group. Without one, the group is at the top. AWS cannot change it.",
        examples=["North"],
    )


class UserHierarchyGroupKind(Kind[UserHierarchyGroup]):
    spec = UserHierarchyGroup
    service = CONNECT
    identity = Identity("HierarchyGroupId")
    reading = Reading(
        search=Listing("SearchUserHierarchyGroups", "UserHierarchyGroups", {"MaxResults": 100}),
        lookup=Listing("ListUserHierarchyGroups", "UserHierarchyGroupSummaryList", {"MaxResults": 1000}),
        describe=("DescribeUserHierarchyGroup", "HierarchyGroup"),
    )
    writing = Writing(
        create="CreateUserHierarchyGroup",
        delete="DeleteUserHierarchyGroup",
        updates=(Update("UpdateUserHierarchyGroupName", ("name",)),),
    )
    ordering = Ordering(
        keeps_alive=frozenset({"parent_group"}), needs=("UserHierarchy",), compares_with=("UserHierarchy",)
    )

    def another(self, declared: UserHierarchyGroup, live: UserHierarchyGroup) -> str:
        if declared.parent_group == live.parent_group:
            return ""
        place = f"below the group {live.parent_group}" if live.parent_group else "below no other"
        return f"Amazon Connect has a group of that name {place}, which this stack does not manage; rename one"

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        """Yields groups that are too deep. An undeclared hierarchy may have any depth, so it is not checked offline."""
        groups = {ref: spec for ref, spec in declared.items() if ref.kind == self.name}
        for ref, hierarchy in declared.items():
            yield from hierarchy_rules.depth_problems(hierarchy, groups) if ref.kind == "UserHierarchy" else ()

    def is_one(self, members: Mapping[str, Any]) -> bool:
        """Returns whether it is a real group: a search also lists a pseudo group of level 0. Source: API reference."""
        return members.get("LevelId") != "0"

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> UserHierarchyGroup:
        """Returns the spec. AWS answers with the whole path from the top, which ends in the group itself."""
        path = answer.get("HierarchyPath") or {}
        above = [path[level]["Id"] for level in LEVELS if path.get(level) and path[level]["Id"] != answer.get("Id")]
        parent = {"ParentGroupId": above[-1]} if above else {}
        return super().from_aws({**answer, **parent}, names, name)
