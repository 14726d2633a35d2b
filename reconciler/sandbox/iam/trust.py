"""Decides whether a service may assume a role, by the role's trust policy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.models import Role, iam_backends
from moto.utilities.utils import get_partition

from reconciler.sandbox.iam import delays
from reconciler.sandbox.place import REGION
from reconciler.sandbox.world import World

ACTION = "sts:AssumeRole"
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "stringequals": lambda value, wanted: value == wanted,
    "stringlike": lambda value, wanted: _is_like(value, wanted),
    "arnequals": lambda value, wanted: _is_like(value, wanted),  # It has wildcards too [IAM user guide].
    "arnlike": lambda value, wanted: _is_like(value, wanted),
}


def may_assume(world: World, account: str, role_arn: str, service: str, source_arn: str) -> bool:
    """Returns whether the service may assume the role on behalf of `source_arn`. False if there is no such role."""
    role = _role(account, role_arn)
    if role is None or delays.is_unknown(world, role):
        return False
    context = {"aws:sourcearn": source_arn, "aws:sourceaccount": account}
    effects = set()
    for statement in as_list(json.loads(role.assume_role_policy_document).get("Statement")):
        if _names(statement, service) and _allows_action(statement) and _holds(statement, context):
            effects.add(statement.get("Effect"))
    return effects == {"Allow"}


def as_list(value: Any) -> list[Any]:
    """Returns a list: policies may have one item in place of a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _role(account: str, arn: str) -> Role | None:
    roles = iam_backends[account][get_partition(REGION)].get_roles()
    return next((role for role in roles if role.arn == arn), None)


def _names(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal")
    return principal == "*" or (isinstance(principal, dict) and service in as_list(principal.get("Service")))


def _allows_action(statement: Mapping[str, Any]) -> bool:
    return any(fnmatchcase(ACTION.lower(), str(action).lower()) for action in as_list(statement.get("Action")))


def _holds(statement: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """Returns whether the conditions hold. A condition with another operator or key does not [inferred]."""
    for operator, keys in (statement.get("Condition") or {}).items():
        compare = OPERATORS.get(operator.lower())
        for key, wanted in keys.items():
            value = context.get(key.lower())
            if compare is None or value is None or not any(compare(value, str(one)) for one in as_list(wanted)):
                return False
    return True


def _is_like(value: str, wanted: str) -> bool:
    pattern = re.escape(wanted).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(pattern, value) is not None
