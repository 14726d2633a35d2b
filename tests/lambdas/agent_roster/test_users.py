"""Rows become users: created, changed by the fewest calls, or left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.lambdas.agent_roster.desk import ADA, KEY, OWNER, Desk

LISTS = {"ListRoutingProfiles": 1, "ListSecurityProfiles": 1}


def test_a_new_row_creates_a_user_with_one_call(desk: Desk) -> None:
    """S4-29, S4-33: the floor for a new agent."""
    sequencer = desk.upload(ADA)

    assert desk.run() == []

    assert desk.calls() == {**LISTS, "CreateUser": 1}
    user = desk.users()["ada"]
    assert user["IdentityInfo"] == {"FirstName": "Ada", "LastName": "Lovelace", "Email": "ada@example.com"}
    assert user["Tags"]["reconciler:stack"] == OWNER
    assert desk.results(sequencer) == {"ada": ("created", "")}


def test_the_roster_says_what_became_of_an_agent(desk: Desk) -> None:
    """S4-30."""
    desk.upload(ADA)
    desk.run()

    item = desk.item()
    assert (item["status"], item["last_result"], item["owner"]) == ("ACTIVE", "created", OWNER)
    assert item["user_id"] == desk.users()["ada"]["Id"]
    assert item["settled_hash"] == ADA.hash
    assert "last_error" not in item


def test_a_changed_row_makes_the_fewest_calls(desk: Desk) -> None:
    """S4-33: one call to read the user, and one for each part that differs."""
    desk.upload(ADA)
    desk.run()
    desk.calls()
    sequencer = desk.upload(replace(ADA, security_profiles=("Agent", "Admin"), after_contact_work_seconds=30))

    desk.run()

    assert desk.calls() == {"DescribeUser": 1, "UpdateUserSecurityProfiles": 1, "UpdateUserPhoneConfig": 1}
    assert desk.results(sequencer) == {"ada": ("changed", "")}


def test_a_row_that_is_already_true_makes_no_write(desk: Desk) -> None:
    desk.upload(ADA)
    desk.run()
    desk.calls()
    sequencer = desk.upload(ADA, key="uploads/again.csv")

    desk.run()

    assert desk.calls() == {"DescribeUser": 1}
    assert desk.results(sequencer, "uploads/again.csv") == {"ada": ("unchanged", "")}


def test_records_of_the_functions_own_writes_ask_for_nothing(desk: Desk) -> None:
    desk.upload(ADA)
    desk.run()
    desk.calls()

    assert desk.run() == []
    assert desk.calls() == {}


def test_two_users_may_share_a_mailbox(desk: Desk) -> None:
    """S4-30: the key is the user name, and not the address."""
    sequencer = desk.upload(ADA, replace(ADA, username="ada2"))

    desk.run()

    assert desk.results(sequencer) == {"ada": ("created", ""), "ada2": ("created", "")}


def test_a_user_that_was_deleted_by_hand_is_created_again(desk: Desk) -> None:
    desk.upload(ADA)
    desk.run()
    user = desk.item()["user_id"]
    desk.clients["connect"].delete_user(InstanceId=desk.environ["INSTANCE_ID"], UserId=user)
    sequencer = desk.upload(replace(ADA, first_name="Augusta"))

    desk.run()

    assert desk.results(sequencer) == {"ada": ("created", "")}
    assert desk.item()["user_id"] == desk.users()["ada"]["Id"] != user


@pytest.mark.parametrize("owner", [None, "centre/prod", "other/prod:Pipeline/agents"])
def test_a_user_of_another_owner_is_left_alone(desk: Desk, owner: str | None) -> None:
    """A user of a manifest has the stack's tag, and one that was made by hand has none."""
    desk.create_user("ada", **({"reconciler_stack": owner} if owner else {}))
    sequencer = desk.upload(ADA)

    assert desk.run() == []

    result, reason = desk.results(sequencer)["ada"]
    assert result == "refused"
    assert (f"{owner} declares it" if owner else "this import did not create it") in reason
    assert desk.users()["ada"]["IdentityInfo"]["LastName"] == "Byron"
    assert (desk.item()["status"], "user_id" in desk.item()) == ("FAILED", False)
    assert not {name for name in desk.calls() if name.startswith("Update")}


def test_a_user_with_the_pipelines_tag_is_taken_over(desk: Desk) -> None:
    desk.create_user("ada", reconciler_stack=OWNER)
    sequencer = desk.upload(ADA)

    desk.run()

    result, note = desk.results(sequencer)["ada"]
    assert (result, "no call that changes the password" in note) == ("changed", True)


def test_a_user_that_a_manifest_has_adopted_since_is_refused(desk: Desk) -> None:
    desk.upload(ADA)
    desk.run()
    user = desk.users()["ada"]
    desk.clients["connect"].tag_resource(resourceArn=user["Arn"], tags={"reconciler:stack": "centre/prod"})
    sequencer = desk.upload(replace(ADA, first_name="Augusta"))

    desk.run()

    assert desk.results(sequencer)["ada"][0] == "refused"
    assert desk.users()["ada"]["IdentityInfo"]["FirstName"] == "Ada"


def test_a_new_user_needs_a_password_where_amazon_connect_keeps_them(desk: Desk) -> None:
    sequencer = desk.upload(ADA, password=None)

    desk.run()

    result, reason = desk.results(sequencer)["ada"]
    assert (result, "the row has none" in reason) == ("refused", True)


def test_an_unknown_name_is_refused_with_near_ones(desk: Desk) -> None:
    """S4-35."""
    sequencer = desk.upload(replace(ADA, routing_profile="Basic Routing Profil"))

    desk.run()

    result, reason = desk.results(sequencer)["ada"]
    assert (result, '"Basic Routing Profile"' in reason) == ("refused", True)
    assert "CreateUser" not in desk.calls()


def test_a_name_that_is_new_in_the_instance_is_looked_up_again(desk: Desk) -> None:
    desk.upload(ADA)
    desk.run()
    connect, instance = desk.clients["connect"], desk.environ["INSTANCE_ID"]
    connect.create_security_profile(InstanceId=instance, SecurityProfileName="Shift lead")
    desk.clock.sleep(1)
    sequencer = desk.upload(replace(ADA, security_profiles=("Shift lead",)))

    desk.run()

    assert desk.results(sequencer) == {"ada": ("changed", "")}


def test_another_instance_is_refused(desk: Desk) -> None:
    """S4-30: one table may serve two instances, and each function only its own."""
    sequencer = desk.upload(ADA)
    records = desk.records()
    desk.environ["INSTANCE_ID"] = "00000000-0000-4000-8000-0000000000ff"
    desk.function = desk.container()

    desk.run(records)

    assert desk.results(sequencer, KEY)["ada"][0] == "refused"
    assert desk.calls() == {}
