"""A role with the shipped policy of a function, and the keys of a session of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from reconciler.packaging.source import LAMBDAS

TRUST = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}
COMMON = {"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": "111122223333"}


def keys_of(client: Callable[[str], Any], function: str, values: Mapping[str, str]) -> dict[str, str]:
    """Creates the role, and returns the environment variables of its session.

    `values` fill the variables of the policy; a statement with another variable is left out, as a pipeline does.
    """
    text = (LAMBDAS / function / "policy.json").read_text(encoding="utf-8")
    for name, value in {**COMMON, "FUNCTION_NAME": function, **values}.items():
        text = text.replace(f"${{var:{name}}}", value)
    policy = json.loads(text)
    policy["Statement"] = [one for one in policy["Statement"] if "${var:" not in json.dumps(one)]
    iam, name = client("iam"), f"{function}-role"
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="shipped", PolicyDocument=json.dumps(policy))
    keys = client("sts").assume_role(RoleArn=arn, RoleSessionName=function)["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
