"""CloudWatch Logs: the account's retention policies override the retention of log groups."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.sandbox import Control

from .calls import refused

TYPE = "RETENTION_POLICY"
INVALID = ("InvalidParameterException", 400)
MISSING = ("ResourceNotFoundException", 400)


@pytest.fixture
def logs(sandbox: Control, session: Any) -> Any:
    client = session.create_client("logs", region_name="us-east-1")
    client.create_log_group(logGroupName="/app/old")
    client.put_retention_policy(logGroupName="/app/old", retentionInDays=7)
    return client


def put(logs: Any, name: str = "p", days: int | str = 90, mode: str = "RETROACTIVE", **more: Any) -> Any:
    document = json.dumps({"retentionInDays": days, "enforcementMode": mode})
    return logs.put_account_policy(policyName=name, policyDocument=document, policyType=TYPE, **more)


def retention(logs: Any, name: str = "/app/old") -> tuple[int | None, str | None]:
    (found,) = logs.describe_log_groups(logGroupIdentifiers=[name])["logGroups"]
    return found.get("retentionInDays"), found.get("retentionPolicyName")


def test_a_policy_overrides_the_retention_and_is_named(logs: Any) -> None:
    put(logs)

    assert retention(logs) == (90, "p")
    logs.put_retention_policy(logGroupName="/app/old", retentionInDays=14)
    assert retention(logs) == (90, "p")
    logs.delete_account_policy(policyName="p", policyType=TYPE)
    assert retention(logs) == (14, None)


def test_a_policy_for_ever_shows_no_days(logs: Any) -> None:
    put(logs, days="NEVER_EXPIRE")

    assert retention(logs) == (None, "p")


def test_a_policy_for_new_groups_leaves_the_others_alone(logs: Any) -> None:
    put(logs, mode="NEW_ONLY")
    logs.create_log_group(logGroupName="/app/new")

    assert retention(logs) == (7, None)
    assert retention(logs, "/app/new") == (90, "p")


def test_a_policy_applies_to_its_prefixes(logs: Any) -> None:
    logs.create_log_group(logGroupName="/other")
    put(logs, selectionCriteria='LogGroupNamePrefix IN ["/app/"]')
    put(logs, "all", 365)

    assert retention(logs) == (90, "p")
    assert retention(logs, "/other") == (365, "all")


def test_policies_are_described(logs: Any) -> None:
    put(logs, selectionCriteria='LogGroupNamePrefix IN ["/app/"]')

    (found,) = logs.describe_account_policies(policyType=TYPE)["accountPolicies"]
    assert (found["policyName"], found["scope"], found["accountId"]) == ("p", "ALL", "111122223333")
    assert json.loads(found["policyDocument"])["retentionInDays"] == 90
    assert refused(lambda: logs.describe_account_policies(policyType=TYPE, policyName="x")) == MISSING
    assert refused(lambda: logs.delete_account_policy(policyType=TYPE, policyName="x")) == MISSING


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": 7},
        {"days": 91},
        {"days": "FOREVER"},
        {"mode": "SOMETIMES"},
        {"selectionCriteria": "LogGroupName NOT IN []"},
        {"selectionCriteria": "LogGroupNamePrefix IN [x]"},
        {"dryRun": True},
    ],
)
def test_policies_that_aws_refuses(logs: Any, wrong: dict[str, Any]) -> None:
    assert refused(lambda: put(logs, **wrong)) == INVALID
    assert retention(logs) == (7, None)
