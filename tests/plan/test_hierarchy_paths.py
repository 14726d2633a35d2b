"""Hierarchy groups are named by their path: the same name may lie below several groups."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from reconciler.model import Action, Manifest, Plan, Ref
from reconciler.model.ownership import ADDRESS, STACK
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.builders.resources import group, levels
from tests.worlds.agents import sign_in
from tests.worlds.undoing import undone
from tests.worlds.world import World

HERE = {"InstanceId": INSTANCE_ID}
LEVELS = levels("Country", "City", "Team")
SALES = [LEVELS, group("London"), group("Leeds"), group("London/Sales"), group("Leeds/Sales")]
RENAMED = [LEVELS, group("Paris", renamed_from="London"), group("Paris/Sales"), group("Leeds"), group("Leeds/Sales")]


@pytest.fixture(autouse=True)
def saml(world: World) -> None:
    """Lets users be created without a password."""
    sign_in(world)


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


def test_groups_of_one_name_are_created_below_their_parents(world: World) -> None:
    done = world.run(*SALES, profile("Leeds/Sales"), user("London/Sales"))

    assert done.exit_code == 0
    ids = paths(world)
    assert sorted(ids) == ["Leeds", "Leeds/Sales", "London", "London/Sales"]
    assert group_of(world, "ada") == ids["London/Sales"]
    assert world.plan(*SALES, profile("Leeds/Sales"), user("London/Sales")).changes == ()


def test_a_user_moves_between_groups_of_one_name(world: World) -> None:
    world.run(*SALES, user("London/Sales"))

    done = world.run(*SALES, user("Leeds/Sales"))

    assert [[field.path for field in change.fields] for change in done.plan.changes] == [["hierarchyGroup"]]
    assert group_of(world, "ada") == paths(world)["Leeds/Sales"]


def test_a_path_addresses_one_of_two_groups(world: World) -> None:
    world.run(*SALES)

    targeted = world.plan(LEVELS, group("London"), group("Leeds"), prune=True, target=("*/London/Sales",))
    done = world.run(*SALES[:3], SALES[4], removed=["UserHierarchyGroup/London/Sales"])

    assert actions(targeted) == {"London/Sales": Action.DELETE}
    assert actions(done.plan) == {"London/Sales": Action.DELETE}
    assert sorted(paths(world)) == ["Leeds", "Leeds/Sales", "London"]


def test_all_groups_are_deleted_from_the_leaves_up(world: World) -> None:
    world.run(*SALES)

    done = world.run(prune=True, removed=["UserHierarchy/main"])

    assert done.exit_code == 0
    assert paths(world) == {}


# Renames.


def test_groups_below_a_renamed_group_follow(world: World) -> None:
    world.run(*SALES, user("London/Sales"))
    before = paths(world)
    world.calls()

    done = world.run(*RENAMED, user("Paris/Sales"))

    calls = world.calls()
    after = paths(world)
    assert actions(done.plan) == {"Paris": Action.UPDATE, "Paris/Sales": Action.UPDATE}
    assert (after["Paris"], after["Paris/Sales"]) == (before["London"], before["London/Sales"])
    assert calls["UpdateUserHierarchyGroupName"] == 1
    assert not {"CreateUserHierarchyGroup", "DeleteUserHierarchyGroup"} & calls.keys()
    assert world.plan(*RENAMED, user("Paris/Sales")).changes == ()


def test_a_group_below_a_renamed_group_may_be_renamed_too(world: World) -> None:
    world.run(*SALES)
    both = [*RENAMED[:2], group("Paris/Care", renamed_from="London/Sales"), *RENAMED[3:]]

    done = world.run(*both)

    assert actions(done.plan) == {"Paris": Action.UPDATE, "Paris/Care": Action.UPDATE}
    assert sorted(paths(world)) == ["Leeds", "Leeds/Sales", "Paris", "Paris/Care"]
    assert world.plan(*both).changes == ()


def test_a_group_is_created_below_a_group_that_is_renamed(world: World) -> None:
    world.run(*SALES)

    done = world.run(*RENAMED, group("Paris/Care"))

    assert (done.exit_code, actions(done.plan)["Paris/Care"]) == (0, Action.CREATE)
    assert "Paris/Care" in paths(world)


def test_a_rename_in_the_console_is_undone_for_the_one_group(world: World) -> None:
    world.run(*SALES)
    rename(world, paths(world)["London"], "Paris")

    done = world.run(*SALES)

    assert actions(done.plan) == {"London": Action.UPDATE}
    assert world.plan(*SALES).changes == ()


def test_undo_gives_a_group_and_those_below_their_paths_back(world: World) -> None:
    world.run(*SALES)
    done = world.run(*RENAMED)

    back = undone(world, done)

    assert back.exit_code == 0
    assert sorted(paths(world)) == ["Leeds", "Leeds/Sales", "London", "London/Sales"]
    left = world.plan(*SALES)
    assert [(name, action) for name, action in actions(left).items() if action is not Action.UPDATE] == []
    assert {field.path for change in left.changes for field in change.fields} <= {"metadata.address"}


def test_a_group_with_another_parent_is_another_group_to_which_users_move(world: World) -> None:
    world.run(*SALES, group("London/Sales/Desk"), user("London/Sales/Desk"))
    wanted = [*SALES[:3], SALES[4], group("Leeds/Care"), group("Leeds/Care/Desk"), user("Leeds/Care/Desk")]

    done = world.run(*wanted, prune=True)

    assert actions(done.plan) == {
        "London/Sales": Action.DELETE,
        "London/Sales/Desk": Action.DELETE,
        "Leeds/Care": Action.CREATE,
        "Leeds/Care/Desk": Action.CREATE,
        "ada": Action.UPDATE,
    }
    assert done.exit_code == 0
    assert group_of(world, "ada") == paths(world)["Leeds/Care/Desk"]
    assert world.plan(*wanted).changes == ()


def test_a_group_that_is_renamed_to_another_parent_is_replaced(world: World) -> None:
    world.run(*SALES, profile("London/Sales"))
    wanted = [*SALES[:3], SALES[4], group("Leeds/Care", renamed_from="London/Sales"), profile("Leeds/Care")]

    blocked = world.plan(*wanted)
    done = world.run(*wanted, allow_delete=frozenset({"UserHierarchyGroup/Leeds/Care"}))

    assert actions(blocked) == {"Leeds/Care": Action.BLOCKED}
    assert actions(done.plan) == {"Leeds/Care": Action.REPLACE, "leads": Action.UPDATE}
    assert done.exit_code == 0
    assert world.plan(*wanted).changes == ()


def test_a_group_with_agents_is_not_replaced(world: World) -> None:
    world.run(*SALES, user("London/Sales"))
    wanted = [*SALES[:3], SALES[4], group("Leeds/Care", renamed_from="London/Sales"), user("Leeds/Care")]

    (change,) = world.plan(*wanted, allow_delete=frozenset({"UserHierarchyGroup/Leeds/Care"})).changes

    assert change.action is Action.BLOCKED
    assert change.reason == "User/ada still uses it, and AWS does not delete a resource in use"


# Stacks that an earlier version applied: the tags have names without a path.


def old_stack(world: World, *, other: str = "Care") -> dict[str, str]:
    """Returns the ids of groups as an earlier version left them, by their paths."""
    world.run(LEVELS)
    owner = world.environment.scope.owner
    ids: dict[str, str] = {}
    for path in ("London", "London/Sales", "Leeds", f"Leeds/{other}"):
        above, _, name = path.rpartition("/")
        ids[path] = create(world, name, ids.get(above, ""), **{STACK: owner, ADDRESS: f"UserHierarchyGroup/{name}"})
    return ids


def test_groups_of_an_earlier_version_get_their_new_addresses(world: World) -> None:
    ids = old_stack(world)
    paths_now = [LEVELS, group("London"), group("London/Sales"), group("Leeds"), group("Leeds/Care")]
    world.calls()

    done = world.run(*paths_now, profile("London/Sales"))

    assert actions(done.plan) == {"Leeds/Care": Action.UPDATE, "London/Sales": Action.UPDATE, "leads": Action.CREATE}
    (field,) = done.plan.changes[2].fields
    assert (field.before, field.after) == ("UserHierarchyGroup/Sales", "UserHierarchyGroup/London/Sales")
    assert not {"CreateUserHierarchyGroup", "DeleteUserHierarchyGroup"} & world.calls().keys()
    assert paths(world) == ids
    assert world.plan(*paths_now, profile("London/Sales"), prune=True).changes == ()


def test_a_new_group_may_have_the_old_address_of_another(world: World) -> None:
    ids = old_stack(world)
    wanted = [LEVELS, group("London"), group("London/Sales"), group("Leeds"), group("Leeds/Care"), group("Sales")]

    done = world.run(*wanted)

    assert actions(done.plan)["Sales"] is Action.CREATE
    assert actions(done.plan)["London/Sales"] is Action.UPDATE
    assert paths(world)["London/Sales"] == ids["London/Sales"]
    assert world.plan(*wanted).changes == ()


def test_an_undeclared_group_of_an_earlier_version_is_an_orphan_by_its_path(world: World) -> None:
    old_stack(world)

    plan = world.plan(LEVELS, group("London"), group("Leeds"), group("Leeds/Care"))

    assert plan.orphans == (Ref("UserHierarchyGroup", "London/Sales"),)


# Groups that are not managed.


def test_a_reference_finds_a_live_group_by_its_path(world: World) -> None:
    world.run(LEVELS)
    for city in ("London", "Leeds"):
        create(world, "Sales", create(world, city))

    done = world.run(LEVELS, user("Leeds/Sales"))

    assert done.exit_code == 0
    assert group_of(world, "ada") == paths(world)["Leeds/Sales"]


@pytest.mark.parametrize(
    ("cities", "hint"),
    [
        (["London"], '; did you mean "London/Sales"?'),
        (["London", "Leeds"], '; write the whole path, one of "Leeds/Sales", "London/Sales"'),
    ],
)
def test_a_name_without_its_path_is_blocked_with_the_paths(world: World, cities: list[str], hint: str) -> None:
    """S4-35: an unknown or ambiguous name is an error that lists near matches."""
    world.run(LEVELS)
    for city in cities:
        create(world, "Sales", create(world, city))

    (change,) = world.plan(LEVELS, user("Sales")).changes

    assert change.action is Action.BLOCKED
    assert change.reason == (
        f"refers to UserHierarchyGroup/Sales, which is neither live nor created by this plan{hint}"
    )


def test_a_live_group_is_adopted_by_its_path(world: World) -> None:
    world.run(LEVELS)
    for city in ("London", "Leeds"):
        create(world, "Sales", create(world, city))

    (world.environment.root / "manifests").mkdir()
    done = world.adopt("UserHierarchyGroup/Leeds/Sales")

    assert done.exit_code == 0
    assert world.plan(LEVELS, group("Leeds/Sales")).changes == ()
    adopted = world.connect.describe_user_hierarchy_group(**HERE, HierarchyGroupId=paths(world)["Leeds/Sales"])
    assert adopted["HierarchyGroup"]["Tags"][ADDRESS] == "UserHierarchyGroup/Leeds/Sales"


# Names with slashes.


@pytest.mark.parametrize(
    ("path", "name"),
    [("London/R%2FD", "R/D"), ("London/R%252FD", "R%2FD"), ("London/50%", "50%"), ("London/%25", "%25")],
)
def test_a_slash_of_a_name_is_written_as_2f(world: World, path: str, name: str) -> None:
    wanted = [LEVELS, group("London"), group(path), user(path)]

    done = world.run(*wanted)

    assert done.exit_code == 0
    assert group_of(world, "ada") == paths(world)[f"London/{name}"]
    assert world.plan(*wanted).changes == ()


def test_a_group_with_a_slash_differs_from_a_group_below(world: World) -> None:
    wanted = [LEVELS, group("R"), group("R/D"), group("R%2FD")]

    assert world.run(*wanted).exit_code == 0

    assert world.plan(*wanted).changes == ()
    names = [row["Name"] for row in world.connect.list_user_hierarchy_groups(**HERE)["UserHierarchyGroupSummaryList"]]
    assert sorted(names) == ["D", "R", "R/D"]


def test_an_earlier_group_with_a_slash_keeps_its_life(world: World) -> None:
    world.run(LEVELS)
    create(world, "R/D", **{STACK: world.environment.scope.owner, ADDRESS: "UserHierarchyGroup/R/D"})

    plan = world.plan(LEVELS, group("R%2FD"))

    assert actions(plan) == {"R%2FD": Action.UPDATE}


# Lost replies.


def test_a_lost_create_is_found_among_groups_of_its_name(world: World) -> None:
    world.run(*SALES[:4])
    world.control.set_faults({"lostReply": {"every": 1, "operations": ["CreateUserHierarchyGroup"]}})

    done = world.run(*SALES)

    world.control.set_faults({})
    assert done.exit_code == 0
    assert sorted(paths(world)) == ["Leeds", "Leeds/Sales", "London", "London/Sales"]
    assert world.plan(*SALES).changes == ()


# Names that AWS keeps unique.


def test_a_second_routing_profile_of_a_name_is_refused_by_aws(world: World) -> None:
    """S4-35: AWS refuses a second routing profile of a name, so a name of other kinds is never ambiguous."""
    listed = world.connect.list_routing_profiles(**HERE)["RoutingProfileSummaryList"]
    queues = world.connect.list_queues(**HERE, QueueTypes=["STANDARD"])["QueueSummaryList"]
    twin = {
        "Name": listed[0]["Name"],
        "Description": "a second one",
        "DefaultOutboundQueueId": queues[0]["Id"],
        "MediaConcurrencies": [{"Channel": "VOICE", "Concurrency": 1}],
    }

    with pytest.raises(ClientError, match="DuplicateResourceException"):
        world.connect.create_routing_profile(**HERE, **twin)


def test_an_unknown_routing_profile_is_blocked_with_a_near_name(world: World) -> None:
    """S4-35: an unknown name is an error that lists near matches."""
    world.run(*SALES)
    person = {"identityInfo": {"firstName": "Ada", "lastName": "King"}, "securityProfiles": ["Agent"]}

    plan = world.plan(*SALES, manifest("User", "ada", {**person, "routingProfile": "Basic Routing Profil"}))

    (change,) = plan.changes
    assert change.reason == (
        "refers to RoutingProfile/Basic Routing Profil, which is neither live nor created by this plan; did you mean "
        '"Basic Routing Profile"?'
    )


def test_names_are_looked_up_with_one_search_of_a_kind(world: World) -> None:
    """S4-35: names become ids with one paged search of each kind, whatever the number of references."""
    world.run(*SALES)
    world.calls()

    world.plan(*SALES, user("London/Sales"), profile("Leeds/Sales"))

    calls = world.calls()
    assert (calls["SearchUserHierarchyGroups"], calls["SearchRoutingProfiles"]) == (1, 1)
    assert "ListUserHierarchyGroups" not in calls
