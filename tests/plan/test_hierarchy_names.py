"""Names of hierarchy groups are found: by tags of earlier versions, in references, with slashes, after lost replies."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from reconciler.model import Action, Ref
from reconciler.model.ownership import ADDRESS, STACK
from tests.builders.manifests import manifest
from tests.builders.resources import group
from tests.worlds.agents import sign_in
from tests.worlds.hierarchies import HERE, LEVELS, SALES, actions, create, group_of, paths, profile, user
from tests.worlds.world import World


@pytest.fixture(autouse=True)
def saml(world: World) -> None:
    """Lets users be created without a password."""
    sign_in(world)


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
