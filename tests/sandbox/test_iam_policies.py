"""IAM: names, policies, boundaries and limits of roles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import Control

from .calls import refused, words_of
from .roles import BASIC, EXISTS, IN_USE, LIMIT, MISSING, PERMISSION, PREFIX, create, policy, trust


def test_role_names_ignore_case(iam: Any) -> None:
    create(iam, "MyRole")

    assert refused(lambda: create(iam, "myrole")) == EXISTS
    iam.put_role_policy(RoleName="myrole", PolicyName="p", PolicyDocument=PERMISSION)
    assert iam.get_role(RoleName="MYROLE")["Role"]["RoleName"] == "MyRole"
    assert iam.list_role_policies(RoleName="MyRole")["PolicyNames"] == ["p"]
    iam.delete_role_policy(RoleName="MYROLE", PolicyName="p")
    iam.delete_role(RoleName="myrole")
    assert iam.list_roles()["Roles"] == []


@pytest.mark.parametrize("arn", [BASIC, "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"])
def test_awss_own_policies_are_there(iam: Any, arn: str) -> None:
    create(iam)

    iam.attach_role_policy(RoleName="r", PolicyArn=arn)

    assert [each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]] == [arn]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert document["Statement"]


@pytest.mark.slow
def test_awss_own_policies_are_listed(iam: Any) -> None:
    own = [
        found["PolicyName"]
        for page in iam.get_paginator("list_policies").paginate(Scope="AWS")
        for found in page["Policies"]
    ]

    assert "AdministratorAccess" in own
    assert iam.list_policies(Scope="Local")["Policies"] == []


@pytest.mark.parametrize("arn", ["arn:aws:iam::aws:policy/NoSuchAccess", f"{PREFIX}:policy/none"])
def test_a_policy_that_does_not_exist_cannot_be_attached_or_be_a_boundary(iam: Any, arn: str) -> None:
    create(iam)

    assert refused(lambda: iam.attach_role_policy(RoleName="r", PolicyArn=arn)) == MISSING
    assert refused(lambda: iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=arn)) == MISSING
    assert refused(lambda: create(iam, "s", PermissionsBoundary=arn)) == MISSING


def test_a_boundary_is_shown_and_taken_away(iam: Any) -> None:
    arn = iam.create_policy(PolicyName="boundary", PolicyDocument=PERMISSION)["Policy"]["Arn"]
    create(iam, PermissionsBoundary=arn)

    assert refused(lambda: iam.delete_policy(PolicyArn=arn)) == IN_USE
    boundary = iam.get_role(RoleName="r")["Role"]["PermissionsBoundary"]
    assert boundary["PermissionsBoundaryArn"] == arn
    iam.delete_role_permissions_boundary(RoleName="r")
    assert "PermissionsBoundary" not in iam.get_role(RoleName="r")["Role"]
    iam.delete_policy(PolicyArn=arn)


def test_a_policy_that_is_attached_is_not_deleted(iam: Any) -> None:
    arn = iam.create_policy(PolicyName="p", PolicyDocument=PERMISSION)["Policy"]["Arn"]
    create(iam)
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)

    assert refused(lambda: iam.delete_policy(PolicyArn=arn)) == IN_USE


def test_a_trust_policy_has_up_to_2048_characters_without_blanks(iam: Any) -> None:
    room = 2048 - len("".join(trust(Sid="").split()))
    longest = trust(Sid="x" * room)
    spaced = json.dumps(json.loads(longest), indent=8)

    create(iam, document=spaced)

    too_long = trust(Sid="x" * (room + 1))
    assert len(spaced) > 2048
    assert refused(lambda: create(iam, "s", too_long)) == LIMIT
    assert refused(lambda: iam.update_assume_role_policy(RoleName="r", PolicyDocument=too_long)) == LIMIT
    assert words_of(lambda: create(iam, "s", too_long)) == "Cannot exceed quota for ACLSizePerRole: 2048"


def test_inline_policies_have_up_to_10240_characters_together(iam: Any) -> None:
    create(iam)
    half = policy(Action="s3:GetObject", Resource="*", Sid="x" * 5000)
    iam.put_role_policy(RoleName="r", PolicyName="one", PolicyDocument=half)
    iam.put_role_policy(RoleName="r", PolicyName="two", PolicyDocument=half)
    iam.put_role_policy(RoleName="r", PolicyName="two", PolicyDocument=half)

    assert refused(lambda: iam.put_role_policy(RoleName="r", PolicyName="three", PolicyDocument=PERMISSION)) == LIMIT
    assert iam.list_role_policies(RoleName="r")["PolicyNames"] == ["one", "two"]


def test_a_role_has_up_to_ten_managed_policies(iam: Any, sandbox: Control) -> None:
    create(iam)
    arns = [iam.create_policy(PolicyName=f"p{at}", PolicyDocument=PERMISSION)["Policy"]["Arn"] for at in range(11)]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName="r", PolicyArn=arn)

    iam.attach_role_policy(RoleName="r", PolicyArn=arns[0])
    assert refused(lambda: iam.attach_role_policy(RoleName="r", PolicyArn=arns[10])) == LIMIT
    sandbox.raise_quotas({"roleManagedPolicies": 20})
    iam.attach_role_policy(RoleName="r", PolicyArn=arns[10])


def test_an_account_has_a_thousand_roles(iam: Any, sandbox: Control) -> None:
    sandbox.set_faults({"quotas": {"roles": 1}})
    create(iam)

    assert refused(lambda: create(iam, "s")) == LIMIT


def test_a_role_has_up_to_50_tags(iam: Any) -> None:
    create(iam, Tags=[{"Key": str(at), "Value": ""} for at in range(50)])

    iam.tag_role(RoleName="r", Tags=[{"Key": "1", "Value": "again"}])

    assert refused(lambda: iam.tag_role(RoleName="r", Tags=[{"Key": "one more", "Value": ""}])) == LIMIT
