"""Derives the two roles of an environment: their permissions, and the workflow that may assume each.

A policy has only the actions of the declared kinds. So a repository with one data table cannot delete an instance.

GitHub signs the claims of a token, and AWS compares them with the trust policy. `aud` alone would admit every
repository on GitHub. `job_workflow_ref` is a condition key of its own since January 2026, so `sub` keeps GitHub's
default form. Source: AWS, «AWS STS now supports validation of select identity provider specific claims».
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from reconciler.kinds.iam import apply_actions, instance_actions, plan_actions, policy, reachable
from reconciler.model import Scope
from reconciler.model.environment import Environment

PLAN, APPLY, INSTANCE = "plan", "apply", "apply-instance"
BRANCH = "main"
_PROVIDER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"
_LONGEST = 64  # characters of a role's name


@dataclass(frozen=True)
class DeployTarget:
    """An environment in an AWS account, as roles and workflows need it. `instance` is empty if it has none."""

    stack: str
    name: str
    instance: str
    account: str
    region: str
    permissions_boundary: str = ""
    artifacts: str = ""

    @property
    def scope(self) -> Scope:
        place = (self.stack, self.name, self.instance, self.account, self.region)
        return Scope(*place, self.permissions_boundary, self.artifacts)


def deploy_targets(environments: Iterable[Environment]) -> tuple[DeployTarget, ...]:
    """Returns the environments that need roles and workflows: all but the sandboxes."""
    return tuple(
        DeployTarget(
            *(it.stack, it.name, it.instance, it.account, it.region),
            permissions_boundary=it.permissions_boundary,
            artifacts=it.artifacts,
        )
        for it in environments
        if not it.sandbox
    )


def role_name(place: DeployTarget, part: str) -> str:
    """Returns `reconcile-STACK-ENVIRONMENT-plan`.

    Characters that IAM forbids become dashes; a name that is too long ends in a hash.
    """
    name = f"reconcile-{place.stack}-{place.name}"
    tame = re.sub(r"[^A-Za-z0-9_+=,.@-]", "-", name)
    if tame != name or len(tame) + len(part) >= _LONGEST:
        tame = f"{tame[: _LONGEST - 20]}-{sha256(name.encode()).hexdigest()[:8]}"
    return f"{tame}-{part}"


def role_arn(place: DeployTarget, part: str) -> str:
    return f"arn:{place.scope.partition}:iam::{place.account}:role/{role_name(place, part)}"


def permissions_path(place: DeployTarget, name: str) -> str:
    return f"iam/{place.name}/{name}-permissions.json"


def trust_path(place: DeployTarget, part: str) -> str:
    return f"iam/{place.name}/{part}-trust.json"


def permissions(place: DeployTarget, kinds: Collection[str]) -> dict[str, dict[str, Any] | None]:
    """Returns the least-privilege policies for these kinds, by name. `None` marks a policy that the role must not have.

    The apply role can create or delete an instance only if a manifest declares or deletes one. It then has a policy of
    its own for that. A policy without an action is none, because IAM does not accept it.
    """
    alone = instance_actions(kinds)
    actions = {PLAN: plan_actions(kinds), APPLY: apply_actions(kinds) - alone, INSTANCE: alone}
    wanted = {name: reachable(some, place.scope) for name, some in actions.items()}
    return {name: policy(some, place.scope) if some else None for name, some in wanted.items()}


def trust(place: DeployTarget, part: str, repository: str, subject: str = "") -> dict[str, Any]:
    """Returns the trust policy of a role.

    The plan role trusts pull requests of this repository, and the nightly drift run of its main branch. The apply role
    trusts the workflow `apply.yml` of the main branch, and only in the environment: GitHub asks its reviewers before it
    signs.

    `subject` is the start of `sub`. Repositories created since June 2026 have numbers in it. The numbers stay
    the same when a name changes its owner (GitHub's changelog, 23 April 2026). Their settings show it.
    """
    begin = subject or f"repo:{repository}"
    if part == PLAN:
        return _trust(place, {"sub": [f"{begin}:pull_request", f"{begin}:ref:refs/heads/{BRANCH}"]})
    workflow = f"{repository}/.github/workflows/apply.yml@refs/heads/{BRANCH}"
    return _trust(place, {"sub": f"{begin}:environment:{place.name}", "job_workflow_ref": workflow})


def boundary(place: DeployTarget) -> dict[str, Any] | None:
    """Returns a permissions boundary to start from, if the environment demands one.

    A role with it does what its own policies say. It never writes roles, users or accounts, and takes no role.
    """
    if not place.permissions_boundary:
        return None
    never = ["account:*", "iam:*", "organizations:*", "sts:AssumeRole"]
    statement = {"Effect": "Allow", "NotAction": never, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def boundary_path(place: DeployTarget) -> str:
    return f"iam/{place.name}/boundary.json"


def _trust(place: DeployTarget, claims: dict[str, str | list[str]]) -> dict[str, Any]:
    provider = f"arn:{place.scope.partition}:iam::{place.account}:oidc-provider/{_PROVIDER}"
    conditions = {f"{_PROVIDER}:{claim}": value for claim, value in {"aud": _AUDIENCE, **claims}.items()}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": conditions},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def changed_actions(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """Returns the actions that were added to a policy and removed from it. The old policy may have any content."""
    there, wanted = _actions_in(before), _actions_in(after)
    return sorted(wanted - there), sorted(there - wanted)


def _actions_in(policy: bytes) -> set[str]:
    try:
        statements = json.loads(policy)["Statement"]
        listed = [statement["Action"] for statement in statements]
    except (ValueError, KeyError, TypeError):
        return set()
    return {action for statement in listed for action in ([statement] if isinstance(statement, str) else statement)}


def matrix(places: Iterable[DeployTarget]) -> list[dict[str, str]]:
    """Returns what the workflows need to know of each environment, for a GitHub matrix."""
    return [
        {
            "name": place.name,
            "account": place.account,
            "region": place.region,
            "instance": place.instance,
            "planRole": role_arn(place, PLAN),
            "applyRole": role_arn(place, APPLY),
        }
        for place in places
    ]
