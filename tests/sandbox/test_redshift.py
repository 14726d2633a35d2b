"""Amazon Redshift Serverless: one setting a call, states that take a while, and texts with roles."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import REGION, Control

from .calls import refused
from .roles import ONCE, create, trust

WRONG, BUSY, MISSING = ("ValidationException", 400), ("ConflictException", 400), ("ResourceNotFoundException", 400)


@pytest.fixture
def redshift(sandbox: Control, session: Any) -> Any:
    return session.create_client("redshift-serverless", region_name=REGION, config=ONCE)


def namespace(redshift: Any, name: str = "nnn", **more: Any) -> dict[str, Any]:
    redshift.create_namespace(namespaceName=name, **more)
    return settled(redshift, name)


def settled(redshift: Any, name: str = "nnn") -> dict[str, Any]:
    redshift.list_namespaces()
    return dict(redshift.get_namespace(namespaceName=name)["namespace"])


def workgroup(redshift: Any, name: str = "www", **more: Any) -> dict[str, Any]:
    redshift.create_workgroup(**{"workgroupName": name, "namespaceName": "nnn", **more})
    return worked(redshift, name)


def worked(redshift: Any, name: str = "www") -> dict[str, Any]:
    redshift.list_workgroups()
    return dict(redshift.get_workgroup(workgroupName=name)["workgroup"])


def change(redshift: Any, **members: Any) -> dict[str, Any]:
    redshift.update_workgroup(workgroupName="www", **members)
    return worked(redshift)


def test_a_namespace_has_its_defaults_and_no_password(redshift: Any) -> None:
    found = namespace(redshift, manageAdminPassword=True)

    assert (found["dbName"], found["adminUsername"], found["kmsKeyId"]) == ("dev", "admin", "AWS_OWNED_KMS_KEY")
    assert ":secret:redshift!nnn-admin-" in found["adminPasswordSecretArn"]
    assert not {"adminUserPassword", "manageAdminPassword"} & found.keys()
    assert refused(lambda: namespace(redshift)) == BUSY


def test_a_namespace_changes_one_group_of_settings(redshift: Any) -> None:
    namespace(redshift)

    def update(**members: Any) -> Any:
        return redshift.update_namespace(namespaceName="nnn", **members)

    assert refused(lambda: update(kmsKeyId="k", logExports=["userlog"])) == WRONG
    assert refused(update) == WRONG
    update(logExports=["userlog"])
    assert refused(lambda: update(kmsKeyId="k")) == BUSY
    assert settled(redshift)["logExports"] == ["userlog"]
    assert refused(lambda: update(manageAdminPassword=True, adminUserPassword="Aa1aaaaa")) == WRONG
    assert refused(lambda: update(manageAdminPassword=False)) == WRONG


def test_roles_are_texts_and_the_default_is_one_of_them(redshift: Any, session: Any) -> None:
    iam = session.create_client("iam", region_name=REGION, config=ONCE)
    role = str(create(iam, "r", trust({"Service": "redshift.amazonaws.com"}))["Arn"])
    other = str(create(iam, "o", trust({"Service": "lambda.amazonaws.com"}))["Arn"])
    namespace(redshift)

    assert refused(lambda: redshift.update_namespace(namespaceName="nnn", iamRoles=[other])) == WRONG
    assert refused(lambda: redshift.update_namespace(namespaceName="nnn", defaultIamRoleArn=role)) == WRONG
    redshift.update_namespace(namespaceName="nnn", iamRoles=[role], defaultIamRoleArn=role)

    assert settled(redshift)["iamRoles"] == [f"IamRole(applyStatus=in-sync, iamRoleArn={role})"]


def test_a_workgroup_fills_in_parameters_and_network(redshift: Any) -> None:
    namespace(redshift)
    found = workgroup(redshift, configParameters=[{"parameterKey": "require_ssl", "parameterValue": "true"}])

    parameters = {it["parameterKey"]: it["parameterValue"] for it in found["configParameters"]}
    assert (found["baseCapacity"], found["port"], len(found["subnetIds"])) == (128, 5439, 3)
    assert (parameters["require_ssl"], parameters["auto_mv"]) == ("true", "true")
    assert refused(lambda: workgroup(redshift, "other")) == BUSY  # a namespace has one workgroup


def test_a_workgroup_changes_one_setting(redshift: Any) -> None:
    namespace(redshift)
    workgroup(redshift, baseCapacity=8, maxCapacity=16)

    assert refused(lambda: change(redshift, port=5440, publiclyAccessible=True)) == WRONG
    assert refused(lambda: change(redshift, baseCapacity=32)) == WRONG
    assert refused(lambda: change(redshift, port=80)) == WRONG
    assert change(redshift, maxCapacity=64)["maxCapacity"] == 64
    assert change(redshift, baseCapacity=32)["baseCapacity"] == 32
    assert "maxCapacity" not in change(redshift, maxCapacity=-1)
    assert change(redshift, port=5440)["port"] == 5440


def test_a_parameter_returns_to_its_default(redshift: Any) -> None:
    namespace(redshift)
    workgroup(redshift, configParameters=[{"parameterKey": "auto_mv", "parameterValue": "false"}])

    found = change(redshift, configParameters=[{"parameterKey": "auto_mv", "parameterValue": "-1"}])

    assert {"parameterKey": "auto_mv", "parameterValue": "true"} in found["configParameters"]
    unknown = [{"parameterKey": "speed", "parameterValue": "1"}]
    assert refused(lambda: change(redshift, configParameters=unknown)) == WRONG


def test_changes_and_deletions_take_a_while(redshift: Any, sandbox: Control) -> None:
    namespace(redshift)
    workgroup(redshift)
    sandbox.set_faults({"deletion": {"calls": 2}})

    assert refused(lambda: redshift.delete_namespace(namespaceName="nnn")) == BUSY
    redshift.delete_workgroup(workgroupName="www")
    assert redshift.get_workgroup(workgroupName="www")["workgroup"]["status"] == "DELETING"
    assert refused(lambda: redshift.delete_workgroup(workgroupName="www")) == BUSY
    assert refused(lambda: redshift.get_workgroup(workgroupName="www")) == MISSING
    redshift.delete_namespace(namespaceName="nnn")
    assert redshift.get_namespace(namespaceName="nnn")["namespace"]["status"] == "DELETING"


def test_both_are_listed_in_pages_and_tagged_by_arn(redshift: Any) -> None:
    every = [namespace(redshift, f"ns{number}", tags=[{"key": "a", "value": "1"}]) for number in range(3)]
    arn = every[0]["namespaceArn"]

    redshift.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    redshift.untag_resource(resourceArn=arn, tagKeys=["a"])

    pages = list(redshift.get_paginator("list_namespaces").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["namespaces"]) for page in pages] == [2, 1]
    assert redshift.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]
    assert refused(lambda: redshift.list_tags_for_resource(resourceArn=f"{arn}0")) == MISSING
    many = [{"key": str(number), "value": ""} for number in range(51)]
    assert refused(lambda: redshift.tag_resource(resourceArn=arn, tags=many))[0] == "TooManyTagsException"
