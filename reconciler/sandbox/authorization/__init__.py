"""Decides whether a role may make a call: its inline and attached policies, and its boundary.

Only sessions of roles are judged. Any other key is the administrator's, since no signature is checked. Policies of
buckets, queues and other resources are not evaluated, nor are trust policies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import ManagedPolicy, Role, iam_backends
from moto.sts.models import AssumedRole, sts_backends

from reconciler.sandbox.authorization.policies import Question, Statement, decide, statements_of
from reconciler.sandbox.authorization.questions import questions_of
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.world import world

_KEY = re.compile(r"Credential=(?P<key>[^/]+)/\d+/(?P<region>[^/]+)/")
PARTITION = "aws"


@dataclass(frozen=True)
class _Caller:
    """A session of a role. `role` is `None` if it was deleted meanwhile."""

    session: AssumedRole
    role: Role | None
    region: str


def authorization_matters(authorization: str, account: str) -> bool:
    """Returns whether the request comes from a role's session whose policies are evaluated."""
    scope = _KEY.search(authorization)
    return scope is not None and world.switches.role_policies == "evaluated" and bool(_session(scope["key"], account))


def authorize(authorization: str, service: str, operation: str, params: Mapping[str, Any], account: str) -> None:
    """Raises `Refused` with AccessDeniedException if a role's session asks for what its policies do not allow."""
    if caller := _judged(authorization, account):
        tags = _principal_tags(caller.session, caller.role)
        _demand(caller, questions_of(service, operation, params, account, caller.region, tags), account)


def authorize_passing(authorization: str, roles: Iterable[str], principal: str, account: str) -> None:
    """Raises `Refused` if a role's session may not hand over one of the roles to the service principal."""
    if caller := _judged(authorization, account):
        context = {"iam:PassedToService": [principal], **_principal_tags(caller.session, caller.role)}
        _demand(caller, (Question("iam:PassRole", role, context) for role in roles), account)


def why_not(authorization: str, service: str, operation: str, params: Mapping[str, Any], account: str) -> str:
    """Returns why the caller of a request may not make another call, or an empty text."""
    try:
        authorize(authorization, service, operation, params, account)
    except Refused as refused:
        return refused.message
    return ""


def why_role_may_not(
    role_arn: str, service: str, operation: str, params: Mapping[str, Any], account: str, region: str
) -> str:
    """Returns why a service that acts as the role may not make a call, or an empty text."""
    if world.switches.role_policies == "ignored":
        return ""
    role = _role(role_arn, account)
    for question in questions_of(service, operation, params, account, region):
        if reason := _refusal(role, question, account):
            return f"{question.action} {reason}"
    return ""


def role_of(authorization: str, account: str) -> str:
    """Returns the name of the role whose session makes a request, or an empty text."""
    scope = _KEY.search(authorization)
    session = _session(scope["key"], account) if scope else None
    return session.role_arn.rpartition("/")[2] if session else ""


def keep_session_tags(params: Mapping[str, Any], account: str) -> None:
    """Keeps the tags of the session that was opened last; moto drops them."""
    session = sts_backends[account][PARTITION].assumed_roles[-1]
    tags = {tag["Key"]: tag["Value"] for tag in params.get("Tags") or ()}
    session.session_tags = tags  # type: ignore[attr-defined]


def _judged(authorization: str, account: str) -> _Caller | None:
    """Returns the caller of a request if its policies decide; `None` for the administrator."""
    scope = _KEY.search(authorization)
    if scope is None or world.switches.role_policies == "ignored":
        return None
    session = _session(scope["key"], account)
    return _Caller(session, _role(session.role_arn, account), scope["region"]) if session else None


def _demand(caller: _Caller, questions: Iterable[Question], account: str) -> None:
    for question in questions:
        if reason := _refusal(caller.role, question, account):
            where = question.resource or "*"
            message = f"User: {caller.session.arn} is not authorized to perform: {question.action} on resource: {where}"
            raise Refused("AccessDeniedException", f"{message} {reason}")


def _principal_tags(session: AssumedRole, role: Role | None) -> dict[str, list[str]]:
    """Returns the tags of the principal: those of its role, and those of its session, which win."""
    own = {tag["Key"]: tag["Value"] for tag in (role.tags if role else ())}
    tags = {**own, **getattr(session, "session_tags", {})}
    return {f"aws:PrincipalTag/{key}": [value] for key, value in tags.items()}


def _role(arn: str, account: str) -> Role | None:
    return next((role for role in iam_backends[account][PARTITION].roles.values() if role.arn == arn), None)


def _session(key: str, account: str) -> AssumedRole | None:
    return sts_backends[account][PARTITION].get_assumed_role_from_access_key(key)


def _refusal(role: Role | None, question: Question, account: str) -> str:
    """Returns why an action is refused, or an empty text."""
    if role is None:
        return "because its role does not exist"
    decision = decide(_statements(role), question)
    if decision == "Deny":
        return "with an explicit deny in an identity-based policy"
    if decision != "Allow":
        return f"because no identity-based policy allows the {question.action} action"
    boundary = role.permissions_boundary_arn
    if boundary and decide(_managed(boundary, account), question) != "Allow":
        return f"because no permissions boundary allows the {question.action} action"
    return ""


def _statements(role: Role) -> list[Statement]:
    documents = [json.loads(text) if isinstance(text, str) else text for text in role.policies.values()]
    statements = [one for document in documents for one in statements_of(document)]
    for policy in role.managed_policies.values():
        statements += _default(policy)
    return statements


def _managed(arn: str, account: str) -> list[Statement]:
    policy = iam_backends[account][PARTITION].managed_policies.get(arn)
    return _default(policy) if policy else []


def _default(policy: ManagedPolicy) -> list[Statement]:
    """Returns the statements of a policy's default version."""
    text = next(version.document for version in policy.versions if version.is_default)
    return statements_of(json.loads(text) if isinstance(text, str) else text)
