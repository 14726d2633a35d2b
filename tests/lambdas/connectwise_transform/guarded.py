"""The function behind IAM: its own role and the tenant role, both with the shipped policies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import botocore.session

import reconciler.lambdas.connectwise_transform as package
from reconciler.lambdas.shared import calls
from reconciler.sandbox import ACCOUNT
from tests.lambdas.connectwise.places import LEDGER, TENANTS
from tests.lambdas.connectwise_transform.world import BUCKET, TransformWorld
from tests.lambdas.policies import filled_in

FOLDER = Path(package.__file__).parent
POLICY = json.loads((FOLDER / "policy.json").read_text())
TENANT_POLICY = json.loads((FOLDER.parent / "connectwise" / "policy.json").read_text())
TENANT_ROLE = f"arn:aws:iam::{ACCOUNT}:role/tenant"
VALUES = {
    **{"PARTITION": "aws", "REGION": "us-east-1", "ACCOUNT": ACCOUNT, "FUNCTION_NAME": "connectwise-transform"},
    **{"BUCKET_NAME": BUCKET, "LAST_UPDATED_TABLE": LEDGER, "TENANT_SERVICES_TABLE": TENANTS},
    "TENANT_ROLE_ARN": TENANT_ROLE,
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    },
}


def create_role(world: TransformWorld, name: str, policy: Any) -> None:
    """Creates a role with a shipped policy, whose variables are filled in."""
    world.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    world.client("iam").put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=filled_in(policy, VALUES))


class Guarded:
    """Clients with the function's role. `without`: the role and the action that its policy lacks."""

    def __init__(self, world: TransformWorld, without: tuple[str, str] | None = None) -> None:
        for name, policy in (("function", POLICY), ("tenant", TENANT_POLICY)):
            kept = [it for it in policy["Statement"] if (name, it["Action"][0]) != without]
            create_role(world, name, {**policy, "Statement": kept})
        arn = f"arn:aws:iam::{ACCOUNT}:role/function"
        given = world.client("sts").assume_role(RoleArn=arn, RoleSessionName="function")["Credentials"]
        self._session = botocore.session.Session()
        self._session.set_credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def client(self, service: str, region: str, patience: Any, session: Any = None) -> Any:
        return calls.client(service, region, calls.Patience(3.0, 10.0), session or self._session)
