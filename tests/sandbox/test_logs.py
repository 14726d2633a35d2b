"""CloudWatch Logs: log groups, their retention, protection, keys, tags and lists."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.config import Config

from reconciler.sandbox import ACCOUNT, REGION, Control
from tests.cli.running import Server

from .calls import refused

ONCE = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-4000-8000-000000000001"
ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group"
INVALID = ("InvalidParameterException", 400)
MISSING = ("ResourceNotFoundException", 400)
EXISTS = ("ResourceAlreadyExistsException", 400)
DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]


@pytest.fixture
def logs(sandbox: Control, session: Any) -> Any:
    return session.create_client("logs", region_name=REGION, config=ONCE)


def described(logs: Any, name: str = "g") -> Any:
    (found,) = logs.describe_log_groups(logGroupIdentifiers=[name])["logGroups"]
    return found


def names(logs: Any, **filters: Any) -> list[str]:
    return [group["logGroupName"] for group in logs.list_log_groups(**filters)["logGroups"]]


def test_a_new_group_shows_both_of_its_arns_and_the_defaults(logs: Any) -> None:
    logs.create_log_group(logGroupName="/aws/lambda/f")

    found = described(logs, "/aws/lambda/f")
    assert isinstance(found.pop("creationTime"), int)
    assert found == {
        "logGroupName": "/aws/lambda/f",
        "arn": f"{ARN}:/aws/lambda/f:*",
        "logGroupArn": f"{ARN}:/aws/lambda/f",
        "logGroupClass": "STANDARD",
        "deletionProtectionEnabled": False,
        "metricFilterCount": 0,
        "storedBytes": 0,
    }


def test_a_group_exists_once(logs: Any) -> None:
    logs.create_log_group(logGroupName="g", logGroupClass="INFREQUENT_ACCESS", tags={"a": "1"})

    assert refused(lambda: logs.create_log_group(logGroupName="g", tags={"b": "2"})) == EXISTS
    assert described(logs)["logGroupClass"] == "INFREQUENT_ACCESS"
    assert logs.list_tags_for_resource(resourceArn=f"{ARN}:g")["tags"] == {"a": "1"}


@pytest.mark.parametrize(
    "members",
    [
        {"logGroupName": "has blank"},
        {"logGroupName": "x" * 513},
        {"logGroupName": "aws/reserved"},
        {"logGroupClass": "CHEAP"},
        {"kmsKeyId": "alias/k"},
        {"tags": {"aws:x": "1"}},
        {"tags": {"k": "x" * 257}},
        {"tags": {str(at): "" for at in range(51)}},
    ],
)
def test_requests_that_break_the_model_or_the_rules_are_refused(logs: Any, members: dict[str, Any]) -> None:
    assert refused(lambda: logs.create_log_group(**{"logGroupName": "g", **members})) == INVALID
    assert logs.describe_log_groups()["logGroups"] == []


@pytest.mark.parametrize("days", DAYS)
def test_the_allowed_retentions_are_accepted(logs: Any, days: int) -> None:
    logs.create_log_group(logGroupName="g")

    logs.put_retention_policy(logGroupName="g", retentionInDays=days)

    assert described(logs)["retentionInDays"] == days


@pytest.mark.parametrize("days", [0, -1, 2, 31, 3654, "30"])
def test_other_retentions_are_refused(logs: Any, days: Any) -> None:
    logs.create_log_group(logGroupName="g")

    assert refused(lambda: logs.put_retention_policy(logGroupName="g", retentionInDays=days)) == INVALID
    assert "retentionInDays" not in described(logs)


def test_a_retention_is_taken_away(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    logs.put_retention_policy(logGroupName="g", retentionInDays=30)

    logs.delete_retention_policy(logGroupName="g")

    assert "retentionInDays" not in described(logs)


def test_a_protected_group_is_not_deleted(logs: Any, sandbox: Control) -> None:
    logs.create_log_group(logGroupName="g", deletionProtectionEnabled=True)

    assert described(logs)["deletionProtectionEnabled"] is True
    assert refused(lambda: logs.delete_log_group(logGroupName="g")) == ("ValidationException", 400)
    off = {"deletionProtectionEnabled": False}
    assert refused(lambda: logs.put_log_group_deletion_protection(logGroupIdentifier="g", **off)) == INVALID
    logs.put_log_group_deletion_protection(logGroupIdentifier=f"{ARN}:g", **off)
    assert described(logs)["deletionProtectionEnabled"] is False
    sandbox.set_faults({"switches": {"protectionByName": "accepted"}})
    logs.put_log_group_deletion_protection(logGroupIdentifier="g", **off)
    logs.delete_log_group(logGroupName="g")


def test_a_deleted_group_leaves_nothing_to_the_next_one(logs: Any) -> None:
    change = [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]
    logs.create_log_group(logGroupName="g", logGroupClass="INFREQUENT_ACCESS", tags={"a": "1"})
    logs.put_metric_filter(logGroupName="g", filterName="f", filterPattern="", metricTransformations=change)
    logs.delete_log_group(logGroupName="g")

    logs.create_log_group(logGroupName="g")

    assert described(logs)["logGroupClass"] == "STANDARD"
    assert described(logs)["metricFilterCount"] == 0
    assert logs.list_tags_for_resource(resourceArn=f"{ARN}:g")["tags"] == {}


def test_a_metric_filter_is_replaced_by_its_name(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    for pattern in ("ERROR", "WARN"):
        change = [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]
        logs.put_metric_filter(logGroupName="g", filterName="f", filterPattern=pattern, metricTransformations=change)

    (found,) = logs.describe_metric_filters(logGroupName="g")["metricFilters"]
    assert found["filterPattern"] == "WARN"
    assert described(logs)["metricFilterCount"] == 1


def test_a_key_is_set_and_taken_away_by_name_or_by_arn(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")

    logs.associate_kms_key(logGroupName="g", kmsKeyId=KEY)
    assert described(logs)["kmsKeyId"] == KEY
    logs.disassociate_kms_key(resourceIdentifier=f"{ARN}:g")
    assert "kmsKeyId" not in described(logs)
    logs.associate_kms_key(resourceIdentifier=f"{ARN}:g", kmsKeyId=KEY)
    assert described(logs)["kmsKeyId"] == KEY


def test_a_key_needs_one_resource_and_an_arn(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    both = {"logGroupName": "g", "resourceIdentifier": f"{ARN}:g"}

    assert refused(lambda: logs.associate_kms_key(kmsKeyId=KEY, **both)) == INVALID
    assert refused(lambda: logs.associate_kms_key(kmsKeyId=KEY)) == INVALID
    assert refused(lambda: logs.associate_kms_key(kmsKeyId="k", logGroupName="g")) == INVALID
    assert refused(lambda: logs.associate_kms_key(kmsKeyId=KEY, logGroupName="h")) == MISSING
    logs.associate_kms_key(kmsKeyId=KEY, resourceIdentifier=f"arn:aws:logs:{REGION}:{ACCOUNT}:query-result:*")


def test_tags_are_set_by_the_arn_without_a_wildcard(logs: Any) -> None:
    logs.create_log_group(logGroupName="g", tags={"a": "1", "b": "2"})
    arn = described(logs)["logGroupArn"]

    logs.tag_resource(resourceArn=arn, tags={"b": "3", "c": "4"})
    logs.untag_resource(resourceArn=arn, tagKeys=["a", "none"])

    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "3", "c": "4"}
    assert logs.list_tags_log_group(logGroupName="g")["tags"] == {"b": "3", "c": "4"}


def test_the_arn_with_a_wildcard_is_refused_for_tags_unless_a_switch_accepts_it(logs: Any, sandbox: Control) -> None:
    logs.create_log_group(logGroupName="g", tags={"a": "1"})
    arn = described(logs)["arn"]

    assert refused(lambda: logs.list_tags_for_resource(resourceArn=arn)) == INVALID
    assert refused(lambda: logs.tag_resource(resourceArn=arn, tags={"b": "2"})) == INVALID
    assert refused(lambda: logs.untag_resource(resourceArn=arn, tagKeys=["a"])) == INVALID
    sandbox.set_faults({"switches": {"logArnWildcard": "accepted"}})
    logs.tag_resource(resourceArn=arn, tags={"b": "2"})
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "1", "b": "2"}


def test_tags_that_aws_refuses(logs: Any) -> None:
    logs.create_log_group(logGroupName="g", tags={str(at): "" for at in range(50)})
    arn = f"{ARN}:g"

    assert refused(lambda: logs.tag_resource(resourceArn=arn, tags={"more": ""})) == ("TooManyTagsException", 400)
    assert refused(lambda: logs.tag_resource(resourceArn=arn, tags={"aws:x": ""})) == INVALID
    assert refused(lambda: logs.tag_log_group(logGroupName="g", tags={"aws:x": ""})) == INVALID
    assert refused(lambda: logs.tag_resource(resourceArn=arn, tags={})) == INVALID
    logs.tag_resource(resourceArn=arn, tags={"1": "again"})


def test_what_is_missing_is_a_resource_not_found(logs: Any) -> None:
    for call in (
        lambda: logs.delete_log_group(logGroupName="g"),
        lambda: logs.put_retention_policy(logGroupName="g", retentionInDays=30),
        lambda: logs.delete_retention_policy(logGroupName="g"),
        lambda: logs.disassociate_kms_key(logGroupName="g"),
        lambda: logs.list_tags_for_resource(resourceArn=f"{ARN}:g"),
        lambda: logs.put_log_group_deletion_protection(logGroupIdentifier=f"{ARN}:g", deletionProtectionEnabled=True),
    ):
        assert refused(call) == MISSING


def test_groups_are_described_in_pages_by_prefix_pattern_class_or_name(logs: Any, sandbox: Control) -> None:
    for name, log_class in (("a1", "STANDARD"), ("a2", "INFREQUENT_ACCESS"), ("ba", "ESSENTIALS"), ("c", "STANDARD")):
        logs.create_log_group(logGroupName=name, logGroupClass=log_class)

    def found(**filters: Any) -> list[str]:
        pages = logs.get_paginator("describe_log_groups").paginate(**filters)
        return [group["logGroupName"] for page in pages for group in page["logGroups"]]

    sandbox.set_faults({"pageCap": 1, "emptyPage": {"every": 3}})
    assert found() == ["a1", "a2", "ba", "c"]
    assert found(logGroupNamePrefix="a") == ["a1", "a2"]
    assert found(logGroupNamePattern="a") == ["a1", "a2", "ba"]
    assert found(logGroupClass="ESSENTIALS") == ["a2", "ba"]
    sandbox.set_faults({})
    assert found(logGroupIdentifiers=["c", f"{ARN}:a1"]) == ["a1", "c"]
    (short,) = logs.describe_log_groups(logGroupNamePattern="c")["logGroups"]
    assert set(short) == {"arn", "creationTime", "logGroupName"}
    both = {"logGroupNamePrefix": "a", "logGroupNamePattern": "a"}
    assert refused(lambda: logs.describe_log_groups(**both)) == INVALID
    assert refused(lambda: logs.describe_log_groups(logGroupIdentifiers=["c"], logGroupNamePrefix="c")) == INVALID
    assert refused(lambda: logs.describe_log_groups(nextToken="x")) == INVALID


def test_groups_are_listed_by_their_tags(logs: Any) -> None:
    logs.create_log_group(logGroupName="one", tags={"stack": "A", "env": "prod"})
    logs.create_log_group(logGroupName="two", tags={"stack": "A", "env": "production"})
    logs.create_log_group(logGroupName="three", tags={"stack": "B"})
    logs.create_log_group(logGroupName="none")

    def wish(key: str, *values: str) -> dict[str, Any]:
        return {"key": key, "values": list(values)}

    assert names(logs, logGroupTags=[wish("stack", "A")]) == ["one", "two"]
    assert names(logs, logGroupTags=[{"key": "stack"}]) == ["one", "three", "two"]
    assert names(logs, logGroupTags=[wish("stack", "A", "B"), wish("env", "prod")]) == ["one"]
    assert names(logs, logGroupTags=[wish("env", "PROD*")]) == ["one", "two"]
    assert names(logs, logGroupTags=[wish("stack", "!A")]) == ["three"]
    assert names(logs, logGroupTags=[wish("stack", "a")]) == []


def test_groups_are_listed_by_pattern_and_class_with_three_members(logs: Any) -> None:
    logs.create_log_group(logGroupName="/aws/lambda/f")
    logs.create_log_group(logGroupName="my/aws/discovery", logGroupClass="INFREQUENT_ACCESS")

    assert names(logs, logGroupNamePattern="^/aws") == ["/aws/lambda/f"]
    assert names(logs, logGroupNamePattern="^/aws|discovery") == ["/aws/lambda/f", "my/aws/discovery"]
    (found,) = logs.list_log_groups(logGroupClass="INFREQUENT_ACCESS")["logGroups"]
    assert found == {
        "logGroupName": "my/aws/discovery",
        "logGroupArn": f"{ARN}:my/aws/discovery",
        "logGroupClass": "INFREQUENT_ACCESS",
    }


def test_operations_at_the_same_time_are_aborted(logs: Any, sandbox: Control) -> None:
    """Terraform tries again for a minute. It is an error like any other that a fault names."""
    logs.create_log_group(logGroupName="g")
    aborted = {"every": 2, "code": "OperationAbortedException", "operations": ["logs:PutRetentionPolicy"]}
    sandbox.set_faults({"error": aborted})
    put = lambda: logs.put_retention_policy(logGroupName="g", retentionInDays=30)  # noqa: E731

    put()

    assert refused(put) == ("OperationAbortedException", 400)


def test_the_server_answers_as_the_process_does(local_server: Server, session: Any) -> None:
    local_server.reset()
    logs = session.create_client("logs", region_name=REGION, endpoint_url=local_server.endpoint, config=ONCE)
    logs.create_log_group(logGroupName="g", tags={"a": "1"}, deletionProtectionEnabled=True)
    logs.associate_kms_key(logGroupName="g", kmsKeyId=KEY)

    assert described(logs)["deletionProtectionEnabled"] is True
    assert names(logs, logGroupTags=[{"key": "a", "values": ["1"]}]) == ["g"]
    assert refused(lambda: logs.put_retention_policy(logGroupName="g", retentionInDays=2)) == INVALID
    assert refused(lambda: logs.create_log_group(logGroupName="g")) == EXISTS
    logs.close()


def test_events_are_still_motos(logs: Any) -> None:
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    line = {"timestamp": 4_000_000_000_000, "message": json.dumps({"a": 1})}

    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[line])

    assert described(logs)["storedBytes"] >= 0
    assert logs.describe_log_streams(logGroupName="g")["logStreams"][0]["logStreamName"] == "s"
