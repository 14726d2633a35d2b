"""Undo and export of users: addresses come back, and settings are written in one form."""

from __future__ import annotations

from pathlib import Path

import yaml

from reconciler.kinds.registry import KINDS
from tests.worlds.agents import HERE, MANAGED, NAMES, add_quick_connect, add_user, agent, described, id_of, sign_in
from tests.worlds.exporting import exported, plans_nothing
from tests.worlds.passwords import Sent, value
from tests.worlds.undoing import blocked, undone, way_back
from tests.worlds.world import World

ADA = "User/ada"
VOICE = {"channel": "VOICE", "voiceEnhancementMode": "NOISE_SUPPRESSION"}
PHONE = {"phoneType": "SOFT_PHONE", "autoAccept": True, "afterContactWorkTimeLimit": 30, "persistentConnection": False}


def test_an_address_that_a_run_changed_comes_back(world: World) -> None:
    sign_in(world, "CONNECT_MANAGED")
    add_user(world, Tags=MANAGED)
    before = described(world)["IdentityInfo"]
    run = world.run(agent(identityInfo={"lastName": "King", "email": "king@example.com", "mobile": "+15550100"}))

    done = undone(world, run)

    assert done.exit_code == 0, done
    assert described(world)["IdentityInfo"] == before


def test_a_setting_that_no_call_removes_is_reported(world: World) -> None:
    sign_in(world)
    world.control.seed("User", {"Username": "ada", "Tags": MANAGED})
    run = world.run(agent(identityInfo=None, voiceEnhancementConfigs=[VOICE]))

    kept = blocked(way_back(world, run).plan)

    assert "no call that removes it" in kept[f"{ADA}/voiceEnhancementConfigs[VOICE]"]


def test_a_created_user_is_deleted_although_aws_filled_in_its_settings(world: World) -> None:
    sign_in(world)
    run = world.run(agent(phoneConfig={"phoneType": "SOFT_PHONE"}))

    done = undone(world, run, allow_delete=frozenset({ADA}))

    assert done.exit_code == 0, done
    assert world.connect.list_users(**HERE)["UserSummaryList"] == []


def test_a_created_user_that_was_changed_since_is_left_alone(world: World) -> None:
    sign_in(world)
    run = world.run(agent(phoneConfig=PHONE))
    world.connect.update_user_phone_config(**HERE, UserId=id_of(world), PhoneConfig={"PhoneType": "SOFT_PHONE"})

    done = undone(world, run, allow_delete=frozenset({ADA}))

    assert "changed since the run: phoneConfig" in blocked(done.plan)[ADA]
    assert id_of(world)


def test_a_created_user_stays_while_a_quick_connect_leads_to_it(world: World) -> None:
    sign_in(world)
    run = world.run(agent())
    add_quick_connect(world, id_of(world))

    plan = way_back(world, run, allow_delete=frozenset({ADA})).plan

    assert "QuickConnect/Ada still leads to this user" in blocked(plan)[ADA]


def test_a_deleted_user_is_recreated_in_one_form(world: World) -> None:
    sign_in(world)
    world.run(agent(phoneConfig=PHONE, tags={"Site": "London"}))
    settings = described(world)["PhoneConfig"]
    run = world.apply(world.preview(removed=[ADA]))

    done = undone(world, run)

    assert done.exit_code == 0, done
    assert described(world)["PhoneConfig"] == settings
    assert described(world)["Tags"]["Site"] == "London"


def test_a_deleted_user_is_recreated_with_the_generated_password(world: World) -> None:
    sign_in(world, "CONNECT_MANAGED")
    world.aws = sent = Sent()
    world.run(agent(password={"generate": True}))
    run = world.apply(world.preview(removed=[ADA]))

    done = undone(world, run)

    assert done.exit_code == 0, done
    assert sent.passwords == [value(world), value(world)]


def test_a_deleted_user_of_the_console_is_recreated_with_a_new_password(world: World) -> None:
    sign_in(world, "CONNECT_MANAGED")
    add_user(world, Tags=MANAGED)
    run = world.apply(world.preview(removed=[ADA]))
    world.aws = sent = Sent()

    done = undone(world, run)

    assert done.exit_code == 0, done
    assert sent.passwords == [value(world)]


def test_a_user_is_exported_with_its_address_and_in_one_form(world: World, tmp_path: Path) -> None:
    sign_in(world, "CONNECT_MANAGED")
    add_user(world, PhoneConfig={"PhoneType": "SOFT_PHONE", "AutoAccept": True, "AfterContactWorkTimeLimit": 30})

    found = exported(world, tmp_path, "ada", kinds=["User"])

    (file,) = (tmp_path / "manifests" / "base").rglob("*.yaml")
    spec = yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]
    assert found.notes == ()
    assert spec == {
        "identityInfo": {**NAMES, "email": "ada@example.com"},
        "routingProfile": "Basic Routing Profile",
        "securityProfiles": ["Agent"],
        "phoneConfig": PHONE,
    }
    assert plans_nothing(world)


def test_settings_that_differ_between_channels_are_exported_by_channel(world: World, tmp_path: Path) -> None:
    sign_in(world, "CONNECT_MANAGED")
    add_user(
        world, AutoAcceptConfigs=[{"Channel": "VOICE", "AutoAccept": True}, {"Channel": "CHAT", "AutoAccept": False}]
    )

    exported(world, tmp_path, "ada", kinds=KINDS)

    (file,) = (tmp_path / "manifests" / "base").rglob("*.yaml")
    spec = yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]
    assert "phoneConfig" not in spec
    assert [item["channel"] for item in spec["autoAcceptConfigs"]] == ["CHAT", "VOICE"]
    assert plans_nothing(world)
