"""Security profiles, the user hierarchy, agent statuses, predefined attributes, and what AWS puts into an instance."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control
from reconciler.sandbox.errors import WrongSetting

from .administrative import (
    ATTRIBUTE,
    GROUP,
    HERE,
    HOURS,
    MAKERS,
    QUEUE,
    ROUTING_PROFILE,
    SECURITY_PROFILE,
    STATUS,
    levels,
)
from .calls import DUPLICATE, IN_USE, INVALID, INVALID_REQUEST, MISSING, refused

DENIED = ("AccessDeniedException", 403)


def permissions(client: Any, profile: str, **more: Any) -> list[str]:
    found = client.list_security_profile_permissions(**HERE, SecurityProfileId=profile, **more)
    return list(found["Permissions"])


def group(client: Any, name: str, parent: str = "", **more: Any) -> str:
    given = {"ParentGroupId": parent} if parent else {}
    return str(client.create_user_hierarchy_group(**HERE, Name=name, **given, **more)["HierarchyGroupId"])


def structure(client: Any) -> list[str]:
    found = client.describe_user_hierarchy_structure(**HERE)["HierarchyStructure"]
    return [level["Name"] for level in found.values()]


def test_lists_of_a_security_profile_have_operations_of_their_own(connect: Any) -> None:
    application = {"Namespace": "crm", "ApplicationPermissions": ["ACCESS"], "Type": "THIRD_PARTY_APPLICATION"}
    module = {"Type": "MCP", "FlowModuleId": "m"}
    agent = {"Type": "THIRD_PARTY", "Arn": "arn:aws:wisdom:us-east-1:111122223333:ai-agent/a"}
    profile = SECURITY_PROFILE.make(
        connect,
        "P",
        Permissions=["Queues.View", "AccessMetrics"],
        Applications=[application],
        AllowedFlowModules=[module],
        AllowedAIAgents=[agent],
    )
    named = {"SecurityProfileId": profile}

    assert permissions(connect, profile) == ["AccessMetrics", "Queues.View"]
    assert connect.list_security_profile_applications(**HERE, **named)["Applications"] == [application]
    assert connect.list_security_profile_flow_modules(**HERE, **named)["AllowedFlowModules"] == [module]
    assert connect.list_security_profile_ai_agents(**HERE, **named)["AllowedAIAgents"] == [agent]
    described = SECURITY_PROFILE.described(connect, profile)
    assert not {"Permissions", "Applications", "AllowedFlowModules", "AllowedAIAgents"} & set(described)


def test_permissions_come_in_pages(connect: Any) -> None:
    profile = SECURITY_PROFILE.make(connect, "P", Permissions=[f"P{number:03}" for number in range(5)])

    first = connect.list_security_profile_permissions(**HERE, SecurityProfileId=profile, MaxResults=3)

    rest = permissions(connect, profile, MaxResults=3, NextToken=first["NextToken"])
    assert [*first["Permissions"], *rest] == [f"P{number:03}" for number in range(5)]


def test_given_permissions_replace_all_there_were(connect: Any) -> None:
    """Service model: a complete list."""
    profile = SECURITY_PROFILE.make(connect, "P", Permissions=["A", "B"])

    connect.update_security_profile(**HERE, SecurityProfileId=profile, Permissions=["B", "C"])
    some = permissions(connect, profile)
    connect.update_security_profile(**HERE, SecurityProfileId=profile, Permissions=[])

    assert (some, permissions(connect, profile)) == (["B", "C"], [])


def test_what_a_profiles_update_leaves_out_is_kept_or_lost(sandbox: Control, connect: Any) -> None:
    """Silent in the documentation: a switch of its own."""
    profile = SECURITY_PROFILE.make(connect, "P", Permissions=["A"])
    call = lambda: connect.update_security_profile(**HERE, SecurityProfileId=profile, Description="new")  # noqa: E731

    call()
    sandbox.set_faults({"switches": {"leftOutMembers": "reset"}})
    call()
    kept = permissions(connect, profile)
    sandbox.set_faults({"switches": {"securityProfileUpdate": "reset"}})
    call()

    described = SECURITY_PROFILE.described(connect, profile)
    assert (kept, permissions(connect, profile)) == (["A"], [])
    assert "AllowedAccessControlTags" not in described
    assert (described["SecurityProfileName"], described["Type"]) == ("P", "CUSTOMER_MANAGED")


def test_a_security_profile_may_be_bound_to_a_hierarchy_group(connect: Any) -> None:
    levels(connect, "Region")
    north = group(connect, "North")
    bound = {"HierarchyRestrictedResources": ["User"], "AllowedAccessControlHierarchyGroupId": north}

    described = SECURITY_PROFILE.described(connect, SECURITY_PROFILE.make(connect, "P", **bound))

    assert {name: described[name] for name in bound} == bound
    wrong = {"AllowedAccessControlHierarchyGroupId": "nowhere"}
    assert refused(lambda: SECURITY_PROFILE.make(connect, "Q", **wrong)) == MISSING


def test_a_security_profile_of_users_or_of_aws_stays(sandbox: Control, connect: Any) -> None:
    profile = SECURITY_PROFILE.make(connect, "P")
    sandbox.seed("User", {"Username": "ada", "SecurityProfileIds": [profile]})
    (admin,) = [row["Id"] for row in SECURITY_PROFILE.listed(connect) if row["Name"] == "Admin"]

    assert refused(lambda: SECURITY_PROFILE.delete(connect, profile)) == IN_USE
    assert refused(lambda: SECURITY_PROFILE.delete(connect, admin)) == DENIED


def test_levels_are_said_all_at_once(connect: Any) -> None:
    """Service model: add, remove and rename."""
    levels(connect, "Region", "Site")
    levels(connect, "Country", "Site", "Team")
    three = structure(connect)
    levels(connect, "Country")

    assert (three, structure(connect)) == (["Country", "Site", "Team"], ["Country"])
    levels(connect)
    assert structure(connect) == []


def test_a_level_with_groups_stays(connect: Any) -> None:
    levels(connect, "Region", "Site")
    site = group(connect, "A", group(connect, "North"))

    assert refused(lambda: levels(connect, "Region")) == IN_USE
    GROUP.delete(connect, site)
    levels(connect, "Region")


def test_levels_have_no_gaps_and_short_names(connect: Any) -> None:
    """The gaps are inferred, the length is the model's text."""
    gap = {"LevelTwo": {"Name": "Site"}}

    assert refused(lambda: connect.update_user_hierarchy_structure(**HERE, HierarchyStructure=gap)) == INVALID_REQUEST
    assert refused(lambda: levels(connect, "x" * 51)) == INVALID
    levels(connect, "Region")
    assert refused(lambda: group(connect, "x" * 101)) == INVALID
    assert refused(lambda: group(connect, "")) == INVALID


def test_a_group_shows_its_path(connect: Any) -> None:
    levels(connect, "Region", "Site")
    north = group(connect, "North")
    site = group(connect, "A", north)

    connect.update_user_hierarchy_group_name(**HERE, HierarchyGroupId=north, Name="South")

    found = GROUP.described(connect, site)
    assert [step["Name"] for step in found["HierarchyPath"].values()] == ["South", "A"]
    shown = connect.describe_user_hierarchy_structure(**HERE)["HierarchyStructure"]
    assert found["LevelId"] == shown["LevelTwo"]["Id"]


def test_groups_reach_no_deeper_than_the_levels(connect: Any) -> None:
    """Inferred."""
    assert refused(lambda: group(connect, "North")) == INVALID_REQUEST
    levels(connect, "Region")
    north = group(connect, "North")
    assert refused(lambda: group(connect, "A", north)) == INVALID_REQUEST
    assert refused(lambda: group(connect, "B", "nowhere")) == MISSING


def test_a_group_with_children_or_agents_stays(sandbox: Control, connect: Any) -> None:
    levels(connect, "Region", "Site")
    north = group(connect, "North")
    site = group(connect, "A", north)
    sandbox.seed("User", {"Username": "ada", "HierarchyGroupId": site})

    assert refused(lambda: GROUP.delete(connect, north)) == IN_USE
    assert refused(lambda: GROUP.delete(connect, site)) == IN_USE


def test_groups_of_one_name_have_different_parents_unless_switched(sandbox: Control, connect: Any) -> None:
    """Inferred, hence the switch."""
    levels(connect, "Region", "Site")
    north, south = group(connect, "North"), group(connect, "South")
    group(connect, "A", north)

    sandbox.set_faults({"switches": {"hierarchyNames": "instance"}})
    assert refused(lambda: group(connect, "A", south)) == DUPLICATE
    sandbox.set_faults({})
    group(connect, "A", south)
    assert refused(lambda: group(connect, "A", south)) == DUPLICATE


def test_search_shows_the_foundation_that_no_list_has(connect: Any) -> None:
    """Service model: LevelId 0, not user-definable."""
    levels(connect, "Region")
    group(connect, "North")

    searched = {row["LevelId"]: row["Id"] for row in GROUP.searched(connect)}

    assert set(searched) == {"0", "1"}
    assert [row["Name"] for row in GROUP.listed(connect)] == ["North"]
    assert refused(lambda: GROUP.delete(connect, searched["0"])) == MISSING


def test_groups_are_searched_by_parent_and_level(connect: Any) -> None:
    levels(connect, "Region", "Site")
    north = group(connect, "North")
    group(connect, "A", north)

    def found(field: str, value: str) -> list[str]:
        condition = {"FieldName": field, "Value": value, "ComparisonType": "EXACT"}
        return [row["Name"] for row in GROUP.searched(connect, SearchCriteria={"StringCondition": condition})]

    assert (found("parentId", north), found("levelId", "1")) == (["A"], ["North"])


def test_a_status_loses_its_order_when_it_is_reset(connect: Any) -> None:
    """Inferred."""
    status = STATUS.make(connect, "Lunch")

    STATUS.change(connect, status, "update_agent_status", ResetOrderNumber=True)

    found = STATUS.described(connect, status)
    assert ("DisplayOrder" in found, found["Type"], found["State"]) == (False, "CUSTOM", "ENABLED")


def test_a_statuses_update_keeps_or_loses_what_it_leaves_out(sandbox: Control, connect: Any) -> None:
    status = STATUS.make(connect, "Lunch")
    sandbox.set_faults({"switches": {"leftOutMembers": "reset"}})

    STATUS.change(connect, status, "update_agent_status", Name="Break")

    found = STATUS.described(connect, status)
    assert (found["Name"], found["State"], found["Type"]) == ("Break", "ENABLED", "CUSTOM")
    assert not {"Description", "DisplayOrder"} & set(found)


def test_statuses_are_listed_by_type(connect: Any) -> None:
    STATUS.make(connect, "Lunch")

    assert [row["Name"] for row in STATUS.listed(connect, AgentStatusTypes=["ROUTABLE", "CUSTOM"])] == [
        "Available",
        "Lunch",
    ]


def test_predefined_attributes_have_neither_id_nor_arn_nor_tags(connect: Any) -> None:
    ATTRIBUTE.make(connect, "Language", AttributeConfiguration={"EnableValueValidationOnAssociation": True})

    found = ATTRIBUTE.described(connect, "Language")

    assert set(found) == {
        *("Name", "Values", "Purposes", "AttributeConfiguration"),
        *("LastModifiedTime", "LastModifiedRegion"),
    }


def test_predefined_attributes_lose_what_is_left_out_where_switched(sandbox: Control, connect: Any) -> None:
    ATTRIBUTE.make(connect, "Language")
    sandbox.set_faults({"switches": {"leftOutMembers": "reset"}})

    ATTRIBUTE.change(connect, "Language", "update_predefined_attribute", Purposes=["p"])

    assert "Values" not in ATTRIBUTE.described(connect, "Language")


def test_a_new_instance_has_what_aws_puts_there(connect: Any) -> None:
    """Admin guide."""
    names = {
        maker.name: [row["Name"] for row in maker.listed(connect)]
        for maker in (HOURS, QUEUE, ROUTING_PROFILE, SECURITY_PROFILE, STATUS)
    }
    flows = connect.list_contact_flows(**HERE)["ContactFlowSummaryList"]

    assert names == {
        "hours_of_operation": ["Basic Hours"],
        "queue": ["BasicQueue"],
        "routing_profile": ["Basic Routing Profile"],
        "security_profile": ["Admin", "Agent", "CallCenterManager", "QualityAnalyst"],
        "agent_status": ["Available", "Offline"],
    }
    assert "Default customer queue" in [row["Name"] for row in flows]


def test_an_instance_may_be_empty(sandbox: Control, connect: Any) -> None:
    sandbox.set_faults({"switches": {"builtIns": False}})

    assert [maker.listed(connect) for maker in MAKERS if not maker.within] == [[]] * (len(MAKERS) - 1)
    assert connect.list_contact_flows(**HERE)["ContactFlowSummaryList"] == []


def test_what_has_no_creation_here_can_be_seeded(sandbox: Control, connect: Any) -> None:
    flow = sandbox.seed("ContactFlow", {"Name": "Main", "ContactFlowType": "CONTACT_FLOW"})
    sandbox.seed("User", {"Username": "ada"})
    numbers = {"+15550100": "DID", "+15550101": "TOLL_FREE"}
    for number, type in numbers.items():
        sandbox.seed("PhoneNumber", {"PhoneNumber": number, "PhoneNumberType": type, "PhoneNumberCountryCode": "US"})

    listed = connect.list_contact_flows(**HERE, ContactFlowTypes=["CONTACT_FLOW"])["ContactFlowSummaryList"]
    found = connect.list_phone_numbers_v2(TargetArn=sandbox.instance, PhoneNumberTypes=["DID"])
    prefixed = connect.list_phone_numbers_v2(**HERE, PhoneNumberPrefix="+15550101", PhoneNumberCountryCodes=["US"])

    assert [(row["Id"], row["ContactFlowState"]) for row in listed] == [(flow, "ACTIVE")]
    assert [row["Username"] for row in connect.list_users(**HERE)["UserSummaryList"]] == ["ada"]
    assert [row["PhoneNumber"] for row in found["ListPhoneNumbersSummaryList"]] == ["+15550100"]
    assert [row["PhoneNumberType"] for row in prefixed["ListPhoneNumbersSummaryList"]] == ["TOLL_FREE"]
    both = {"TargetArn": sandbox.instance, **HERE}
    assert refused(lambda: connect.list_phone_numbers_v2(**both)) == INVALID


@pytest.mark.parametrize(("type", "members"), [("Queue", {"Name": "Q"}), ("User", {}), ("Nonsense", {})])
def test_only_that_can_be_seeded_and_with_a_name(sandbox: Control, type: str, members: dict[str, str]) -> None:
    with pytest.raises(WrongSetting, match="seed"):
        sandbox.seed(type, members)
