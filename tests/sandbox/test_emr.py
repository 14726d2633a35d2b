"""Amazon EMR Serverless: applications that are changed only while they rest, and stay listed after their end."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, REGION, Control

from .calls import refused
from .roles import ONCE

WRONG, MISSING = ("ValidationException", 400), ("ResourceNotFoundException", 404)


@pytest.fixture
def emr(sandbox: Control, session: Any) -> Any:
    return session.create_client("emr-serverless", region_name=REGION, config=ONCE)


def made(emr: Any, **more: Any) -> str:
    spec = {"name": "etl", "type": "SPARK", "releaseLabel": "emr-7.9.0", **more}
    return str(emr.create_application(**spec)["applicationId"])


def got(emr: Any, id: str) -> dict[str, Any]:
    return dict(emr.get_application(applicationId=id)["application"])


def test_an_application_has_its_defaults(emr: Any) -> None:
    id = made(emr, tags={"a": "1"})

    application = got(emr, id)
    assert (application["type"], application["state"], application["architecture"]) == ("Spark", "CREATED", "X86_64")
    assert application["autoStopConfiguration"] == {"enabled": True, "idleTimeoutMinutes": 15}
    assert application["arn"] == f"arn:aws:emr-serverless:{REGION}:{ACCOUNT}:/applications/{id}"
    assert application["tags"] == {"a": "1"}
    assert refused(lambda: made(emr, type="FLINK")) == WRONG


def test_two_may_have_one_name_but_not_one_token(emr: Any) -> None:
    ids = {made(emr, clientToken=token) for token in ("t", "t", "u")}

    assert len(ids) == 2


def test_a_creation_takes_a_while(emr: Any, sandbox: Control) -> None:
    sandbox.set_faults({"creation": {"calls": 2}})
    id = made(emr)

    assert [got(emr, id)["state"] for _ in range(3)] == ["CREATING", "CREATING", "CREATED"]


def test_a_started_application_is_neither_changed_nor_deleted(emr: Any) -> None:
    id = made(emr)
    emr.start_application(applicationId=id)

    assert refused(lambda: emr.update_application(applicationId=id, architecture="ARM64")) == WRONG
    assert refused(lambda: emr.delete_application(applicationId=id)) == WRONG
    emr.stop_application(applicationId=id)
    emr.update_application(applicationId=id, architecture="ARM64")

    assert (got(emr, id)["architecture"], got(emr, id)["state"]) == ("ARM64", "STOPPED")


def test_a_deleted_application_stays_listed_as_terminated(emr: Any) -> None:
    id = made(emr)
    emr.delete_application(applicationId=id)

    assert got(emr, id)["state"] == "TERMINATED"
    assert refused(lambda: emr.delete_application(applicationId=id)) == MISSING
    assert [it["state"] for it in emr.list_applications()["applications"]] == ["TERMINATED"]
    assert emr.list_applications(states=["CREATED"])["applications"] == []
    assert refused(lambda: got(emr, "0")) == MISSING


def test_tags_are_changed_by_arn_and_indexed(emr: Any, session: Any) -> None:
    arn = got(emr, made(emr, tags={"a": "1"}))["arn"]
    emr.tag_resource(resourceArn=arn, tags={"b": "2"})
    emr.untag_resource(resourceArn=arn, tagKeys=["a"])

    assert emr.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}
    many = {str(number): "1" for number in range(50)}
    assert refused(lambda: emr.tag_resource(resourceArn=arn, tags=many)) == WRONG
    index = session.create_client("resourcegroupstaggingapi", region_name=REGION, config=ONCE)
    entries = index.get_resources(ResourceTypeFilters=["emr-serverless"])["ResourceTagMappingList"]
    assert entries == [{"ResourceARN": arn, "Tags": [{"Key": "b", "Value": "2"}]}]
