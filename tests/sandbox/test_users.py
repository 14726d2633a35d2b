"""Users: their life, ways to sign in, profiles, and what a search leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .administrative import HERE, SECURITY_PROFILE, add_group, add_profile, flow, levels
from .calls import IN_USE, INVALID, MISSING, refused
from .users import NAMES, PHONE, add_user, described, limits, profiles, searched

DUPLICATE, LIMIT = ("DuplicateResourceException", 409), ("LimitExceededException", 429)
PERSON = {**NAMES, "Email": "ada@example.com", "SecondaryEmail": "a@example.com", "Mobile": "+15550100123"}


def sign_in(sandbox: Control, way: str, **switches: str) -> None:
    sandbox.set_faults({"switches": {"signIn": way, **switches}})


# Life.


def test_describe_shows_what_was_created_but_the_password(connect: Any) -> None:
    levels(connect, "Site")
    group = add_group(connect, "London")
    more = {"IdentityInfo": PERSON, "HierarchyGroupId": group, "Tags": {"Site": "London"}}

    user = described(connect, add_user(connect, **more))

    assert {name: user[name] for name in ("Username", *more)} == {"Username": "ada", **more}
    assert {name: user[name] for name in ("RoutingProfileId", "SecurityProfileIds")} == profiles(connect)
    assert "Password" not in user


def test_a_directory_id_comes_back_although_none_was_sent(connect: Any) -> None:
    assert described(connect, add_user(connect))["DirectoryUserId"]


def test_a_user_is_listed_and_gone_after_its_deletion(connect: Any) -> None:
    id = add_user(connect)
    listed = [row["Id"] for row in connect.list_users(**HERE)["UserSummaryList"]]

    connect.delete_user(**HERE, UserId=id)

    assert listed == [id]
    assert (searched(connect), connect.list_users(**HERE)["UserSummaryList"]) == ([], [])
    assert refused(lambda: described(connect, id)) == MISSING


def test_a_user_name_is_unique(connect: Any) -> None:
    add_user(connect)

    assert refused(lambda: add_user(connect)) == DUPLICATE


def test_a_full_quota_is_a_limit_exceeded_429(sandbox: Control, connect: Any) -> None:
    """A full quota, not throttling: only the code differs [service model]."""
    sandbox.set_faults({"quotas": {"users": 1}})
    add_user(connect)

    assert refused(lambda: add_user(connect, "grace")) == LIMIT


def test_a_quick_connect_outlives_its_user(connect: Any) -> None:
    """DeleteUser leaves it, and asks its caller to delete it [service model]."""
    id = add_user(connect)
    aim = {"QuickConnectType": "USER", "UserConfig": {"UserId": id, "ContactFlowId": flow(connect, "AGENT_TRANSFER")}}
    made = connect.create_quick_connect(**HERE, Name="Ada", QuickConnectConfig=aim)["QuickConnectId"]

    connect.delete_user(**HERE, UserId=id)

    left = connect.describe_quick_connect(**HERE, QuickConnectId=made)["QuickConnect"]
    assert left["QuickConnectConfig"]["UserConfig"]["UserId"] == id


# Names, and ways to sign in.


@pytest.mark.parametrize("name", ["with space", "ada@example", "ada@", "zoé", "x" * 101])
def test_a_user_name_has_known_letters_and_an_at_only_in_an_address(connect: Any, name: str) -> None:
    assert refused(lambda: add_user(connect, name)) == INVALID


@pytest.mark.parametrize("name", ["ada@example.com", "resource-test-terraform-1234567890123456789", "a_b.c"])
def test_other_user_names_are_accepted(connect: Any, name: str) -> None:
    """43 characters are [seen: terraform-provider-aws, user_test.go], although the prose says 20."""
    assert described(connect, add_user(connect, name))["Username"] == name


def test_a_user_name_for_saml_has_64_characters(sandbox: Control, connect: Any) -> None:
    sign_in(sandbox, "SAML")
    add_user(connect, "x" * 64, Password=None)

    assert refused(lambda: add_user(connect, "x" * 65, Password=None)) == INVALID


@pytest.mark.parametrize(
    ("way", "members", "accepted"),
    [
        ("CONNECT_MANAGED", {}, True),
        ("CONNECT_MANAGED", {"Password": None}, False),
        ("CONNECT_MANAGED", {"Password": "alllowercase1"}, False),
        ("CONNECT_MANAGED", {"IdentityInfo": PERSON}, True),
        ("CONNECT_MANAGED", {"IdentityInfo": {"FirstName": "Ada"}}, False),
        ("SAML", {"Password": None}, True),
        ("SAML", {}, False),
        ("SAML", {"Password": None, "IdentityInfo": PERSON}, False),
        ("SAML", {"Password": None, "DirectoryUserId": "x"}, False),
        ("SAML", {"Password": None, "IdentityInfo": None}, False),
        ("EXISTING_DIRECTORY", {"Password": None, "IdentityInfo": None}, True),
        ("EXISTING_DIRECTORY", {"Password": None, "DirectoryUserId": "x"}, True),
        ("EXISTING_DIRECTORY", {}, False),
    ],
)
def test_a_new_user_is_as_the_way_to_sign_in_wants(
    sandbox: Control, connect: Any, way: str, members: dict[str, Any], accepted: bool
) -> None:
    sign_in(sandbox, way)

    if accepted:
        assert add_user(connect, **members)
    else:
        assert refused(lambda: add_user(connect, **members)) == INVALID


def test_an_instance_tells_how_its_users_sign_in(sandbox: Control, connect: Any) -> None:
    sign_in(sandbox, "SAML")

    instance = connect.describe_instance(**HERE)["Instance"]

    assert instance["IdentityManagementType"] == "SAML"


@pytest.mark.parametrize(
    ("way", "identity"),
    [
        ("SAML", PERSON),
        ("EXISTING_DIRECTORY", {"FirstName": "Eve", "LastName": "Byron"}),
        ("CONNECT_MANAGED", {**NAMES, "Email": "ann"}),
        ("CONNECT_MANAGED", {**NAMES, "FirstName": "Ade\u0301"}),
    ],
)
def test_an_identity_that_does_not_fit_is_refused(
    sandbox: Control, connect: Any, way: str, identity: dict[str, str]
) -> None:
    id = add_user(connect)
    sign_in(sandbox, way)

    assert refused(lambda: connect.update_user_identity_info(**HERE, UserId=id, IdentityInfo=identity)) == INVALID


@pytest.mark.parametrize(("switch", "left"), [("replaced", {"FirstName": "Eve"}), ("merged", PERSON)])
def test_an_update_replaces_the_identity_or_merges_it(
    sandbox: Control, connect: Any, switch: str, left: dict[str, str]
) -> None:
    """Inferred; a switch."""
    id = add_user(connect, IdentityInfo=PERSON)
    sign_in(sandbox, "CONNECT_MANAGED", identityUpdate=switch)

    connect.update_user_identity_info(**HERE, UserId=id, IdentityInfo={"FirstName": "Eve"})

    assert described(connect, id)["IdentityInfo"] == {**left, "FirstName": "Eve"}


# Profiles and groups.


def test_security_profiles_are_replaced_as_a_whole(connect: Any) -> None:
    id, other = add_user(connect), SECURITY_PROFILE.make(connect, "Other")

    connect.update_user_security_profiles(**HERE, UserId=id, SecurityProfileIds=[other])

    assert described(connect, id)["SecurityProfileIds"] == [other]


def test_a_profile_of_a_user_is_in_use(connect: Any) -> None:
    profile, id = add_profile(connect), add_user(connect)
    connect.update_user_routing_profile(**HERE, UserId=id, RoutingProfileId=profile)

    assert refused(lambda: connect.delete_routing_profile(**HERE, RoutingProfileId=profile)) == IN_USE


def test_a_hierarchy_without_a_group_takes_the_user_out(connect: Any) -> None:
    """[seen: terraform-provider-aws, user.go]"""
    levels(connect, "Site")
    id = add_user(connect, HierarchyGroupId=add_group(connect, "London"))

    connect.update_user_hierarchy(**HERE, UserId=id)

    assert "HierarchyGroupId" not in described(connect, id)


def test_a_profile_that_leads_nowhere_is_not_found(connect: Any) -> None:
    assert refused(lambda: add_user(connect, RoutingProfileId="nowhere")) == MISSING


# Search.


def test_a_search_shows_neither_addresses_nor_a_mobile_number(connect: Any) -> None:
    add_user(connect, IdentityInfo=PERSON)

    (user,) = searched(connect)

    assert user["IdentityInfo"] == NAMES
    assert "LastModifiedTime" not in user


@pytest.mark.parametrize(("switch", "factor"), [("milliseconds", 1000), ("seconds", 1)])
def test_a_search_counts_work_after_a_contact_in_milliseconds(
    sandbox: Control, connect: Any, switch: str, factor: int
) -> None:
    """The unit of each channel is not clear; a switch."""
    id = add_user(connect, PhoneConfig=PHONE)
    sandbox.set_faults({"switches": {"channelWorkUnit": switch}})

    (user,) = searched(connect)

    assert user["PhoneConfig"] == {**PHONE, "AfterContactWorkTimeLimit": 30_000}
    assert limits(user)["CHAT"] == 30 * factor
    assert described(connect, id)["PhoneConfig"] == PHONE


def test_a_search_lags_behind(sandbox: Control, connect: Any) -> None:
    add_user(connect, "old")
    sandbox.set_faults({"searchLag": {"calls": 4}})
    add_user(connect, "new")

    names = [[user["Username"] for user in searched(connect)] for _ in range(5)]

    assert (names[0], names[-1]) == (["old"], ["new", "old"])


@pytest.mark.parametrize(
    ("field", "value"), [("Username", "ada"), ("FirstName", "Ada"), ("LastName", "Byron"), ("resourceId", "")]
)
def test_users_are_searched_by_their_names(connect: Any, field: str, value: str) -> None:
    id = add_user(connect)
    add_user(connect, "eve", IdentityInfo={"FirstName": "Eve", "LastName": "Low"})
    condition = {"FieldName": field, "Value": value or id, "ComparisonType": "EXACT"}

    assert [user["Id"] for user in searched(connect, SearchCriteria={"StringCondition": condition})] == [id]


def test_users_are_searched_by_their_tags(connect: Any) -> None:
    id = add_user(connect, Tags={"Site": "London"})
    add_user(connect, "eve")
    tag = {"TagKey": "Site", "TagValue": "London"}
    filters = [{"TagFilter": {"TagCondition": tag}}, {"UserAttributeFilter": {"TagCondition": tag}}]

    found = [[user["Id"] for user in searched(connect, SearchFilter=each)] for each in filters]

    assert found == [[id], [id]]


@pytest.mark.parametrize("condition", ["ListCondition", "HierarchyGroupCondition"])
def test_a_condition_that_the_sandbox_lacks_is_refused(connect: Any, condition: str) -> None:
    criteria = {"AndConditions": [{condition: {}}]}

    assert refused(lambda: searched(connect, SearchCriteria=criteria)) == INVALID
