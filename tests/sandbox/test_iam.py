"""IAM: trust policies, tags, and roles that are not known everywhere yet."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, REGION, Control
from tests.cli.running import Server

from .calls import refused, words_of
from .roles import BASIC, EXISTS, IN_USE, INVALID, MALFORMED, MISSING, ONCE, PERMISSION, PREFIX, create, policy, trust


def principals(iam: Any, name: str) -> Any:
    return iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        "{}",
        json.dumps({"Version": "2012-10-17"}),
        json.dumps({"Version": "2026-01-01", "Statement": []}),
        policy(Action="sts:AssumeRole"),
        policy(Action="sts:AssumeRole", Principal={}),
        policy(Action="s3:GetObject", Principal="*"),
        policy(Action="sts:AssumeRole", Principal="*", Resource="*"),
        policy(Action="sts:AssumeRole", Principal={"Service": "*"}),
        policy(Action="sts:AssumeRole", Principal={"Service": "lambda"}),
        policy(Action="sts:AssumeRole", Principal={"Group": "x"}),
        policy(Action="sts:AssumeRole", Principal={"AWS": f"{PREFIX}:role/none"}),
        policy(Action="sts:AssumeRole", Principal={"AWS": [ACCOUNT, f"{PREFIX}:user/none"]}),
        policy(Action="sts:AssumeRole", Principal={"AWS": f"{PREFIX}:role/*"}),
        policy(Action="sts:AssumeRole", Principal={"AWS": "AROA00000000000000000"}),
        policy(Action="sts:AssumeRole", Principal={"AWS": "of-no-account"}),
    ],
)
def test_a_broken_trust_policy_is_refused_at_create_and_at_update(iam: Any, document: str) -> None:
    create(iam, "there")

    assert refused(lambda: create(iam, document=document)) == MALFORMED
    assert refused(lambda: iam.update_assume_role_policy(RoleName="there", PolicyDocument=document)) == MALFORMED
    assert refused(lambda: iam.get_role(RoleName="r")) == MISSING


def test_an_unknown_principal_is_named_in_awss_words(iam: Any) -> None:
    """Terraform retries on these words for two minutes."""
    document = trust({"AWS": f"{PREFIX}:role/none"})

    assert words_of(lambda: create(iam, document=document)) == (
        f'Invalid principal in policy: "AWS":"{PREFIX}:role/none"'
    )


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": ACCOUNT},
        {"AWS": [f"{PREFIX}:root", "444455556666"]},
        {"AWS": "arn:aws:iam::444455556666:role/partner"},
        {"Service": ["lambda.amazonaws.com", "scheduler.amazonaws.com"]},
        {"Federated": "cognito-identity.amazonaws.com"},
    ],
)
def test_principals_that_need_not_be_here_are_accepted(iam: Any, principal: Any) -> None:
    create(iam, document=trust(principal))

    assert principals(iam, "r") == principal


def test_a_principal_that_was_deleted_comes_back_as_its_unique_id(iam: Any) -> None:
    role, user = create(iam, "one"), iam.create_user(UserName="u")["User"]
    create(iam, document=trust({"AWS": [role["Arn"], user["Arn"], ACCOUNT]}))
    create(iam, "other", trust({"AWS": role["Arn"]}))

    iam.delete_role(RoleName="one")
    iam.delete_user(UserName="u")
    create(iam, "one")

    assert principals(iam, "r") == {"AWS": [role["RoleId"], user["UserId"], ACCOUNT]}
    assert principals(iam, "other") == {"AWS": role["RoleId"]}
    assert role["RoleId"].startswith("AROA")


def test_a_role_is_deleted_only_when_nothing_is_attached(iam: Any) -> None:
    create(iam)
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=PERMISSION)
    iam.attach_role_policy(RoleName="r", PolicyArn=BASIC)

    assert refused(lambda: iam.delete_role(RoleName="r")) == IN_USE
    iam.delete_role_policy(RoleName="r", PolicyName="p")
    assert refused(lambda: iam.delete_role(RoleName="r")) == IN_USE
    iam.detach_role_policy(RoleName="r", PolicyArn=BASIC)
    iam.delete_role(RoleName="r")


def test_tags_ignore_case_and_are_never_awss(iam: Any, sandbox: Control) -> None:
    create(iam, Tags=[{"Key": "Owner", "Value": "a"}, {"Key": "x", "Value": "1"}])

    iam.tag_role(RoleName="r", Tags=[{"Key": "owner", "Value": "b"}])

    tags = {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName="r")["Tags"]}
    assert tags == {"owner": "b", "x": "1"}
    reserved = [{"Key": "aws:x", "Value": "1"}]
    assert refused(lambda: iam.tag_role(RoleName="r", Tags=reserved)) == ("InvalidInput", 400)
    assert refused(lambda: create(iam, "s", Tags=reserved)) == ("InvalidInput", 400)
    twice = [{"Key": "X", "Value": "1"}, {"Key": "x", "Value": "2"}]
    assert refused(lambda: iam.tag_role(RoleName="r", Tags=twice)) == ("InvalidInput", 400)
    assert {tag["Key"] for tag in iam.list_role_tags(RoleName="r")["Tags"]} == {"owner", "x"}
    iam.untag_role(RoleName="r", TagKeys=["OWNER", "none"])
    assert iam.list_role_tags(RoleName="r")["Tags"] == [{"Key": "x", "Value": "1"}]


@pytest.mark.parametrize(
    "members",
    [
        {"RoleName": "has blank"},
        {"RoleName": "x" * 65},
        {"Path": "no-slashes"},
        {"MaxSessionDuration": 60},
        {"Description": "x" * 1001},
        {"Description": "日本"},
        {"PermissionsBoundary": "short"},
        {"Tags": [{"Key": "", "Value": "x"}]},
        {"Tags": [{"Key": "k", "Value": "x" * 257}]},
        {"AssumeRolePolicyDocument": ""},
    ],
)
def test_requests_that_break_the_model_are_refused(iam: Any, members: dict[str, Any]) -> None:
    call = {"RoleName": "r", "AssumeRolePolicyDocument": trust(), **members}

    assert refused(lambda: iam.create_role(**call)) == INVALID
    assert iam.list_roles()["Roles"] == []


def test_documents_come_back_as_they_were_written(iam: Any) -> None:
    """boto3 decodes what IAM answers URL-encoded."""
    document = trust(Condition={"StringLike": {"sts:ExternalId": "a b+c%20/ü&?"}})
    create(iam, document=document, Path="/reconcile/stack/")
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=PERMISSION)

    found = iam.get_role(RoleName="r")["Role"]
    assert found["AssumeRolePolicyDocument"] == json.loads(document)
    assert found["Arn"] == f"{PREFIX}:role/reconcile/stack/r"
    assert iam.get_role_policy(RoleName="r", PolicyName="p")["PolicyDocument"] == json.loads(PERMISSION)


def test_an_update_of_one_setting_keeps_the_description(iam: Any, sandbox: Control) -> None:
    create(iam, Description="d", MaxSessionDuration=7200)

    iam.update_role(RoleName="r", Description="e")
    assert iam.get_role(RoleName="r")["Role"]["MaxSessionDuration"] == 3600
    iam.update_role(RoleName="r", MaxSessionDuration=7200)
    assert iam.get_role(RoleName="r")["Role"]["Description"] == "e"
    sandbox.set_faults({"switches": {"leftOutSession": "keep"}})
    iam.update_role(RoleName="r", Description="f")
    assert iam.get_role(RoleName="r")["Role"]["MaxSessionDuration"] == 7200


def test_a_new_role_is_hidden_for_some_calls(iam: Any, sandbox: Control) -> None:
    """Terraform waits two minutes for a role that it has just created."""
    sandbox.set_faults({"consistency": {"calls": 4}})
    create(iam)

    assert refused(lambda: iam.get_role(RoleName="r")) == MISSING
    assert refused(lambda: iam.tag_role(RoleName="r", Tags=[])) == MISSING
    assert iam.list_roles()["Roles"] == []
    assert refused(lambda: create(iam)) == EXISTS
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["r"]
    assert sandbox.stats()["faults"] == {"consistency": 3}


def test_a_new_role_is_no_principal_for_some_calls(iam: Any, sandbox: Control) -> None:
    sandbox.set_faults({"propagation": {"calls": 1}})
    new = trust({"AWS": create(iam)["Arn"]})

    assert refused(lambda: create(iam, "s", new)) == MALFORMED
    create(iam, "s", new)


def test_lists_of_roles_come_in_pages(iam: Any, sandbox: Control) -> None:
    for at in range(5):
        create(iam, f"r{at}", Path="/reconcile/" if at else "/")
    sandbox.set_faults({"pageCap": 2})

    pages = list(iam.get_paginator("list_roles").paginate(PathPrefix="/reconcile/"))

    assert len(pages) == 2
    assert len([role for page in pages for role in page["Roles"]]) == 4


def test_a_lost_reply_leaves_the_role_behind(iam: Any, sandbox: Control) -> None:
    sandbox.set_faults({"lostReply": {"every": 1, "operations": ["iam:CreateRole"]}})
    with pytest.raises(Exception, match="closed"):
        create(iam)

    sandbox.set_faults({})

    assert refused(lambda: create(iam)) == EXISTS


def test_the_server_answers_as_the_process_does(local_server: Server, session: Any) -> None:
    local_server.reset()
    iam = session.create_client("iam", region_name=REGION, endpoint_url=local_server.endpoint, config=ONCE)
    create(iam, "MyRole", Tags=[{"Key": "a", "Value": "1"}])
    iam.attach_role_policy(RoleName="MyRole", PolicyArn=BASIC)

    assert refused(lambda: create(iam, "myrole")) == EXISTS
    assert refused(lambda: create(iam, "s", "{")) == MALFORMED
    assert refused(lambda: create(iam, "s", Path="x")) == INVALID
    assert iam.get_role(RoleName="myrole")["Role"]["Tags"] == [{"Key": "a", "Value": "1"}]
    iam.close()
