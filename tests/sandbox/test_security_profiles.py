"""Security profiles: lists that describe does not show, and who must not lose them."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import Control

from .administrative import HERE, SECURITY_PROFILE, add_group, levels
from .calls import IN_USE, INVALID, MISSING, refused

DENIED = ("AccessDeniedException", 403)


def permissions(client: Any, profile: str, **more: Any) -> list[str]:
    found = client.list_security_profile_permissions(**HERE, SecurityProfileId=profile, **more)
    return list(found["Permissions"])


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
    profile = SECURITY_PROFILE.make(connect, "P", Permissions=[f"P{number:03}.Access" for number in range(5)])

    first = connect.list_security_profile_permissions(**HERE, SecurityProfileId=profile, MaxResults=3)

    rest = permissions(connect, profile, MaxResults=3, NextToken=first["NextToken"])
    assert [*first["Permissions"], *rest] == [f"P{number:03}.Access" for number in range(5)]


def test_given_permissions_replace_all_there_were(connect: Any) -> None:
    """Service model: a complete list."""
    profile = SECURITY_PROFILE.make(connect, "P", Permissions=["A.Access", "B.Access"])

    connect.update_security_profile(**HERE, SecurityProfileId=profile, Permissions=["B.Access", "C.Access"])
    some = permissions(connect, profile)
    connect.update_security_profile(**HERE, SecurityProfileId=profile, Permissions=[])

    assert (some, permissions(connect, profile)) == (["B.Access", "C.Access"], [])


def test_what_a_profiles_update_leaves_out_is_kept_or_lost(sandbox: Control, connect: Any) -> None:
    """Silent in the documentation: a switch of its own."""
    profile = SECURITY_PROFILE.make(connect, "P", Permissions=["A.Access"])
    call = lambda: connect.update_security_profile(**HERE, SecurityProfileId=profile, Description="new")  # noqa: E731

    call()
    sandbox.set_faults({"switches": {"leftOutMembers": "reset"}})
    call()
    kept = permissions(connect, profile)
    sandbox.set_faults({"switches": {"securityProfileUpdate": "reset"}})
    call()

    described = SECURITY_PROFILE.described(connect, profile)
    assert (kept, permissions(connect, profile)) == (["A.Access"], [])
    assert "AllowedAccessControlTags" not in described
    assert (described["SecurityProfileName"], described["Type"]) == ("P", "CUSTOMER_MANAGED")


def test_a_security_profile_may_be_bound_to_a_hierarchy_group(connect: Any) -> None:
    levels(connect, "Region")
    north = add_group(connect, "North")
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


@pytest.mark.parametrize("name", ["ManagerListenin", "DoEverything", "Queues"])
def test_a_permission_that_aws_does_not_list_is_refused(sandbox: Control, connect: Any, name: str) -> None:
    """M9: the service model refers to the admin guide for the valid ones; a switch, because no source has the error."""
    profile = SECURITY_PROFILE.make(connect, "P", Permissions=["ManagerListenIn", "Crm.Access"])
    update = lambda: connect.update_security_profile(**HERE, SecurityProfileId=profile, Permissions=[name])  # noqa: E731

    assert refused(lambda: SECURITY_PROFILE.make(connect, "Q", Permissions=[name])) == INVALID
    assert refused(update) == INVALID
    assert permissions(connect, profile) == ["Crm.Access", "ManagerListenIn"]
    sandbox.set_faults({"switches": {"unknownPermission": "accepted"}})
    update()
    assert permissions(connect, profile) == [name]
