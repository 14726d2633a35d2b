"""The two roles of an environment: what each may do, and which workflow of which repository may assume it.

A policy holds the actions of the declared kinds only, so a repository with one data table cannot delete an instance.

GitHub signs who asks, as claims of a token; AWS compares them with the trust policy. `aud` alone would let every
repository on GitHub in. `job_workflow_ref` is a condition key of its own since January 2026 (AWS, «AWS STS now
supports validation of select identity provider specific claims»), so that `sub` stays as GitHub makes it by default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from reconciler.environment import Environment
from reconciler.tools.iam import apply_actions, instance_actions, plan_actions, policy

PLAN, APPLY, INSTANCE = "plan", "apply", "apply-instance"
BRANCH = "main"
_PROVIDER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"
_LONGEST = 64  # characters of a role's name


@dataclass(frozen=True)
class DeployTarget:
    """An environment with an instance, as far as roles and workflows need it."""

    stack: str
    name: str
    instance: str
    account: str
    region: str

    @property
    def partition(self) -> str:
        return self.instance.split(":")[1]


def place_of(environment: Environment) -> DeployTarget:
    it = environment
    return DeployTarget(it.stack, it.name, it.instance, it.account, it.region)


def role_name(place: DeployTarget, part: str) -> str:
    """`reconcile-STACK-ENVIRONMENT-plan`; what IAM does not allow is a dash, and what is too long ends in a hash."""
    name = f"reconcile-{place.stack}-{place.name}"
    tame = re.sub(r"[^A-Za-z0-9_+=,.@-]", "-", name)
    if tame != name or len(tame) + len(part) >= _LONGEST:
        tame = f"{tame[: _LONGEST - 20]}-{sha256(name.encode()).hexdigest()[:8]}"
    return f"{tame}-{part}"


def role_arn(place: DeployTarget, part: str) -> str:
    return f"arn:{place.partition}:iam::{place.account}:role/{role_name(place, part)}"


def permissions_path(place: DeployTarget, name: str) -> str:
    return f"iam/{place.name}/{name}-permissions.json"


def trust_path(place: DeployTarget, part: str) -> str:
    return f"iam/{place.name}/{part}-trust.json"


def permissions(place: DeployTarget, kinds: Collection[str]) -> dict[str, dict[str, Any] | None]:
    """Returns the policies by their names, least privilege for these kinds; `None` is one that the role must not have.

    The apply role can create or delete an instance only if a manifest declares or deletes one, by a policy of its own.
    """
    alone = instance_actions(kinds)
    return {
        PLAN: policy(plan_actions(kinds), place.instance),
        APPLY: policy(apply_actions(kinds) - alone, place.instance),
        INSTANCE: policy(alone, place.instance) if alone else None,
    }


def trust(place: DeployTarget, part: str, repository: str, subject: str = "") -> dict[str, Any]:
    """Plan: pull requests of this repository, and the nightly look from its main branch. Apply: the workflow
    `apply.yml` of the main branch, and only in the environment, whose reviewers GitHub asks before it signs.

    `subject`: how `sub` begins. Repositories made since June 2026 have numbers in it, which stay when a name changes
    hands (GitHub's changelog, 23 April 2026); their settings show it.
    """
    begin = subject or f"repo:{repository}"
    if part == PLAN:
        return _trust(place, {"sub": [f"{begin}:pull_request", f"{begin}:ref:refs/heads/{BRANCH}"]})
    workflow = f"{repository}/.github/workflows/apply.yml@refs/heads/{BRANCH}"
    return _trust(place, {"sub": f"{begin}:environment:{place.name}", "job_workflow_ref": workflow})


def _trust(place: DeployTarget, claims: dict[str, str | list[str]]) -> dict[str, Any]:
    provider = f"arn:{place.partition}:iam::{place.account}:oidc-provider/{_PROVIDER}"
    conditions = {f"{_PROVIDER}:{claim}": value for claim, value in {"aud": _AUDIENCE, **claims}.items()}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": conditions},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def changed_actions(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """Returns the actions that a policy gains and loses; the old one may be whatever an operator made of it."""
    there, wanted = _held(before), _held(after)
    return sorted(wanted - there), sorted(there - wanted)


def _held(policy: bytes) -> set[str]:
    try:
        statements = json.loads(policy)["Statement"]
        listed = [each["Action"] for each in statements]
    except (ValueError, KeyError, TypeError):
        return set()
    return {action for each in listed for action in ([each] if isinstance(each, str) else each)}


def matrix(places: Iterable[DeployTarget]) -> list[dict[str, str]]:
    """What the workflows need of each environment; GitHub's matrices are made of it."""
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
