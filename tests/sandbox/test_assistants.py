"""Amazon Q in Connect: assistants, which are created and deleted asynchronously and never changed."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, REGION, Control

from .calls import refused
from .roles import ONCE

MISSING = ("ResourceNotFoundException", 404)


@pytest.fixture
def assistants(sandbox: Control, session: Any) -> Any:
    return session.create_client("qconnect", region_name=REGION, config=ONCE)


def made(assistants: Any, name: str = "a", **more: Any) -> dict[str, Any]:
    return dict(assistants.create_assistant(name=name, type="AGENT", **more)["assistant"])


def got(assistants: Any, id: str) -> dict[str, Any]:
    return dict(assistants.get_assistant(assistantId=id)["assistant"])


def test_an_assistant_has_the_members_of_its_create(assistants: Any) -> None:
    key = {"kmsKeyId": "arn:aws:kms:us-east-1:111122223333:key/1"}
    new = made(assistants, description="d", serverSideEncryptionConfiguration=key, tags={"a": "1"})

    assert new == got(assistants, new["assistantId"])
    assert new.items() >= {"name": "a", "description": "d", "status": "ACTIVE", "tags": {"a": "1"}}.items()
    assert new["assistantArn"] == f"arn:aws:wisdom:{REGION}:{ACCOUNT}:assistant/{new['assistantId']}"
    assert new["serverSideEncryptionConfiguration"] == key


def test_two_assistants_may_have_one_name_but_not_one_token(assistants: Any, sandbox: Control) -> None:
    ids = {made(assistants, clientToken=token)["assistantId"] for token in ("t", "t", "u")}

    assert len(ids) == 2
    sandbox.set_faults({"switches": {"clientTokens": "ignored"}})
    assert made(assistants, clientToken="t")["assistantId"] not in ids


def test_a_creation_takes_a_while_and_may_fail(assistants: Any, sandbox: Control) -> None:
    sandbox.set_faults({"creation": {"calls": 2, "fails": "no key"}})
    new = made(assistants)

    states = [new["status"], *(got(assistants, new["assistantId"])["status"] for _ in range(3))]

    assert states == ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_FAILED"]


def test_a_deletion_takes_a_while(assistants: Any, sandbox: Control) -> None:
    sandbox.set_faults({"deletion": {"calls": 2}})
    id = made(assistants)["assistantId"]

    assistants.delete_assistant(assistantId=id)

    assert got(assistants, id)["status"] == "DELETE_IN_PROGRESS"
    assistants.delete_assistant(assistantId=id)
    assert refused(lambda: got(assistants, id)) == MISSING
    assert refused(lambda: assistants.delete_assistant(assistantId=id)) == MISSING


def test_assistants_come_in_pages_with_their_tags(assistants: Any) -> None:
    every = [made(assistants, tags={"n": str(number)}) for number in range(3)]

    pages = list(assistants.get_paginator("list_assistants").paginate(PaginationConfig={"PageSize": 2}))

    assert [len(page["assistantSummaries"]) for page in pages] == [2, 1]
    listed = [one["tags"]["n"] for page in pages for one in page["assistantSummaries"]]
    assert sorted(listed) == [one["tags"]["n"] for one in every]


def test_tags_are_changed_by_arn(assistants: Any, session: Any) -> None:
    arn = made(assistants, tags={"a": "1"})["assistantArn"]

    assistants.tag_resource(resourceArn=arn, tags={"b": "2"})
    assistants.untag_resource(resourceArn=arn, tagKeys=["a"])

    assert assistants.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}
    many = {str(number): "1" for number in range(50)}
    assert refused(lambda: assistants.tag_resource(resourceArn=arn, tags=many)) == ("TooManyTagsException", 400)
    index = session.create_client("resourcegroupstaggingapi", region_name=REGION, config=ONCE)
    found = index.get_resources(ResourceTypeFilters=["wisdom:assistant"])["ResourceTagMappingList"]
    assert found == [{"ResourceARN": arn, "Tags": [{"Key": "b", "Value": "2"}]}]
