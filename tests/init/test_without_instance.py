"""The roles and the matrix of an environment without an instance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.kinds.registry import DECLARABLE, KINDS
from tests.builders.kinds_of_services import GroupKind
from tests.cli.running import Reconcile
from tests.init.instance import INSTANCE

OPS = {"account": "111122223333", "region": "eu-west-2"}


def test_without_an_instance_a_role_has_nothing_of_amazon_connect(
    reconcile: Reconcile, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kinds in (KINDS, DECLARABLE):
        monkeypatch.setitem(kinds, "Group", GroupKind())
    config = {"stack": "s", "environments": {"ops": OPS, "prod": {"instance": INSTANCE}}}
    (empty / "reconcile.yaml").write_text(json.dumps(config))
    (empty / "manifests/base").mkdir(parents=True)
    (empty / "manifests/base/group.yaml").write_text("kind: Group\nmetadata: {name: calls}\nspec: {}\n")
    (empty / "manifests/base/old.yaml").write_text("kind: Removed\nspec: {addresses: [Queue/Old]}\n")

    reconcile("init", "--repository", "example/contact-centre")

    groups = "arn:aws:logs:eu-west-2:111122223333:log-group:*"
    granted = {action: each["Resource"] for each in _statements(empty, "ops", "plan") for action in each["Action"]}
    assert (granted["logs:ListTagsForResource"], granted["logs:DescribeLogGroups"]) == ([groups], ["*"])
    assert "logs:DeleteLogGroup" in _actions(empty, "ops")
    assert not [action for action in {*granted, *_actions(empty, "ops")} if action.startswith("connect:")]
    assert "connect:DeleteQueue" in _actions(empty, "prod")
    (trusted,) = json.loads((empty / "iam/ops/apply-trust.json").read_text())["Statement"]
    provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
    assert trusted["Principal"]["Federated"] == provider


def test_an_environment_that_declares_nothing_has_no_empty_policy(reconcile: Reconcile, empty: Path) -> None:
    """IAM refuses a policy without a statement."""
    (empty / "reconcile.yaml").write_text(json.dumps({"stack": "s", "environments": {"ops": OPS}}))

    done = reconcile("init", "--repository", "example/contact-centre")

    written = [path.name for path in (empty / "iam/ops").glob("*-permissions.json")]
    assert all(_statements(empty, "ops", name.removesuffix("-permissions.json")) for name in written)
    assert done.out.count("put-role-policy") == len(written)
    assert done.out.count("create-role") == 2


def test_an_environment_without_an_instance_is_listed_with_its_account_and_region(
    reconcile: Reconcile, empty: Path
) -> None:
    ops = {"account": "111122223333", "region": "cn-north-1"}
    (empty / "reconcile.yaml").write_text(json.dumps({"stack": "shop", "environments": {"ops": ops}}))

    (target,) = json.loads(reconcile("environments", "--format", "json").out)

    role = "arn:aws-cn:iam::111122223333:role/reconcile-shop-ops"
    assert target == {"name": "ops", **ops, "instance": "", "planRole": f"{role}-plan", "applyRole": f"{role}-apply"}
    assert reconcile("environments").out == f"ops  111122223333/cn-north-1  {role}-plan  {role}-apply\n"


def _statements(folder: Path, environment: str, name: str) -> list[dict[str, Any]]:
    return list(json.loads((folder / f"iam/{environment}/{name}-permissions.json").read_text())["Statement"])


def _actions(folder: Path, environment: str) -> set[str]:
    """Returns the actions of the apply role."""
    return {action for each in _statements(folder, environment, "apply") for action in each["Action"]}
