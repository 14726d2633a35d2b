"""Least privilege: archives of functions are put into the bucket of the environment, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

from reconciler.kinds.iam import apply_actions, policy, reachable
from reconciler.model import Scope

OBJECTS = frozenset({"s3:GetObject", "s3:PutObject"})
SCOPE = Scope("centre", "prod", account="111122223333", region="ca-central-1")


def test_archives_are_granted_in_their_bucket_alone() -> None:
    actions = apply_actions({"LambdaFunction", "LambdaFunction.code"})
    scope = replace(SCOPE, artifacts="example-artifacts")

    granted = {
        tuple(each["Resource"])
        for each in policy(reachable(actions, scope), scope)["Statement"]
        if OBJECTS & {*each["Action"]}
    }

    assert granted == {("arn:aws:s3:::example-artifacts/*",)}
    assert not OBJECTS & reachable(actions, SCOPE)
