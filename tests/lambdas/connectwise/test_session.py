"""The session of a tenant has the tenant's tag."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest

from reconciler.lambdas.connectwise.session import TenantRole
from reconciler.lambdas.shared import calls
from reconciler.lambdas.shared.calls import CallFailed, Calls
from reconciler.sandbox import ACCOUNT, Control

TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    },
}


def role(sandbox: Control, session: botocore.session.Session, patient: Calls) -> TenantRole:
    iam, sts = (calls.client(name, "us-east-1", session=session) for name in ("iam", "sts"))
    arn = iam.create_role(RoleName="tenant", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    return TenantRole(sts, patient, arn)


def test_a_session_is_of_the_role_and_named_after_the_run(
    sandbox: Control, session: botocore.session.Session, patient: Calls
) -> None:
    opened = role(sandbox, session, patient).session("harbor-dental", "20261128T194000Z-0badcafe")

    identity = calls.client("sts", "us-east-1", session=opened).get_caller_identity()
    assert identity["Arn"].endswith("assumed-role/tenant/20261128T194000Z-0badcafe")


def test_the_request_has_the_tag_of_the_tenant(
    sandbox: Control, session: botocore.session.Session, patient: Calls
) -> None:
    tenant_role = role(sandbox, session, patient)
    requests: list[dict[str, Any]] = []
    events = tenant_role.sts.meta.events
    events.register("provide-client-params.sts.AssumeRole", lambda params, **_: requests.append(params))

    tenant_role.session("harbor-dental", "run")

    assert [request["Tags"] for request in requests] == [[{"Key": "tenant", "Value": "harbor-dental"}]]


def test_a_role_that_refuses_is_an_error(sandbox: Control, session: botocore.session.Session, patient: Calls) -> None:
    sts = calls.client("sts", "us-east-1", session=session)
    sandbox.set_faults({"error": {"every": 1, "code": "AccessDenied", "operations": ["AssumeRole"]}})

    with pytest.raises(CallFailed, match="sts:AssumeRole"):
        TenantRole(sts, patient, "arn:aws:iam::111122223333:role/tenant").session("harbor-dental", "run")
