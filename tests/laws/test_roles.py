"""Who may write roles, and hand them over: the statements of the policies that have a condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from reconciler.kinds.fields import nested, reference_of
from reconciler.kinds.iam import apply_actions, plan_actions, policy
from reconciler.kinds.registry import KINDS
from reconciler.model import Scope, Spec

BOUNDARY = "arn:aws:iam::111122223333:policy/centre-boundary"
SCOPE = Scope.at("centre", "prod", "arn:aws:connect:eu-west-2:111122223333:instance/i")


def _hands_over(spec: type[Spec]) -> bool:
    """Returns whether a field of the spec, at any depth, is the ARN of a role that AWS assumes."""
    marked = filter(None, (reference_of(spec, field) for field in spec.model_fields))
    inner = filter(None, (nested(spec, field) for field in spec.model_fields))
    return any((it.kind, it.by) == ("IamRole", "Arn") for it in marked) or any(map(_hands_over, inner))


def _passes(statement: Mapping[str, Any]) -> bool:
    return "iam:PassRole" in statement["Action"]


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if _hands_over(kind.spec)])
def test_a_kind_that_hands_a_role_over_says_to_which_service(kind: str) -> None:
    assert KINDS[kind].service.passes.get(KINDS[kind].writing.create, "").endswith(".amazonaws.com")


def test_roles_below_the_path_alone_may_be_handed_over_and_only_to_the_services_that_need_them() -> None:
    (passing,) = [each for each in policy(apply_actions(["Schedule"]), SCOPE)["Statement"] if _passes(each)]

    assert passing["Resource"] == ["arn:aws:iam::111122223333:role/reconcile/*"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": ["scheduler.amazonaws.com"]}}


@pytest.mark.parametrize("actions", [plan_actions(), apply_actions(["IamRole", "Queue"])], ids=["plan", "no-schedule"])
def test_no_role_is_handed_over_where_no_call_needs_it(actions: frozenset[str]) -> None:
    assert not list(filter(_passes, policy(actions, SCOPE)["Statement"]))


def test_with_a_boundary_apply_writes_only_roles_that_have_it() -> None:
    """Without it, a role that writes roles could give itself every permission."""
    limited = replace(SCOPE, permissions_boundary=BOUNDARY)
    writes = {name for name in apply_actions(["IamRole"]) - plan_actions() if name.startswith("iam:")}

    granted = {
        action: (statement["Resource"], statement.get("Condition"))
        for statement in policy(apply_actions(["IamRole"]), limited)["Statement"]
        for action in statement["Action"]
        if action in writes
    }

    demanded = {"StringEquals": {"iam:PermissionsBoundary": BOUNDARY}}
    assert granted.keys() == writes - {"iam:DeleteRolePermissionsBoundary"}
    assert {tuple(resources) for resources, _ in granted.values()} == {("arn:aws:iam::111122223333:role/reconcile/*",)}
    assert {action for action, (_, condition) in granted.items() if condition != demanded} == {
        *("iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"),
    }
