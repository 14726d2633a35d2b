"""Hierarchy groups of an instance, as manifests and as another writer sees them."""

from __future__ import annotations

from reconciler.model import Action, Manifest, Plan
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.builders.resources import group, levels
from tests.worlds.world import World

HERE = {"InstanceId": INSTANCE_ID}
LEVELS = levels("Country", "City", "Team")
SALES = [LEVELS, group("London"), group("Leeds"), group("London/Sales"), group("Leeds/Sales")]


def create(world: World, name: str, parent: str = "", **tags: str) -> str:
    """Creates a group as another writer or an earlier version does. Returns its id."""
    below = {"ParentGroupId": parent} if parent else {}
    made = world.connect.create_user_hierarchy_group(**HERE, Name=name, **below, Tags=tags)
    return str(made["HierarchyGroupId"])


def rename(world: World, id: str, name: str) -> None:
    world.connect.update_user_hierarchy_group_name(**HERE, HierarchyGroupId=id, Name=name)


def paths(world: World) -> dict[str, str]:
    """Returns the id of each live group by its path at AWS."""
    ids = {}
    for row in world.connect.search_user_hierarchy_groups(**HERE)["UserHierarchyGroups"]:
        if path := row.get("HierarchyPath"):  # the foundation has none
            ids["/".join(step["Name"] for step in path.values())] = row["Id"]
    return ids


def actions(plan: Plan) -> dict[str, Action]:
    return {change.ref.name: change.action for change in plan.changes}


def profile(path: str) -> Manifest:
    return manifest("SecurityProfile", "leads", {"allowedAccessControlHierarchyGroup": path})


def user(path: str) -> Manifest:
    person = {"routingProfile": "Basic Routing Profile", "securityProfiles": ["Agent"], "hierarchyGroup": path}
    return manifest("User", "ada", {"identityInfo": {"firstName": "Ada", "lastName": "King"}, **person})


def group_of(world: World, name: str) -> str:
    """Returns the id of a user's group."""
    (id,) = (row["Id"] for row in world.connect.list_users(**HERE)["UserSummaryList"] if row["Username"] == name)
    return str(world.connect.describe_user(**HERE, UserId=id)["User"]["HierarchyGroupId"])
