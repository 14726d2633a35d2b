"""Reading users: one call for 500 of them, and one more for each user whose declared fields a search leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import CallError
from tests.worlds.agents import HERE, agent, id_of, sign_in
from tests.worlds.world import World

# Operations that are about users alone.
READS = ("SearchUsers", "DescribeUser", "ListUserProficiencies", "ListUsers", "DescribeInstance")


def seed(world: World, count: int) -> None:
    """Seeds users that the stack manages."""
    world.control.raise_quotas({"users": count})
    for number in range(count):
        tags = {"reconciler:stack": "contact-centre/test", "reconciler:address": f"User/agent-{number:03}"}
        members = {"Username": f"agent-{number:03}", "IdentityInfo": {"FirstName": "Ada", "LastName": "Byron"}}
        world.control.seed("User", {**members, "Tags": tags})


def reads(world: World) -> dict[str, int]:
    return {name: count for name, count in world.calls().items() if name in READS}


@pytest.mark.slow
@pytest.mark.parametrize(("count", "searches"), [(500, 1), (501, 2)])
def test_500_users_are_read_by_one_call(world: World, count: int, searches: int) -> None:
    sign_in(world)
    seed(world, count)
    users = [agent(f"agent-{number:03}") for number in range(count)]
    world.calls()

    plan = world.plan(*users)

    assert not plan.changes
    assert plan.unchanged == count
    assert reads(world) == {"SearchUsers": searches, "DescribeInstance": 1}


DETAILS: list[tuple[dict[str, Any], str]] = [
    ({"identityInfo": {"firstName": "Ada", "lastName": "Byron", "mobile": None}}, "DescribeUser"),
    ({"afterContactWorkConfigs": []}, "DescribeUser"),
    ({"proficiencies": []}, "ListUserProficiencies"),
]


@pytest.mark.parametrize(
    ("declared", "operation"), DETAILS, ids=lambda it: next(iter(it)) if isinstance(it, dict) else ""
)
def test_what_a_search_leaves_out_is_read_where_it_is_declared(
    world: World, declared: dict[str, Any], operation: str
) -> None:
    sign_in(world)
    seed(world, 5)
    users = [agent("agent-000", **declared), *(agent(f"agent-{number:03}") for number in range(1, 5))]
    world.calls()

    assert not world.plan(*users).changes
    assert reads(world) == {"SearchUsers": 1, "DescribeInstance": 1, operation: 1}


def test_the_instance_is_not_described_if_no_user_is_declared(world: World) -> None:
    sign_in(world)
    seed(world, 1)
    world.calls()

    plan = world.plan()

    assert [str(ref) for ref in plan.orphans] == ["User/agent-000"]
    assert "DescribeInstance" not in reads(world)


def test_a_role_that_may_not_describe_the_instance_plans_no_users(world: World) -> None:
    denied = {"every": 1, "code": "AccessDeniedException", "operations": ["DescribeInstance"]}
    world.control.set_faults({"switches": {"signIn": "SAML"}, "error": denied})

    with pytest.raises(CallError, match="DescribeInstance"):
        world.plan(agent())


def test_a_user_that_no_search_shows_yet_is_found_after_its_creation(world: World) -> None:
    world.control.set_faults(
        {
            "switches": {"signIn": "SAML"},
            "searchLag": {"calls": 50},
            "lostReply": {"every": 1, "operations": ["CreateUser"]},
        }
    )

    done = world.run(agent())

    assert done.exit_code == 0, done
    assert id_of(world)
    assert len(world.connect.list_users(**HERE)["UserSummaryList"]) == 1
