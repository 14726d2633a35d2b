"""Items that are deleted from the roster: the user is kept, deactivated or deleted, as the settings say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.lambdas.agent_roster.desk import ADA, OWNER, Desk

pytestmark = pytest.mark.slow


def policy(desk: Desk, remove: str, **more: str) -> None:
    desk.environ |= {"REMOVE": remove, **more}
    desk.function = desk.container()


@pytest.fixture
def ada(desk: Desk) -> Desk:
    """A user who came from the roster."""
    desk.upload(ADA)
    desk.run()
    desk.run()
    desk.calls()
    return desk


@pytest.fixture
def idle(ada: Desk) -> Desk:
    """Profiles of deactivated users: without permissions, and without queues."""
    connect, instance = ada.clients["connect"], ada.environ["INSTANCE_ID"]
    connect.create_security_profile(InstanceId=instance, SecurityProfileName="No access")
    queue = connect.list_queues(InstanceId=instance, QueueTypes=["STANDARD"])["QueueSummaryList"][0]["Id"]
    media = [{"Channel": "VOICE", "Concurrency": 1}]
    own = {"Name": "Idle", "Description": "x", "DefaultOutboundQueueId": queue, "MediaConcurrencies": media}
    connect.create_routing_profile(InstanceId=instance, **own)
    ada.calls()
    return ada


def test_a_user_is_kept_unless_the_settings_say_otherwise(ada: Desk) -> None:
    ada.forget("ada")

    assert ada.run() == []

    assert "ada" in ada.users()
    assert ada.logged()[-1]["kept"] == 1


def test_a_user_is_deleted(ada: Desk) -> None:
    """S4-33."""
    policy(ada, "delete")
    ada.forget("ada")

    assert ada.run() == []

    calls = ada.calls()
    assert (calls["DescribeUser"], calls["DeleteUser"]) == (1, 1)
    assert "ada" not in ada.users()
    assert ada.logged()[-1]["Removed"] == 1


def test_a_user_is_deactivated_by_its_profiles(idle: Desk) -> None:
    """S4-33: Amazon Connect has no call that disables a user."""
    policy(idle, "deactivate", DEACTIVATED_SECURITY_PROFILE="No access", DEACTIVATED_ROUTING_PROFILE="Idle")
    before = idle.users()["ada"]
    idle.calls()
    idle.forget("ada")

    assert idle.run() == []

    calls, after = idle.calls(), idle.users()["ada"]
    assert (calls["UpdateUserSecurityProfiles"], calls["UpdateUserRoutingProfile"]) == (1, 1)
    assert before["RoutingProfileId"] != after["RoutingProfileId"]
    assert len(after["SecurityProfileIds"]) == 1
    assert not {*before["SecurityProfileIds"]} & {*after["SecurityProfileIds"]}


def test_a_deactivated_user_is_active_again_with_the_next_upload(idle: Desk) -> None:
    policy(idle, "deactivate", DEACTIVATED_SECURITY_PROFILE="No access")
    before = idle.users()["ada"]["SecurityProfileIds"]
    idle.forget("ada")
    idle.run()
    sequencer = idle.upload(ADA)

    idle.run()

    assert idle.results(sequencer)["ada"][0] == "changed"
    assert idle.users()["ada"]["SecurityProfileIds"] == before


def test_profiles_of_deactivated_users_that_are_missing_are_a_warning(ada: Desk) -> None:
    policy(ada, "deactivate", DEACTIVATED_SECURITY_PROFILE="Nothing")
    ada.forget("ada")

    assert ada.run() == []

    warning, line = ada.logged()[-2:]
    assert ("no such profile" in warning["reason"], line["Refused"]) == (True, 1)


@pytest.mark.parametrize("remove", ["deactivate", "delete"])
def test_a_user_of_another_owner_stays(idle: Desk, remove: str) -> None:
    policy(idle, remove, DEACTIVATED_SECURITY_PROFILE="No access")
    user = idle.users()["ada"]
    idle.clients["connect"].tag_resource(resourceArn=user["Arn"], tags={"reconciler:stack": "centre/prod"})
    idle.forget("ada")

    assert idle.run() == []

    assert idle.users()["ada"]["SecurityProfileIds"] == user["SecurityProfileIds"]
    warning, line = idle.logged()[-2:]
    assert ("centre/prod declares it" in warning["reason"], line["Refused"]) == (True, 1)


def test_a_user_to_whom_a_quick_connect_leads_is_not_deleted(ada: Desk) -> None:
    """AWS would leave the quick connect, and it would lead nowhere: the rule of the kind `User`."""
    policy(ada, "delete")
    connect, instance, user = ada.clients["connect"], ada.environ["INSTANCE_ID"], ada.users()["ada"]["Id"]
    flows = connect.list_contact_flows(InstanceId=instance, ContactFlowTypes=["AGENT_TRANSFER"])
    flow = flows["ContactFlowSummaryList"][0]["Id"]
    aim = {"QuickConnectType": "USER", "UserConfig": {"UserId": user, "ContactFlowId": flow}}
    connect.create_quick_connect(InstanceId=instance, Name="Ada", QuickConnectConfig=aim)
    ada.forget("ada")

    assert ada.run() == []

    assert "ada" in ada.users()
    assert "the quick connect Ada still leads to this user" in ada.logged()[-2]["reason"]


def test_an_item_that_is_there_again_keeps_its_user(ada: Desk) -> None:
    policy(ada, "delete")
    ada.forget("ada")
    sequencer = ada.upload(replace(ADA, first_name="Augusta"))

    assert ada.run() == []

    assert ada.results(sequencer)["ada"][0] == "changed"
    assert ada.calls().get("DeleteUser", 0) == 0


@pytest.mark.parametrize("fault", ["lostReply", "error", "dropBefore"])
def test_a_fault_of_a_deletion_is_lived_through(ada: Desk, fault: str) -> None:
    policy(ada, "delete")
    ada.create_user("bob", reconciler_stack=OWNER)
    ada.upload(replace(ADA, username="bob"))
    ada.run()
    ada.run()
    ada.forget("ada")
    ada.forget("bob")
    ada.control.set_faults({fault: {"every": 2, "operations": ["DeleteUser", "DescribeUser"]}})

    ada.run_until_done()

    ada.control.set_faults({})
    assert not {"ada", "bob"} & ada.users().keys()


def test_a_user_that_is_gone_already_is_no_failure(ada: Desk) -> None:
    policy(ada, "delete")
    user = ada.users()["ada"]["Id"]
    ada.clients["connect"].delete_user(InstanceId=ada.environ["INSTANCE_ID"], UserId=user)
    ada.forget("ada")

    assert ada.run() == []
    assert ada.logged()[-1]["kept"] == 1


def test_a_role_that_may_not_delete_is_a_warning_and_keeps_back_no_record(ada: Desk) -> None:
    policy(ada, "delete")
    ada.forget("ada")
    ada.control.set_faults(
        {"error": {"every": 1, "code": "AccessDeniedException", "operations": ["SearchQuickConnects"]}}
    )

    assert ada.run() == []

    warning, line = ada.logged()[-2:]
    assert ("may not call SearchQuickConnects" in warning["reason"], line["Failed"]) == (True, 1)
