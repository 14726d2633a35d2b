"""Settings of users in two forms and two units, and quick connects that lead to users."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model import Action, Plan
from tests.builders.manifests import manifest
from tests.worlds.agents import HERE, add_quick_connect, add_user, agent, id_of, sign_in
from tests.worlds.world import World

ADA = "User/ada"
PHONE = {"phoneType": "SOFT_PHONE", "autoAccept": False, "afterContactWorkTimeLimit": 30}
BY_CHANNEL: dict[str, Any] = {
    "autoAcceptConfigs": [{"channel": "VOICE", "autoAccept": True}, {"channel": "CHAT", "autoAccept": False}],
    "afterContactWorkConfigs": [
        {"channel": "VOICE", "afterContactWorkConfig": {"afterContactWorkTimeLimit": 60}},
        {"channel": "CHAT", "afterContactWorkConfig": {"afterContactWorkTimeLimit": 5}},
    ],
}


def actions(plan: Plan) -> dict[str, Action]:
    return {str(change.ref): change.action for change in plan.changes}


def reasons(plan: Plan) -> dict[str, str]:
    return {str(change.ref): change.reason for change in plan.changes if change.action is Action.BLOCKED}


# Settings in two forms and two units.


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["milliseconds", "seconds"])
@pytest.mark.parametrize("update", ["merged", "replaced"])
def test_the_form_of_the_settings_may_change(world: World, unit: str, update: str) -> None:
    sign_in(world, channelWorkUnit=unit, userConfig=update)
    by_phone, by_channel = agent(phoneConfig=PHONE), agent(**BY_CHANNEL)

    for it in (by_phone, by_channel, by_phone, by_channel):
        assert world.run(it).exit_code == 0
        assert not world.plan(it).changes


def test_only_the_changed_settings_need_a_call(world: World) -> None:
    sign_in(world)
    world.run(agent(**BY_CHANNEL))
    world.calls()
    longer = {"channel": "CHAT", "afterContactWorkConfig": {"afterContactWorkTimeLimit": 10}}

    done = world.run(agent(afterContactWorkConfigs=[longer]))

    writes = {name: count for name, count in world.calls().items() if not name.startswith(("Search", "Describe"))}
    assert writes == {"UpdateUserConfig": 1}
    assert [field.path for field in done.plan.changes[0].fields] == [
        "afterContactWorkConfigs[CHAT].afterContactWorkConfig.afterContactWorkTimeLimit"
    ]


# Quick connects.


def test_a_quick_connect_that_is_not_managed_keeps_its_user(world: World) -> None:
    sign_in(world)
    world.run(agent())
    add_quick_connect(world, id_of(world))

    plan = world.preview(removed=[ADA]).plan

    assert reasons(plan)[ADA].startswith("QuickConnect/Ada still leads to this user")


def test_a_user_goes_after_its_quick_connect(world: World) -> None:
    sign_in(world)
    config = {"quickConnectType": "USER", "userConfig": {"user": "ada", "contactFlow": "Default agent transfer"}}
    world.run(agent(), manifest("QuickConnect", "Ada", {"quickConnectConfig": config}))

    done = world.apply(world.preview(removed=[ADA], prune=True))

    assert (done.exit_code, set(actions(done.plan).values())) == (0, {Action.DELETE})
    assert world.connect.list_users(**HERE)["UserSummaryList"] == []


def test_a_user_goes_after_its_quick_connect_has_another_aim(world: World) -> None:
    sign_in(world)
    flow = {"contactFlow": "Default agent transfer"}
    to_ada, to_eve = (
        manifest(
            "QuickConnect",
            "Desk",
            {"quickConnectConfig": {"quickConnectType": "USER", "userConfig": {"user": user, **flow}}},
        )
        for user in ("ada", "eve")
    )
    world.run(agent(), agent("eve"), to_ada)

    done = world.apply(world.preview(agent("eve"), to_eve, removed=[ADA]))

    assert done.exit_code == 0, done
    assert actions(done.plan) == {"QuickConnect/Desk": Action.UPDATE, ADA: Action.DELETE}


def test_a_declared_quick_connect_may_lead_to_a_user_without_a_manifest(world: World) -> None:
    sign_in(world, "CONNECT_MANAGED")
    add_user(world)
    config = {"quickConnectType": "USER", "userConfig": {"user": "ada", "contactFlow": "Default agent transfer"}}
    connect = manifest("QuickConnect", "Ada", {"quickConnectConfig": config})

    assert world.run(connect).exit_code == 0
    assert not world.plan(connect).changes
