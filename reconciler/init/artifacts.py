"""The bucket for large archives of functions: its policy, and the commands that create it.

A writer of that bucket decides what functions run. So only the apply role writes, and nothing travels without TLS.
"""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import Any

from reconciler.init.roles import APPLY, PLAN, DeployTarget, role_arn

HOME = "us-east-1"  # the Region that CreateBucket takes no constraint for
WRITES = (
    *("s3:DeleteObject*", "s3:PutObject*", "s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"),
    *("s3:AbortMultipartUpload", "s3:RestoreObject"),
)


def bucket_policy(place: DeployTarget) -> dict[str, Any] | None:
    """Returns the policy of the environment's bucket for archives; `None` if it has none.

    It only denies: the roles' own policies allow. Lambda reads an archive in the name of the apply role. `ArnNotEquals`
    compares the role of a session, not the session [IAM user guide, aws:PrincipalArn].
    """
    if not place.artifacts:
        return None
    bucket = f"arn:{place.scope.partition}:s3:::{place.artifacts}"
    objects, both = f"{bucket}/*", [bucket, f"{bucket}/*"]
    plan, apply = role_arn(place, PLAN), role_arn(place, APPLY)
    return {
        "Version": "2012-10-17",
        "Statement": [
            _denied("TlsOnly", ["s3:*"], both, {"Bool": {"aws:SecureTransport": "false"}}),
            _denied("OnlyApplyWrites", list(WRITES), [objects], {"ArnNotEquals": {"aws:PrincipalArn": apply}}),
            _denied(
                "OnlyTheRolesRead", ["s3:GetObject*"], [objects], {"ArnNotEquals": {"aws:PrincipalArn": [plan, apply]}}
            ),
        ],
    }


def bucket_policy_path(place: DeployTarget) -> str:
    return f"iam/{place.name}/artifacts-bucket-policy.json"


def bucket_commands(place: DeployTarget) -> Iterator[tuple[str, ...]]:
    """Yields each command that makes the bucket, with its options: private, with versions, and with the policy."""
    bucket = f"--bucket {quote(place.artifacts)}"
    elsewhere = f"--create-bucket-configuration LocationConstraint={quote(place.region)}"
    yield ("aws s3api create-bucket", bucket, *([elsewhere] if place.region != HOME else []))
    blocked = ",".join(f"{name}=true" for name in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy"))
    yield (
        "aws s3api put-public-access-block",
        bucket,
        f"--public-access-block-configuration {blocked},RestrictPublicBuckets=true",
    )
    yield ("aws s3api put-bucket-versioning", bucket, "--versioning-configuration Status=Enabled")
    yield ("aws s3api put-bucket-policy", bucket, f"--policy {quote(f'file://{bucket_policy_path(place)}')}")


def _denied(sid: str, actions: list[str], resources: list[str], condition: dict[str, Any]) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition}
