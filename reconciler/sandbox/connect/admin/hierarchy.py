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
        """Ids are opaque and ARNs end in the number of the level [command line reference]."""
        holdings = self.holdings(params)
        shown = {
            member: {"Id": level.id, "Arn": _level_arn(holdings, number), "Name": level.name}
            | self.stamp(level.modified)
            for number, (member, level) in enumerate(zip(LEVELS, holdings.levels, strict=False), start=1)
        }
        return {"HierarchyStructure": shown}

    def update_user_hierarchy_structure(self, params: Params) -> Answer:
        """All levels at once: adds, renames and removes [service model]; in use while groups are on it.

        That levels come without gaps is inferred.
        """
        holdings, asked = self.holdings(params), params["HierarchyStructure"]
        names = [asked[member]["Name"] for member in LEVELS if asked.get(member) is not None]
        if [member for member in LEVELS if asked.get(member) is not None] != list(LEVELS[: len(names)]):
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
        """One level below its parent, at level one without [service model]; that the level must exist is inferred."""
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
        """Without the foundation, which search shows [service model]; that the list does not is inferred."""
        return self.list_all(HIERARCHY_GROUP, "ListUserHierarchyGroups", params)

    def delete_user_hierarchy_group(self, params: Params) -> Answer:
        """It must have neither agents nor child groups [service model]; the foundation stays [inferred]."""
        holdings, group = self.one(HIERARCHY_GROUP, params)
        if any(other.said.get("ParentGroupId") == group.id for other in _groups(holdings)):
            raise in_use(f"{group.name!r} has child groups", group.arn, "HIERARCHY_GROUP")
        if any(user.said.get("HierarchyGroupId") == group.id for user in holdings.of("User").values()):
            raise in_use(f"{group.name!r} has agents", group.arn, "HIERARCHY_GROUP")
        return self.delete_one(HIERARCHY_GROUP, "DeleteUserHierarchyGroup", params)

    def _rename_levels(self, holdings: Holdings, names: list[str]) -> None:
        """A level that is renamed keeps its id [inferred]."""
        there, now = holdings.levels, self.world.now()
        new = [Level(new_id(), name, now) for name in names[len(there) :]]
        for level, name in zip(there, names, strict=False):
            if level.name != name:
                level.name, level.modified = name, now
        holdings.levels = [*there[: len(names)], *new]

    def name_scope(self, type: Type, said: Params) -> tuple[str, ...]:
        """That groups of one name may have different parents is inferred, hence a switch."""
        if type is HIERARCHY_GROUP and self.world.switches.hierarchy_names == "parent":
            return (said.get("ParentGroupId", ""),)
        return super().name_scope(type, said)

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        found = super().facts(holdings, resource)
        if resource.type is HIERARCHY_GROUP:
            path = _path(holdings, resource)
            found["HierarchyGroupId"], found["HierarchyGroupArn"] = resource.id, resource.arn
            found["LevelId"] = holdings.levels[len(path) - 1].id if path else FOUNDATION
            found["HierarchyPath"] = {
                level: {"Id": group.id, "Arn": group.arn, "Name": group.name} | self.stamp(group.modified)
                for level, group in zip(LEVELS, path, strict=False)
            }
        return found


def _path(holdings: Holdings, group: Resource) -> list[Resource]:
    """From level one down to the group itself; the foundation is on no level."""
    if group.parent == NO_PARENT:
        return []
    above = holdings.of(HIERARCHY_GROUP.name).get(group.said.get("ParentGroupId", ""))
    return [*(_path(holdings, above) if above else []), group]


def _groups(holdings: Holdings) -> list[Resource]:
    return [group for group in holdings.of(HIERARCHY_GROUP.name).values() if group.parent != NO_PARENT]


def _level_arn(holdings: Holdings, number: int) -> str:
    return f"{holdings.arn}/agent-group-level/{number}"


def _refuse_length(member: str, name: str, most: int) -> None:
    """The model has these lengths in its text alone; that a name is not empty is inferred."""
    if not 1 <= len(name) <= most:
        raise invalid(f"{member}: a name must have 1 to {most} characters")
