"""Users: settings of the phone and of each channel in two forms, and proficiencies."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .administrative import ATTRIBUTE, HERE
from .calls import IN_USE, INVALID, INVALID_REQUEST, MISSING, refused
from .users import PHONE, add_user, described, limits

CHANNELS = ["CHAT", "EMAIL", "TASK", "VOICE"]


def skill(value: str, level: int | None = None) -> dict[str, Any]:
    return {"AttributeName": "Language", "AttributeValue": value, **({"Level": level} if level else {})}


def skills(client: Any, user: str) -> dict[str, float]:
    found = client.list_user_proficiencies(**HERE, UserId=user)["UserProficiencyList"]
    return {item["AttributeValue"]: item["Level"] for item in found}


# Settings.


def test_a_phone_config_sets_every_channel_alike(connect: Any) -> None:
    user = described(connect, add_user(connect, PhoneConfig=PHONE))

    assert sorted(limits(user)) == CHANNELS
    assert set(limits(user).values()) == {30}
    assert {item["AutoAccept"] for item in user["AutoAcceptConfigs"]} == {True}


def test_a_phone_config_flattens_the_channels(connect: Any) -> None:
    """UpdateUserPhoneConfig "will always set the same ACW timeouts to all channels" [service model]."""
    work = {"AfterContactWorkTimeLimit": 10}
    id = add_user(connect, AfterContactWorkConfigs=[{"Channel": "CHAT", "AfterContactWorkConfig": work}])

    connect.update_user_phone_config(**HERE, UserId=id, PhoneConfig=PHONE)

    assert set(limits(described(connect, id)).values()) == {30}


def test_an_answer_has_the_settings_of_voice_as_its_phone_config(connect: Any) -> None:
    id = add_user(connect, PhoneConfig=PHONE)
    longer = [{"Channel": "VOICE", "AfterContactWorkConfig": {"AfterContactWorkTimeLimit": 90}}]
    desk = [{"Channel": "VOICE", "PhoneType": "DESK_PHONE", "PhoneNumber": "+15550100"}]

    connect.update_user_config(**HERE, UserId=id, AfterContactWorkConfigs=longer, PhoneNumberConfigs=desk)

    phone = described(connect, id)["PhoneConfig"]
    assert (phone["PhoneType"], phone["DeskPhoneNumber"]) == ("DESK_PHONE", "+15550100")
    assert (phone["AfterContactWorkTimeLimit"], phone["AutoAccept"]) == (90, True)


@pytest.mark.parametrize(("switch", "channels"), [("merged", CHANNELS), ("replaced", ["CHAT"])])
def test_channels_that_an_update_leaves_out_stay_or_go(
    sandbox: Control, connect: Any, switch: str, channels: list[str]
) -> None:
    """Inferred; a switch."""
    id = add_user(connect, PhoneConfig=PHONE)
    sandbox.set_faults({"switches": {"userConfig": switch}})

    connect.update_user_config(**HERE, UserId=id, AutoAcceptConfigs=[{"Channel": "CHAT", "AutoAccept": False}])

    user = described(connect, id)
    assert sorted(item["Channel"] for item in user["AutoAcceptConfigs"]) == channels
    assert sorted(limits(user)) == CHANNELS


@pytest.mark.parametrize(
    "twin",
    [
        {"AutoAcceptConfigs": [{"Channel": "CHAT", "AutoAccept": True}]},
        {"AfterContactWorkConfigs": [{"Channel": "CHAT", "AfterContactWorkConfig": {"AfterContactWorkTimeLimit": 1}}]},
        {"PhoneNumberConfigs": [{"Channel": "VOICE", "PhoneType": "SOFT_PHONE"}]},
        {"PersistentConnectionConfigs": [{"Channel": "VOICE", "PersistentConnection": True}]},
    ],
    ids=lambda twin: next(iter(twin)),
)
def test_both_forms_of_a_setting_are_refused(connect: Any, twin: dict[str, Any]) -> None:
    assert refused(lambda: add_user(connect, PhoneConfig=PHONE, **twin)) == INVALID


@pytest.mark.parametrize(
    "lists",
    [
        {"VoiceEnhancementConfigs": [{"Channel": "CHAT", "VoiceEnhancementMode": "NONE"}]},
        {"AutoAcceptConfigs": [{"Channel": "CHAT", "AutoAccept": True, "AgentFirstCallbackAutoAccept": True}]},
    ],
    ids=lambda lists: next(iter(lists)),
)
def test_some_settings_are_for_voice_alone(connect: Any, lists: dict[str, Any]) -> None:
    id = add_user(connect)

    assert refused(lambda: connect.update_user_config(**HERE, UserId=id, **lists)) == INVALID


# Proficiencies.


def test_proficiencies_are_added_changed_and_removed(connect: Any) -> None:
    ATTRIBUTE.make(connect, "Language", Values={"StringList": ["French", "Spanish"]})
    id = add_user(connect)

    connect.associate_user_proficiencies(**HERE, UserId=id, UserProficiencies=[skill("Spanish", 2), skill("French", 3)])
    connect.update_user_proficiencies(**HERE, UserId=id, UserProficiencies=[skill("Spanish", 5)])
    both = skills(connect, id)
    connect.disassociate_user_proficiencies(**HERE, UserId=id, UserProficiencies=[skill("French")])

    assert (both, skills(connect, id)) == ({"French": 3.0, "Spanish": 5.0}, {"Spanish": 5.0})


def test_a_proficiency_needs_the_value_of_an_attribute(connect: Any) -> None:
    id = add_user(connect)

    given = {"UserId": id, "UserProficiencies": [skill("Spanish", 2)]}
    assert refused(lambda: connect.associate_user_proficiencies(**HERE, **given)) == INVALID


def test_only_an_associated_proficiency_is_changed(connect: Any) -> None:
    ATTRIBUTE.make(connect, "Language", Values={"StringList": ["French"]})
    given = {"UserId": add_user(connect), "UserProficiencies": [skill("French", 2)]}

    assert refused(lambda: connect.update_user_proficiencies(**HERE, **given)) == MISSING


def test_a_user_has_ten_proficiencies(connect: Any) -> None:
    """[admin guide; the code is inferred]"""
    values = [f"v{number}" for number in range(11)]
    ATTRIBUTE.make(connect, "Language", Values={"StringList": values})
    id = add_user(connect)
    connect.associate_user_proficiencies(**HERE, UserId=id, UserProficiencies=[skill(v, 1) for v in values[:10]])

    given = {"UserId": id, "UserProficiencies": [skill(values[10], 1)]}
    assert refused(lambda: connect.associate_user_proficiencies(**HERE, **given)) == INVALID_REQUEST


def test_an_attribute_of_a_user_is_in_use(connect: Any) -> None:
    ATTRIBUTE.make(connect, "Language", Values={"StringList": ["French"]})
    given = {"UserId": add_user(connect), "UserProficiencies": [skill("French", 2)]}
    connect.associate_user_proficiencies(**HERE, **given)

    assert refused(lambda: connect.delete_predefined_attribute(**HERE, Name="Language")) == IN_USE
