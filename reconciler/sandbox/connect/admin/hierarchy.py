"""The user hierarchy: up to five levels, and the groups on them."""

from __future__ import annotations

from reconciler.sandbox.connect.admin.built_ins import NO_PARENT
from reconciler.sandbox.connect.admin.catalogue import HIERARCHY_GROUP
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.admin.types import Holdings, Level, Resource, Type
from reconciler.sandbox.connect.room import Answer, Params, new_id
from reconciler.sandbox.errors import Refused, in_use, invalid

LEVELS = ("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive")
LONGEST_LEVEL, LONGEST_GROUP = 50, 100
FOUNDATION = "0"  # the LevelId of the group that every instance has [service model]


class Hierarchy(Resources):
    def describe_user_hierarchy_structure(self, params: Params) -> Answer:
        """Describes the levels. Ids are opaque, and ARNs end in the number of the level [command line reference]."""
        holdings = self.holdings(params)
        levels = {
            member: {"Id": level.id, "Arn": _level_arn(holdings, number), "Name": level.name}
            | self.stamp(level.modified)
            for number, (member, level) in enumerate(zip(LEVELS, holdings.levels, strict=False), start=1)
        }
        return {"HierarchyStructure": levels}

    def update_user_hierarchy_structure(self, params: Params) -> Answer:
        """Replaces all levels: adds, renames and removes them [service model]. A level with groups is in use.

        A level cannot be missing below another one [inferred].
        """
        holdings, levels = self.holdings(params), params["HierarchyStructure"]
        names = [levels[member]["Name"] for member in LEVELS if levels.get(member) is not None]
        if [member for member in LEVELS if levels.get(member) is not None] != list(LEVELS[: len(names)]):
            raise Refused("InvalidRequestException", "HierarchyStructure: a level is missing above another")
        for name in names:
            _refuse_length("HierarchyStructure", name, LONGEST_LEVEL)
        deepest = max((len(_path(holdings, group)) for group in _groups(holdings)), default=0)
        if len(names) < deepest:
            arn = _level_arn(holdings, deepest)
            raise in_use(f"{LEVELS[deepest - 1]} has groups", arn, "HIERARCHY_LEVEL")
        self._rename_levels(holdings, names)
        return {}

    def create_user_hierarchy_group(self, params: Params) -> Answer:
        """Creates a group below its parent, or at level one [service model]. The level must exist [inferred]."""
        _refuse_length("Name", params["Name"], LONGEST_GROUP)
        holdings = self.holdings(params)
        parent = self.resolved(holdings, HIERARCHY_GROUP, params).get("ParentGroupId")
        depth = len(_path(holdings, holdings.of(HIERARCHY_GROUP.name)[parent])) + 1 if parent else 1
        if depth > len(holdings.levels):
            raise Refused("InvalidRequestException", f"the hierarchy has {len(holdings.levels)} levels")
        return self.create_one(HIERARCHY_GROUP, "CreateUserHierarchyGroup", params)

    def update_user_hierarchy_group_name(self, params: Params) -> Answer:
        _refuse_length("Name", params["Name"], LONGEST_GROUP)
        return self.update_one(HIERARCHY_GROUP, "UpdateUserHierarchyGroupName", params)

    def list_user_hierarchy_groups(self, params: Params) -> Answer:
        """Lists the groups without the foundation [inferred]; search shows it [service model]."""
        return self.list_all(HIERARCHY_GROUP, "ListUserHierarchyGroups", params)

    def delete_user_hierarchy_group(self, params: Params) -> Answer:
        """Deletes a group without agents and child groups [service model]. The foundation stays [inferred]."""
        holdings, group = self.one(HIERARCHY_GROUP, params)
        if any(other.members.get("ParentGroupId") == group.id for other in _groups(holdings)):
            raise in_use(f"{group.name!r} has child groups", group.arn, "HIERARCHY_GROUP")
        if any(user.members.get("HierarchyGroupId") == group.id for user in holdings.of("User").values()):
            raise in_use(f"{group.name!r} has agents", group.arn, "HIERARCHY_GROUP")
        return self.delete_one(HIERARCHY_GROUP, "DeleteUserHierarchyGroup", params)

    def _rename_levels(self, holdings: Holdings, names: list[str]) -> None:
        """Sets the names of the levels. A renamed level keeps its id [inferred]."""
        levels, now = holdings.levels, self.world.now()
        new = [Level(new_id(), name, now) for name in names[len(levels) :]]
        for level, name in zip(levels, names, strict=False):
            if level.name != name:
                level.name, level.modified = name, now
        holdings.levels = [*levels[: len(names)], *new]

    def name_scope(self, type: Type, members: Params) -> tuple[str, ...]:
        """Returns the parent: groups of different parents may share a name [inferred]; a switch."""
        if type is HIERARCHY_GROUP and self.world.switches.hierarchy_names == "parent":
            return (members.get("ParentGroupId", ""),)
        return super().name_scope(type, members)

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        facts = super().facts(holdings, resource)
        if resource.type is HIERARCHY_GROUP:
            path = _path(holdings, resource)
            facts["HierarchyGroupId"], facts["HierarchyGroupArn"] = resource.id, resource.arn
            facts["LevelId"] = holdings.levels[len(path) - 1].id if path else FOUNDATION
            facts["HierarchyPath"] = {
                level: {"Id": group.id, "Arn": group.arn, "Name": group.name} | self.stamp(group.modified)
                for level, group in zip(LEVELS, path, strict=False)
            }
        return facts


def _path(holdings: Holdings, group: Resource) -> list[Resource]:
    """Returns the groups from level one down to the group itself. The foundation has no level."""
    if group.parent == NO_PARENT:
        return []
    above = holdings.of(HIERARCHY_GROUP.name).get(group.members.get("ParentGroupId", ""))
    return [*(_path(holdings, above) if above else []), group]


def _groups(holdings: Holdings) -> list[Resource]:
    return [group for group in holdings.of(HIERARCHY_GROUP.name).values() if group.parent != NO_PARENT]


def _level_arn(holdings: Holdings, number: int) -> str:
    return f"{holdings.arn}/agent-group-level/{number}"


def _refuse_length(member: str, name: str, most: int) -> None:
    """Refuses a name of the wrong length. The model has the maximum in its text only; the minimum is inferred."""
    if not 1 <= len(name) <= most:
        raise invalid(f"{member}: a name must have 1 to {most} characters")
