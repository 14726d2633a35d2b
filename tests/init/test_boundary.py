"""A permissions boundary that an environment demands: the policy to start from, and the command for it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.running import Reconcile
from tests.init.instance import INSTANCE

ROLE = """\
kind: IamRole
metadata: {name: calls}
spec:
  assumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
  permissionsBoundary: BOUNDARY
"""


def test_a_demanded_boundary_is_written_once_with_its_command(reconcile: Reconcile, empty: Path) -> None:
    boundary = "arn:aws:iam::111122223333:policy/limits/centre-boundary"
    config = {"stack": "s", "environments": {"north": {"instance": INSTANCE, "permissionsBoundary": boundary}}}
    (empty / "reconcile.yaml").write_text(json.dumps(config))
    (empty / "manifests/base").mkdir(parents=True)
    (empty / "manifests/base/role.yaml").write_text(ROLE.replace("BOUNDARY", boundary))

    done = reconcile("init", "--repository", "example/contact-centre")
    policy = json.loads((empty / "iam/north/apply-permissions.json").read_text())
    actions = {action for statement in policy["Statement"] for action in statement["Action"]}

    (statement,) = json.loads((empty / "iam/north/boundary.json").read_text())["Statement"]
    assert {"iam:*", "organizations:*"} <= set(statement["NotAction"])
    assert "    --policy-name centre-boundary \\" in done.out.splitlines()
    assert "    --path /limits/ \\" in done.out.splitlines()
    assert "iam:DeleteRolePermissionsBoundary" not in actions
    assert "iam:CreateRole" in actions

    (empty / "iam/north/boundary.json").write_text("{}")
    reconcile("init")

    assert (empty / "iam/north/boundary.json").read_text() == "{}"
