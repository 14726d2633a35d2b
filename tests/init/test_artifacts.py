"""The bucket for large archives: its policy by IAM's rules, and the commands of `init`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.init.artifacts import WRITES, bucket_commands, bucket_policy
from reconciler.init.roles import APPLY, PLAN, DeployTarget, role_arn
from reconciler.sandbox.authorization.policies import Question, decide, statements_of
from tests.cli.running import Reconcile
from tests.init.instance import INSTANCE

BUCKET = "example-artifacts"
PLACE = DeployTarget("centre", "prod", INSTANCE, "111122223333", "ca-central-1", artifacts=BUCKET)
OBJECT = f"arn:aws:s3:::{BUCKET}/contact_calls/1.zip"
OTHER = "arn:aws:iam::111122223333:role/admin"


def verdict(action: str, principal: str, *, has_tls: bool = True) -> str:
    """Returns what the policy says: Deny, or an empty text if the caller's own policy decides."""
    policy = bucket_policy(PLACE)
    assert policy
    context = {"aws:PrincipalArn": [principal], "aws:SecureTransport": [str(has_tls).lower()]}
    return decide(statements_of(policy), Question(action, OBJECT, context))


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:PutObjectAcl", "s3:DeleteObject", "s3:DeleteObjectVersion"])
def test_only_the_apply_role_writes(action: str) -> None:
    assert verdict(action, role_arn(PLACE, APPLY)) == ""
    assert verdict(action, role_arn(PLACE, PLAN)) == verdict(action, OTHER) == "Deny"


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion"])
def test_both_roles_read_and_no_one_else(action: str) -> None:
    assert verdict(action, role_arn(PLACE, APPLY)) == verdict(action, role_arn(PLACE, PLAN)) == ""
    assert verdict(action, OTHER) == "Deny"


@pytest.mark.parametrize("part", [PLAN, APPLY])
def test_nothing_is_allowed_without_tls(part: str) -> None:
    assert verdict("s3:GetObject", role_arn(PLACE, part), has_tls=False) == "Deny"


def test_the_policy_itself_allows_nothing() -> None:
    policy = bucket_policy(PLACE)
    assert policy

    assert {statement["Effect"] for statement in policy["Statement"]} == {"Deny"}
    assert "s3:PutBucketPolicy" not in WRITES


def test_an_environment_without_such_a_bucket_has_no_policy() -> None:
    assert bucket_policy(DeployTarget("centre", "prod", INSTANCE, "111122223333", "ca-central-1")) is None


@pytest.mark.parametrize(("region", "has_place"), [("us-east-1", False), ("ca-central-1", True)])
def test_the_home_region_of_s3_is_not_a_location(region: str, has_place: bool) -> None:
    place = DeployTarget("centre", "prod", "", "111122223333", region, artifacts=BUCKET)
    first = next(bucket_commands(place))

    assert any("LocationConstraint" in option for option in first) is has_place


def test_init_writes_the_policy_once_with_its_commands(reconcile: Reconcile, empty: Path) -> None:
    config: dict[str, Any] = {"instance": INSTANCE, "artifacts": {"bucket": BUCKET}}
    (empty / "reconcile.yaml").write_text(json.dumps({"stack": "s", "environments": {"north": config}}))

    done = reconcile("init", "--repository", "example/contact-centre")
    path = empty / "iam/north/artifacts-bucket-policy.json"
    policy = json.loads(path.read_text())
    path.write_text("{}")
    again = reconcile("init")

    assert [statement["Sid"] for statement in policy["Statement"]] == ["TlsOnly", "OnlyApplyWrites", "OnlyTheRolesRead"]
    assert "    --policy file://iam/north/artifacts-bucket-policy.json" in done.out.splitlines()
    assert "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true" in done.out
    assert path.read_text() == "{}"
    assert "put-bucket-policy" not in again.out
