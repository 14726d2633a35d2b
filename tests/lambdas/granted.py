"""A role with the shipped policy of a function, and the keys of a session of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import botocore.session

from reconciler.lambdas.shared import calls
from reconciler.packaging.source import LAMBDAS

TRUST = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}
COMMON = {"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": "111122223333"}


class Role:
    """The role. `client` returns the administrator's client of a service.

    `values` fill the variables of the policy; a statement with another variable is left out, as a pipeline does.
    """

    def __init__(self, client: Callable[[str], Any], function: str, values: Mapping[str, str]) -> None:
        text = (LAMBDAS / function / "policy.json").read_text(encoding="utf-8")
        for name, value in {**COMMON, "FUNCTION_NAME": function, **values}.items():
            text = text.replace(f"${{var:{name}}}", value)
        self._policy = json.loads(text)
        self._client, self._name, self._function = client, f"{function}-role", function
        trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
        self._arn = client("iam").create_role(RoleName=self._name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        self.allow_all_but()

    def allow_all_but(self, number: int = -1) -> None:
        """Gives the role its policy without the statement of a number, from 0."""
        own = [one for at, one in enumerate(self._policy["Statement"]) if at != number]
        kept = [one for one in own if "${var:" not in json.dumps(one)]
        document = json.dumps({**self._policy, "Statement": kept})
        self._client("iam").put_role_policy(RoleName=self._name, PolicyName="shipped", PolicyDocument=document)

    def environ(self) -> dict[str, str]:
        """Returns the environment variables of a session of the role."""
        keys = self._client("sts").assume_role(RoleArn=self._arn, RoleSessionName=self._function)["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }

    def clients(self, *services: str) -> dict[str, Any]:
        """Returns clients of a session of the role, by service."""
        session = botocore.session.Session()
        session.set_credentials(*self.environ().values())
        patience = calls.Patience(connect=3.0, read=10.0)
        return {name: calls.client(name, COMMON["REGION"], patience, session) for name in services}


def keys_of(client: Callable[[str], Any], function: str, values: Mapping[str, str]) -> dict[str, str]:
    """Creates the role, and returns the environment variables of its session."""
    return Role(client, function, values).environ()
