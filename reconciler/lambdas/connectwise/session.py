"""The session of a tenant: one role for all, whose policy names the session tag `tenant`.

With the tag of a tenant, IAM refuses each object, item and secret of another tenant. A function keeps no session beyond
the pair that it works on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.session import Session

from reconciler.lambdas.shared.calls import Calls, new_session

TAG = "tenant"
# The shortest that STS gives is 900 s, which is also the longest run of a function.
SECONDS = 900


@dataclass(frozen=True)
class TenantRole:
    """`sts` is a client with the function's own role."""

    sts: Any
    calls: Calls
    arn: str

    def session(self, tenant: str, run: str) -> Session:
        """Returns a session that reaches this tenant's data only. Raises `CallFailed` or `OutOfTime`."""
        answer = self.calls.make(
            "sts:AssumeRole",
            lambda: self.sts.assume_role(
                RoleArn=self.arn,
                RoleSessionName=run[:64],
                DurationSeconds=SECONDS,
                Tags=[{"Key": TAG, "Value": tenant}],
            ),
        )
        credentials = answer["Credentials"]
        session = new_session()
        session.set_credentials(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        return session
