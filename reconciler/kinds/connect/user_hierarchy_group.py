"""The UserHierarchyGroup kind: agents that are reported on, and restricted, together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from reconciler.kinds.base import Declared, Kind
from reconciler.kinds.connect import hierarchy_paths, hierarchy_rules
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import Derived, Problem, Ref, RefTo

LEVELS = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")


class UserHierarchyGroup(Tagged):
    """A group of agents. Its name is the path from the top, so London/Sales and Leeds/Sales are two groups."""

    name: str = Field(
        pattern=hierarchy_paths.PATTERN,
        description="The path of the group from the top, such as North/Berlin; at AWS its name is the last part, in 1 "
        "to 100 characters. A slash in the name itself is written %2F.",
        examples=["North/Berlin"],
        json_schema_extra=hierarchy_paths.EXPECTED,
    )
    parent_group: Annotated[str | None, RefTo("UserHierarchyGroup"), Derived()] = Field(
        None,
        description="The path of the parent group. It follows from the name, so leave it out. AWS cannot change it.",
        examples=["North"],
        json_schema_extra={"deprecated": True},
    )

    @model_validator(mode="before")
    @classmethod
    def _derive_parent(cls, values: Any) -> Any:
        """Fills in the parent, which the name begins with. `among` reports a manifest that contradicts the name."""
        if not isinstance(values, Mapping) or not isinstance(values.get("name"), str):
            return values
        others = {key: value for key, value in values.items() if key not in ("parentGroup", "parent_group")}
        return {**others, "parent_group": hierarchy_paths.parent(values["name"])}


class UserHierarchyGroupKind(Kind[UserHierarchyGroup]):
    spec = UserHierarchyGroup
    service = CONNECT
    identity = Identity("HierarchyGroupId")
    nests = True
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

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        """Yields groups of the old form, and groups that are too deep.

        An undeclared hierarchy may have any depth, so it is not checked offline.
        """
        groups = {ref: spec for ref, spec in declared.items() if ref.kind == self.name}
        yield from hierarchy_rules.old_forms(groups)
        for ref, hierarchy in declared.items():
            yield from hierarchy_rules.depth_problems(hierarchy, groups) if ref.kind == "UserHierarchy" else ()

    def is_one(self, members: Mapping[str, Any]) -> bool:
        """Returns whether it is a real group: a search also lists a pseudo group of level 0. Source: API reference."""
        return members.get("LevelId") != "0"

    def ids_above(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        """Returns the ids of the groups above. AWS answers with the whole path, which ends in the group itself."""
        path = members.get("HierarchyPath") or {}
        ids = [path[level]["Id"] for level in LEVELS if path.get(level)]
        return tuple(id for id in ids if id != self.id_and_arn(members)[0])

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (hierarchy_paths.segment(str(members.get("Name", ""))),)

    def listed_name(self, spec: UserHierarchyGroup) -> str:
        return hierarchy_paths.own_name(spec.name)

    def is_placed(self, spec: UserHierarchyGroup, members: Mapping[str, Any], names: Names) -> bool:
        return self._path(members, names) == spec.name

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> UserHierarchyGroup:
        return super().from_aws({**answer, "Name": self._path(answer, names)}, names, name)

    def write_field(self, field: str, value: Any) -> Any:
        return hierarchy_paths.own_name(value) if field == "name" else value

    def _path(self, members: Mapping[str, Any], names: Names) -> str:
        """Returns the path below the group above as the manifests name it, which its live name need not be."""
        above = [names(self.name, id) for id in self.ids_above(members)[-1:]]
        return "/".join((*above, *self.keys_of(members)))
